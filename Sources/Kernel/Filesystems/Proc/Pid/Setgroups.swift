import Credentials
import LinuxABI

/// /proc/[pid]/setgroups (user_namespaces(7), "The /proc/[pid]/setgroups file").
package final class SetgroupsFile: OpenFile {
    private weak var kernel: Kernel?
    package let namespace: UserNamespace

    init(of task: Task, _ path: Path, _ flags: OpenFlags, _ credentials: Credentials) {
        kernel = task.kernel
        namespace = task.userNamespace
        super.init(path: path, flags: flags, credentials: credentials, backing: .text)
    }

    package override func contents() throws(Refusal) -> [UInt8] { namespace.setgroupsText }
    package override var interceptsWrites: Bool { true }
    package override var allowsPositionedWrites: Bool { false }
    package override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        try namespace.writeSetgroups(bytes, offset: offset)
        kernel?.generation &+= 1
        return bytes.count
    }
}

extension ProcPidEntry {
    /// proc_setgroups_open(): unlike the maps, writing asks for CAP_SYS_ADMIN at open, with EACCES.
    static let setgroups = ProcPidEntry("setgroups", 0o644) { task, reader, path, flags throws(Refusal) in
        if flags.writes, !reader.credentials.has(.sysAdmin, over: task.userNamespace) {
            throw Refusal(.setgroupsFileOpen)
        }
        return SetgroupsFile(of: task, path, flags, reader.credentials)
    }
}
