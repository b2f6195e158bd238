import Credentials
import LinuxABI

/// /proc/sysvipc: the objects of the reader's IPC namespace, as it numbers their owners (proc_sysvipc(5)).
enum SysvipcFiles {
    static func directory(_ proc: ProcFS) -> StaticDirectory {
        let directory = StaticDirectory(proc)
        directory.add("msg", StaticFile(proc, show: queues))
        directory.add("sem", StaticFile(proc, show: semaphores))
        directory.add("shm", StaticFile(proc, show: segments))
        return directory
    }

    private static func sorted<Object>(_ table: IPCTable<Object>) -> [Object] {
        // By slot, as the kernel walks them.
        table.objects.sorted { $0.id & 0x7fff < $1.id & 0x7fff }
    }

    private static func start(_ text: inout TextBuffer, _ object: IPCObject) {
        text.append(Int64(object.key), width: 10)
        text.space()
        text.append(Int64(object.id), width: 10)
        text.append("  ")
        var mode = TextBuffer(capacity: 8)
        mode.octal(UInt64(object.mode))
        for _ in mode.bytes.count..<max(4, mode.bytes.count) { text.space() }
        text.append(mode.bytes)
    }

    private static func append(_ text: inout TextBuffer, _ values: [UInt64], width: Int) {
        for value in values {
            text.space()
            text.append(value, width: width)
        }
    }

    private static func owners(_ object: IPCObject, _ reader: ProcReader) -> [UInt64] {
        [
            UInt64(reader.uid(object.uid)), UInt64(reader.gid(object.gid)), UInt64(reader.uid(object.creatorUID)),
            UInt64(reader.gid(object.creatorGID)),
        ]
    }

    private static func number(_ pid: PID?, _ reader: ProcReader) -> UInt64 {
        guard let pid, let namespace = reader.opener?.pidNamespace else { return 0 }
        return UInt64(clamping: pid.number(in: namespace))
    }

    private static func times(_ values: Int64...) -> [UInt64] { values.map { UInt64(clamping: $0) } }

    /// sysvipc_msg_proc_show().
    @Sendable private static func queues(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer()
        text.append("       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid")
        text.append("      stime      rtime      ctime\n")
        guard let objects = reader.opener?.namespaces?.ipc.objects else { return text.bytes }
        for queue in sorted(objects.queues) {
            start(&text, queue)
            text.space()
            append(&text, [queue.bytes, UInt64(queue.count)], width: 10)
            let users = [number(queue.lastSender, reader), number(queue.lastReceiver, reader)] + owners(queue, reader)
            append(&text, users, width: 5)
            append(&text, times(queue.sendTime, queue.receiveTime, queue.changeTime), width: 10)
            text.newline()
        }
        return text.bytes
    }

    /// sysvipc_sem_proc_show().
    @Sendable private static func semaphores(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer()
        text.append("       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n")
        guard let objects = reader.opener?.namespaces?.ipc.objects else { return text.bytes }
        for set in sorted(objects.semaphores) {
            start(&text, set)
            append(&text, [UInt64(set.semaphores.count)], width: 10)
            append(&text, owners(set, reader), width: 5)
            append(&text, times(set.operationTime, set.changeTime), width: 10)
            text.newline()
        }
        return text.bytes
    }

    /// sysvipc_shm_proc_show(); no page is swapped, as far as this tells.
    @Sendable private static func segments(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer()
        text.append("       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid")
        text.append("      atime      dtime      ctime                   rss                  swap\n")
        guard let objects = reader.opener?.namespaces?.ipc.objects else { return text.bytes }
        for segment in sorted(objects.segments) {
            segment.recount(reader.kernel)
            if segment.isRemoved { continue }
            start(&text, segment)
            append(&text, [segment.size], width: 21)
            append(&text, [number(segment.creatorPID, reader), number(segment.lastPID, reader)], width: 5)
            text.space()
            append(&text, [UInt64(segment.attachCount)] + owners(segment, reader), width: 5)
            append(&text, times(segment.attachTime, segment.detachTime, segment.changeTime), width: 10)
            append(&text, [segment.memory.map { reader.kernel.platform.allocatedBytes(of: $0) } ?? 0, 0], width: 21)
            text.newline()
        }
        return text.bytes
    }
}
