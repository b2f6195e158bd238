import Credentials
import LinuxABI

/// /proc/[pid]/status (proc_pid_status(5)), with IDs in the opener's user namespace and numbers of the instance's
/// PID namespace.
enum PidStatus {
    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 1536)
        let statistics = reader.kernel.platform.statistics(of: task)
        let isZombie = task.namespaces == nil
        identity(&text, task, reader, statistics)
        if !isZombie { memory(&text, statistics) }
        signals(&text, task, statistics)
        capabilities(&text, task.credentials)
        text.append("Seccomp:\t0\nSeccomp_filters:\t0\nSpeculation_Store_Bypass:\tvulnerable\n")
        text.append("SpeculationIndirectBranch:\talways enabled\n")
        placement(&text, reader, statistics)
        return text.bytes
    }

    private static func identity(
        _ text: inout TextBuffer, _ task: Task, _ reader: ProcReader, _ statistics: HostStatistics
    ) {
        let isZombie = task.namespaces == nil
        let own = task.credentials
        text.append("Name:\t")
        text.escaped(task.comm) { $0 == 0x0a || $0 == 0x5c }
        if !isZombie {
            text.append("\nUmask:\t0")
            text.octal(UInt64(task.fs.umask & 0o777), width: 3)
        }
        text.append("\nState:\t")
        text.append(TaskState(task, statistics, reader).description)
        text.append("\nTgid:\t")
        text.append(reader.number(task.group.pid))
        text.append("\nNgid:\t0\nPid:\t")
        text.append(reader.number(task.pid))
        text.append("\nPPid:\t")
        text.append(task.group.parent.map { reader.number($0.pid) } ?? 0)
        text.append("\nTracerPid:\t0\nUid:")
        for id in [own.uid, own.euid, own.suid, own.fsuid] {
            text.tab()
            text.append(reader.uid(id))
        }
        text.append("\nGid:")
        for id in [own.gid, own.egid, own.sgid, own.fsgid] {
            text.tab()
            text.append(reader.gid(id))
        }
        text.append("\nFDSize:\t")
        text.append(FdTableView(task).capacity)
        text.append("\nGroups:\t")
        for group in own.groups {
            text.append(reader.gid(group))
            text.space()
        }
        if own.groups.isEmpty { text.space() }
        numbers(&text, "\nNStgid:", task.group.pid, task, reader)
        numbers(&text, "\nNSpid:", task.pid, task, reader)
        numbers(&text, "\nNSpgid:", task.group.processGroup, task, reader)
        numbers(&text, "\nNSsid:", task.group.session, task, reader)
        text.append("\nKthread:\t0\n")
    }

    /// One number per PID namespace, from the instance's down to the task's own; 0 where it is not visible.
    private static func numbers(
        _ text: inout TextBuffer, _ label: StaticString, _ pid: PID, _ task: Task, _ reader: ProcReader
    ) {
        text.append(label)
        let levels = reader.pidNamespace.level...max(reader.pidNamespace.level, task.pidNamespace.level)
        let isVisible = pid.number(in: reader.pidNamespace) != 0
        for level in levels {
            text.tab()
            text.append(isVisible && level < pid.numbers.count ? pid.numbers[level] : 0)
        }
    }

    private static func memory(_ text: inout TextBuffer, _ statistics: HostStatistics) {
        let virtual = statistics.virtualKilobytes, resident = statistics.residentKilobytes
        func line(_ label: StaticString, _ value: UInt64) {
            text.append(label)
            text.append(value, width: 8)
            text.append(" kB\n")
        }
        line("VmPeak:\t", virtual)
        line("VmSize:\t", virtual)
        line("VmLck:\t", statistics.lockedKilobytes)
        line("VmPin:\t", 0)
        line("VmHWM:\t", max(resident, statistics.maximumResidentKilobytes))
        line("VmRSS:\t", resident)
        line("RssAnon:\t", resident)
        line("RssFile:\t", 0)
        line("RssShmem:\t", 0)
        line("VmData:\t", virtual)
        line("VmStk:\t", 132)
        line("VmExe:\t", 0)
        line("VmLib:\t", 0)
        line("VmPTE:\t", 0)
        line("VmSwap:\t", 0)
        line("HugetlbPages:\t", 0)
        text.append("CoreDumping:\t0\nTHP_enabled:\t1\nuntag_mask:\t0xffffffffffffffff\n")
    }

    private static func signals(_ text: inout TextBuffer, _ task: Task, _ statistics: HostStatistics) {
        text.append("Threads:\t")
        text.append(max(task.group.threads.count, 1))
        text.append("\nSigQ:\t0/")
        text.append(PidLimits.soft(task, 11))
        for (label, value) in [
            ("\nSigPnd:\t", statistics.pending), ("\nShdPnd:\t", statistics.sharedPending),
            ("\nSigBlk:\t", statistics.blocked), ("\nSigIgn:\t", statistics.ignored),
            ("\nSigCgt:\t", statistics.caught),
        ] as [(StaticString, UInt64)] {
            text.append(label)
            text.hex(value, width: 16)
        }
    }

    private static func capabilities(_ text: inout TextBuffer, _ own: Credentials) {
        for (label, set) in [
            ("\nCapInh:\t", own.inheritable), ("\nCapPrm:\t", own.permitted), ("\nCapEff:\t", own.effective),
            ("\nCapBnd:\t", own.bounding), ("\nCapAmb:\t", own.ambient),
        ] as [(StaticString, CapabilitySet)] {
            text.append(label)
            text.hex(set.rawValue, width: 16)
        }
        text.append("\nNoNewPrivs:\t")
        text.append(byte: own.noNewPrivileges ? 0x31 : 0x30)
        text.newline()
    }

    private static func placement(_ text: inout TextBuffer, _ reader: ProcReader, _ statistics: HostStatistics) {
        text.append("Cpus_allowed:\t")
        text.append(CPUList.mask(reader))
        text.append("\nCpus_allowed_list:\t")
        text.append(CPUList.list(reader))
        text.append("\nMems_allowed:\t1\nMems_allowed_list:\t0\n")
        text.append("voluntary_ctxt_switches:\t")
        text.append(statistics.voluntarySwitches)
        text.append("\nnonvoluntary_ctxt_switches:\t")
        text.append(statistics.involuntarySwitches)
        text.newline()
    }
}

/// What a task is doing, as one letter and a word.
enum TaskState {
    case running, sleeping, stopped, zombie

    /// Who reads its own state runs; of the others the host knows which wait in calls that are its own.
    init(_ task: Task, _ statistics: HostStatistics, _ reader: ProcReader) {
        if task.namespaces == nil {
            self = task.awaitsMembers ? .sleeping : .zombie
        } else if task.group.stopSignal != nil {
            self = .stopped
        } else {
            // The sandbox's init has no process on the host, and only waits.
            let sleeps =
                task.waiting != nil || task === task.kernel.initTask
                || (statistics.isSleeping && task !== reader.opener)
            self = sleeps ? .sleeping : .running
        }
    }
    var description: StaticString {
        switch self {
        case .running: "R (running)"
        case .sleeping: "S (sleeping)"
        case .stopped: "T (stopped)"
        case .zombie: "Z (zombie)"
        }
    }
    var letter: StaticString {
        switch self {
        case .running: "R"
        case .sleeping: "S"
        case .stopped: "T"
        case .zombie: "Z"
        }
    }
}
