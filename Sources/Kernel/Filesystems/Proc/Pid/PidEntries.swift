import Credentials
import LinuxABI

extension ProcPidEntry {
    /// What is in /proc/[pid] and in /proc/[pid]/task/[tid], in the kernel's order (tgid_base_stuff, tid_base_stuff).
    static let all: [ProcPidEntry] = [
        ProcPidEntry("task", .directory, 0o555, .process) { TaskListDirectory($0, $1, entry: $3) },
        ProcPidEntry("fd", .directory, 0o500) { FdDirectory($0, $1, isThread: $2, entry: $3) },
        ProcPidEntry("fdinfo", .directory, 0o555) { FdinfoDirectory($0, $1, isThread: $2, entry: $3) },
        ProcPidEntry("ns", .directory, 0o511) { NsDirectory($0, $1, isThread: $2, entry: $3) },
        ProcPidEntry("net", .directory, 0o555) { NetDirectory($0, $1, isThread: $2, entry: $3) },
        ProcPidEntry("environ", 0o400, check: PidCheck.memory, show: PidCmdline.environment),
        ProcPidEntry("auxv", 0o400, check: PidCheck.memory, show: PidSmallFiles.auxv),
        ProcPidEntry("status", show: PidStatus.text),
        ProcPidEntry("personality", 0o400, readCheck: PidCheck.attach, show: PidSmallFiles.personality),
        ProcPidEntry("limits", show: PidLimits.text),
        timeOffsets,
        comm,
        ProcPidEntry("syscall", 0o400, readCheck: PidCheck.attach, show: PidSmallFiles.syscall),
        ProcPidEntry("cmdline", show: PidCmdline.text),
        ProcPidEntry("stat", show: PidStat.text),
        ProcPidEntry("statm", show: PidStatm.text),
        ProcPidEntry("maps", check: PidMaps.check, show: PidMaps.text),
        ProcPidEntry("children", 0o444, .thread, show: TidChildren.text),
        ProcPidEntry("mem", 0o600) { task, reader, path, flags throws(Refusal) in
            try PidCheck.memory(task, reader, path, flags)
        },
        ProcPidEntry("cwd", .symlink, 0o777) { TaskLink($0, $1, isThread: $2, entry: $3, target: TaskLink.cwd) },
        ProcPidEntry("root", .symlink, 0o777) { TaskLink($0, $1, isThread: $2, entry: $3, target: TaskLink.root) },
        ProcPidEntry("exe", .symlink, 0o777) { TaskLink($0, $1, isThread: $2, entry: $3, target: TaskLink.exe) },
        mounts,
        mountinfo,
        mountstats,
        ProcPidEntry("smaps", check: PidMaps.check, show: PidMaps.detailed),
        ProcPidEntry("pagemap", 0o400) { task, reader, path, flags throws(Refusal) in
            try PidCheck.unreadable(task, .readByFSCredentials, reader, path, flags)
        },
        ProcPidEntry("attr", .directory, 0o555) { AttrDirectory($0, $1, isThread: $2, entry: $3) },
        ProcPidEntry("wchan", show: PidSmallFiles.wchan),
        ProcPidEntry("stack", 0o400, readCheck: PidCheck.stack, show: PidSmallFiles.stack),
        ProcPidEntry("schedstat", show: PidSmallFiles.schedstat),
        ProcPidEntry("cpuset", show: PidSmallFiles.cpuset),
        ProcPidEntry("cgroup", show: PidSmallFiles.cgroup),
        ProcPidEntry("oom_score", show: PidOomScore.score),
        ProcPidEntry("oom_adj", 0o644, show: PidOomScore.oldAdjustment),
        ProcPidEntry("oom_score_adj", 0o644, store: PidOomScore.write, show: PidOomScore.adjustment),
        ProcPidEntry("loginuid", 0o644, store: PidLogin.write, show: PidLogin.uid),
        ProcPidEntry("sessionid", show: PidLogin.session),
        ProcPidEntry(
            "coredump_filter", 0o644, .process, store: PidSmallFiles.ignoreWrite, show: PidSmallFiles.coredumpFilter),
        ProcPidEntry("io", 0o400, readCheck: PidCheck.inspect, show: PidSmallFiles.io),
        uidMap,
        gidMap,
        projectMap,
        setgroups,
        ProcPidEntry("timers", 0o444, .process, show: PidSmallFiles.timers),
        ProcPidEntry(
            "timerslack_ns", 0o666, .process, store: PidSmallFiles.ignoreWrite, show: PidSmallFiles.timerSlack),
    ]

    private static let comm: ProcPidEntry = {
        var file = ProcPidEntry("comm", 0o644, store: PidComm.write, show: PidComm.text)
        file.isOpenToOwnThreads = true
        file.allowsPositionedWrites = false
        return file
    }()

    private static let timeOffsets: ProcPidEntry = {
        var file = ProcPidEntry(
            "timens_offsets", 0o644, .process, store: PidTimeOffsets.write, show: PidTimeOffsets.text)
        file.allowsPositionedWrites = false
        return file
    }()
}

/// open(2) checks beyond mode bits.
enum PidCheck {
    /// proc_mem_open(): the memory of another is for those who may look into it.
    @Sendable static func memory(_ task: Task, _ flags: OpenFlags, _ caller: any Caller) throws(Refusal) {
        try requireMemory(of: task, .readByFSCredentials, caller)
    }

    /// mm_access(), with /proc's EACCES.
    static func requireMemory(of task: Task, _ mode: AccessMode, _ caller: any Caller) throws(Refusal) {
        guard let own = caller as? Task else { throw Refusal(.procPtraceAccess) }
        guard let refusal = own.mayAccessMemory(of: task, mode) else { return }
        throw refusal.errno == .ESRCH ? refusal : refusal.under(.procPtraceAccess)
    }

    /// do_io_accounting(): EACCES for strangers.
    @Sendable static func inspect(_ task: Task, _ flags: OpenFlags, _ caller: any Caller) throws(Refusal) {
        try ProcAccess.require(task, by: caller)
    }

    /// lock_trace(): what a debugger sees is for those who could attach, with EPERM.
    @Sendable static func attach(_ task: Task, _ flags: OpenFlags, _ caller: any Caller) throws(Refusal) {
        try ProcAccess.require(task, .attachByFSCredentials, by: caller, .procAttachAccess)
    }

    /// proc_pid_stack(): kernel stacks are for the machine's root.
    @Sendable static func stack(_ task: Task, _ flags: OpenFlags, _ caller: any Caller) throws(Refusal) {
        guard caller.credentials.has(.sysAdmin, over: task.kernel.initialUserNamespace) else {
            throw Refusal(.procStackNeedsAdmin)
        }
        try attach(task, flags, caller)
    }

    /// mem_open(): the memory itself, which the host moves; nothing once the task has exited.
    static func memory(
        _ task: Task, _ reader: ProcReader, _ path: Path, _ flags: OpenFlags
    ) throws(Refusal) -> OpenFile {
        let file = try unreadable(task, .attachByFSCredentials, reader, path, flags)
        if task.isExiting { return file }
        return MemoryFile(
            task, path: path, flags: flags, credentials: reader.credentials,
            backing: try reader.kernel.platform.memoryFile(of: task, flags: flags))
    }

    /// pagemap_open() checks like Linux; where pages are on the host is not told, so reading gives EINVAL.
    static func unreadable(
        _ task: Task, _ mode: AccessMode, _ reader: ProcReader, _ path: Path, _ flags: OpenFlags
    ) throws(Refusal) -> OpenFile {
        if let opener = reader.opener, !task.isExiting { try requireMemory(of: task, mode, opener) }
        return OpenFile(path: path, flags: flags, credentials: reader.credentials, backing: .inert)
    }
}
