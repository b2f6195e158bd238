import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// Why a sandbox could not be started, and what the command should exit with.
package struct SandboxError: Error, Sendable {
    package let message: String
    package let exitCode: Int32
    package init(_ message: String, exitCode: Int32 = 125) {
        self.message = message
        self.exitCode = exitCode
    }
}

/// A sandbox for one command.
package enum Sandbox {
    /// Host descriptors of each task, whatever limit the guest sees.
    private static let hostOpenFiles: UInt64 = 20_000
    /// Whom, and which group, root's tasks become on the host: nobody.
    static let droppedUser: Int32 = 65534

    /// Of the sentry's own descriptors, those that guests' files never take.
    private static let ownDescriptors: UInt64 = 512
    /// What timeout(1) exits with.
    private static let timeIsOver: Int32 = 124

    private static var halfOfMemory: UInt64 {
        let pages = sysconf(Int32(_SC_PHYS_PAGES)), size = sysconf(Int32(_SC_PAGESIZE))
        return pages > 0 && size > 0 ? UInt64(pages) &* UInt64(size) / 2 : UInt64(Int64.max)
    }

    /// Runs the command to its end and gives its exit code (128 + signal when one killed it).
    package static func run(_ configuration: RunConfiguration) throws(SandboxError) -> Int32 {
        StandardStreams.reserveClosed()
        guard chost_signals_block() == 0 else { throw SandboxError("cannot block signals on this host") }
        let limit = raiseOpenFileLimit()
        raiseFileSizeLimit()
        let limits = configuration.limits
        var shownCPUs = ShownCPUs()
        if let count = limits.cpus {
            let most = shownCPUs.numbers.count
            guard count <= most else {
                throw SandboxError("--cpus \(count): nsentry itself may use only \(most) here; give \(most) or less")
            }
            shownCPUs.limit(to: count)
        }
        let isEnclosed = try usesLandlock(configuration)
        // To join a cgroup takes the host longer than all the rest, so the default limit is only counted.
        let cgroup = limits.memory.flatMap { HostCgroup(memory: $0) }
        let directories: PrivateDirectories
        do throws(SandboxError) {
            directories = try PrivateDirectories(enclosed: isEnclosed, cgroup: cgroup)
        } catch {
            cgroup?.remove()
            throw error
        }
        defer { directories.removeAll() }
        let placeholders = try step(
            "make the loader stub", { () throws(LinuxABI.Errno) in try Placeholders(directories.names) })
        let sealed = try step("make the sealed pages", { () throws(LinuxABI.Errno) in try SealedPages() })
        let platform = HostPlatform(
            files: HostFiles(
                directories, diskLimit: configuration.diskLimit,
                OwnDescriptors(limit: limit, kept: min(limit / 4, ownDescriptors))),
            tracerTID: chost_current_thread(), placeholders: placeholders, sealed: sealed)
        platform.cpus = shownCPUs
        platform.cgroup = cgroup
        platform.descriptorLimit = Int(clamping: min(limit, hostOpenFiles)) - 64
        let assembly = try SandboxBuilder(configuration, platform)
        let tracing = try TraceSink.open(configuration)
        assembly.kernel.wantsExplanations = tracing != nil
        // Sentry and tasks share a CPU: waking a halted one costs many times what the trap itself does.
        let current = chost_current_cpu(), cpus = platform.cpus.numbers
        let home = cpus.contains(current) ? current : cpus.first ?? current
        let workers = Workers(cpus: cpus.filter { $0 != home })
        let sentry = Sentry(
            kernel: assembly.kernel, platform: platform, dispatcher: .linux,
            workers: workers, tracing: tracing)
        platform.kernel = assembly.kernel
        platform.unixSockets.sentry = sentry
        assembly.kernel.resume = { [unowned sentry] woken in sentry.goOn(.woken(woken)) }
        _ = chost_pin_to_cpu(0, home)
        let path = try assembly.resolveCommand()
        if isEnclosed {
            try step("enclose the sentry", { () throws(LinuxABI.Errno) in try SentryWall.raise(platform.files) })
        }
        let pid = try start(configuration, path, placeholders, min(limit, hostOpenFiles), platform, isEnclosed)
        // Tasks may run as the sentry's user, but what /proc tells of it is not for them (`Placeholders.refusing`).
        _ = chost_hide_self()
        if let cgroup, !cgroup.add(pid) {
            _ = kill(pid, SIGKILL)
            throw SandboxError("cannot put the program into a memory cgroup of the host")
        }
        let task = try assembly.spawn(pid)
        let thread = HostThread(tid: pid, tgid: pid, task: task)
        platform.add(thread)
        platform.applyLimits(to: thread)
        sentry.initialGroup = task.group
        do throws(Refusal) {
            _ = try ExecPlan.make(task, path: path, from: nil, options: .follow)
        } catch {
            _ = kill(pid, SIGKILL)
            throw CommandFailure.describe(configuration.command[0], path, error, task)
        }

        guard workers.begin() else { throw SandboxError("cannot start a thread") }
        let listener = Listener(sentry: sentry, descriptor: platform.listener)
        guard startThread({ listener.run() }) == 0 else { throw SandboxError("cannot start a thread") }
        if let balancer = Balancer(sentry, home: home, cpus: cpus) {
            _ = startThread { balancer.run() }
        }
        _ = startThread { sentry.platform.keeper.run(sentry) }
        let counted = cgroup == nil ? limits.memory ?? halfOfMemory : nil
        let watch = MemoryWatch(sentry, limit: counted, cpus: cpus.count)
        guard startThread({ watch.run() }) == 0 else { throw SandboxError("cannot start a thread") }
        let tracer = Tracer(sentry)
        if let seconds = limits.time { tracer.end = chost_now_nanoseconds() &+ seconds &* 1_000_000_000 }
        sentry.locked { tracer.filtered(thread) }
        let status = tracer.run()
        // Tasks that outlive the program go with the sentry; a cgroup can be removed only when they are gone.
        if cgroup != nil { tracer.killAll() }
        guard let status else {
            LimitMessages.timeIsOver(limits.time ?? 0)
            return timeIsOver
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }

    private static func start(
        _ configuration: RunConfiguration, _ path: [UInt8], _ placeholders: Placeholders, _ limit: UInt64,
        _ platform: HostPlatform, _ isEnclosed: Bool
    ) throws(SandboxError) -> pid_t {
        let program = SeccompProgram.linux(
            behindFilter: platform.isBehindFilter, letsThrough: configuration.withoutWall == .first ? .firstWall : []
        ).instructions
        var listener: Int32 = -1
        let isRoot = geteuid() == 0
        let environment = configuration.environment.map { "\($0.0)=\($0.1)" }
        let pid = unsafe withCStrings([String(decoding: path, as: UTF8.self)]) { path in
            unsafe withCStrings(configuration.command) { arguments in
                unsafe withCStrings(environment) { environment in
                    unsafe program.withUnsafeBufferPointer { filter -> pid_t in
                        var request = unsafe chost_first_task(
                            filter: filter.baseAddress, filter_length: UInt16(truncatingIfNeeded: filter.count),
                            stub: placeholders.stub, stub_target: FDTable.initialStubNumber,
                            drop_uid: isRoot ? droppedUser : -1, drop_gid: isRoot ? droppedUser : -1, open_files: limit,
                            empty_directory: configuration.withoutWall == .second ? -1 : placeholders.directory,
                            landlock: isEnclosed ? 1 : 0,
                            path: path[0], arguments: arguments.baseAddress, environment: environment.baseAddress)
                        return unsafe chost_start(&request, &listener)
                    }
                }
            }
        }
        guard pid > 0 else { throw StartFailure.describe(LinuxABI.Errno(rawValue: -pid)) }
        platform.listener = listener
        _ = chost_notification_wake_on_same_cpu(listener)
        return pid
    }

    /// Whether sentry and tasks go into Landlock domains: wherever the host has them.
    private static func usesLandlock(_ configuration: RunConfiguration) throws(SandboxError) -> Bool {
        if configuration.withoutWall == .second { return false }
        if Landlock.version > 0 { return true }
        if configuration.requiresLandlock { throw SandboxError(HostCheck.landlock.text) }
        return false
    }

    /// What the sentry may do itself is not bounded by soft limits that somebody set for the programs he runs; what it may
    /// not exceed it gives to its tasks too.
    private static func raiseFileSizeLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }

    private static func raiseOpenFileLimit() -> UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return UInt64(limit.rlim_max)
    }

    /// Turns a host error into one line that says what was tried.
    static func step<T>(_ what: String, _ body: () throws(LinuxABI.Errno) -> T) throws(SandboxError) -> T {
        do throws(LinuxABI.Errno) {
            return try body()
        } catch {
            throw SandboxError("cannot \(what): \(error.message)")
        }
    }
}

/// Calls `body` with a NULL-terminated array of C strings.
private func withCStrings<T>(_ strings: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> T) -> T {
    var pointers: [UnsafePointer<CChar>?] = unsafe strings.map { unsafe UnsafePointer(strdup($0)) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) } }
    return unsafe pointers.withUnsafeBufferPointer(body)
}
