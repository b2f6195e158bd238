import Credentials
import LinuxABI

/// /proc/[pid]/stat (proc_pid_stat(5)); addresses are hidden from whoever may not look into the task.
enum PidStat {
    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 320)
        let statistics = reader.kernel.platform.statistics(of: task)
        let isZombie = task.namespaces == nil
        let isPermitted = reader.mayInspect(task)
        text.append(reader.number(task.pid))
        text.append(" (")
        text.append(task.comm)
        text.append(") ")
        text.append(TaskState(task, statistics, reader).letter)
        func field(_ value: UInt64) {
            text.space()
            text.append(value)
        }
        func signed(_ value: Int32) {
            text.space()
            text.append(value)
        }
        signed(task.group.parent.map { reader.number($0.pid) } ?? 0)
        signed(reader.number(task.group.processGroup))
        signed(reader.number(task.group.session))
        let terminal = task.group.hasTerminal && !isZombie ? reader.kernel.terminal : nil
        field(UInt64(terminal?.device?.encoded ?? 0))
        signed(terminal.map { $0.foreground.map { reader.number($0) } ?? 0 } ?? -1)
        field(4_194_304)  // PF_RANDOMIZE
        let children = task.group.childrenUsage
        field(statistics.minorFaults)
        field(children.minorFaults)
        field(statistics.majorFaults)
        field(children.majorFaults)
        field(statistics.userTicks)
        field(statistics.systemTicks)
        field(children.userTicks)
        field(children.systemTicks)
        signed(20 &+ task.nice)
        signed(task.nice)
        text.space()
        text.append(max(task.group.threads.count, 1))
        field(0)
        field(UInt64(clamping: Int64(clamping: task.group.startTicks) &+ reader.bootTimeShift / 10_000_000))
        field(isZombie ? 0 : statistics.virtualKilobytes &* 1024)
        field(isZombie ? 0 : statistics.residentKilobytes / 4)
        field(PidLimits.soft(task, 5))
        // Code addresses are 1 for strangers, whose tools only test whether there are any.
        field(isZombie ? 0 : 1)
        field(isZombie ? 0 : 1)
        field(isPermitted && !isZombie ? task.image.startStack : 0)
        field(0)
        field(0)
        // Only 31 signals fit here, so these four are obsolete; they are shown all the same.
        field(statistics.pending & 0x7fff_ffff)
        field(statistics.blocked & 0x7fff_ffff)
        field(statistics.ignored & 0x7fff_ffff)
        field(statistics.caught & 0x7fff_ffff)
        for _ in 35...37 { field(0) }
        signed(task.isLeader ? task.group.exitSignal : -1)
        for _ in 39...44 { field(0) }
        for _ in 45...47 { field(0) }
        let image = task.image
        let shows = isPermitted && !isZombie
        field(shows ? image.argumentsRange.lowerBound : 0)
        field(shows ? image.argumentsRange.upperBound : 0)
        field(shows ? image.environmentRange.lowerBound : 0)
        field(shows ? image.environmentRange.upperBound : 0)
        field(isPermitted ? UInt64(truncatingIfNeeded: task.group.exitStatus ?? 0) : 0)
        text.newline()
        return text.bytes
    }
}
