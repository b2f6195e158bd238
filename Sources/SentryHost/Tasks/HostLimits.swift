import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

/// The limits that the host enforces on a task's own behaviour.
///
/// Only soft limits are set there: what was lowered could not be raised again by a sentry without privileges, and a guest's
/// root may raise its own. The model says what a guest may set; a limit of the host's that is lower holds too.
extension HostPlatform {
    /// RLIMIT_CPU, FSIZE, DATA, STACK, MEMLOCK and AS. Core dumps would be written into the host's directories; how many
    /// processes, descriptors, signals and messages there may be is the model's to say, and a task that may queue no signals
    /// could not be sent the sentry's; priorities are only remembered.
    private static let hostLimits = [
        ResourceLimit.processorTime, ResourceLimit.fileSize, ResourceLimit.data, ResourceLimit.stack,
        ResourceLimit.lockedMemory, ResourceLimit.addressSpace,
    ]

    func applyLimit(_ resource: Int, _ limit: ResourceLimit, to task: Task) {
        guard Self.hostLimits.contains(resource) else { return }
        limitChanges &+= 1
        // What the host has yet to make gets its limits when it is there (`inheritLimits`).
        guard let thread = hostThread(of: task) else { return }
        setSoftLimit(resource, hostLimit(resource, limit.soft, thread), thread)
        if resource == ResourceLimit.processorTime, limit.hard != ResourceLimit.infinity { keeper.watchProcessorTime() }
    }

    /// Sets all of a process's limits anew.
    func applyLimits(to thread: HostThread) {
        for resource in Self.hostLimits { applyLimit(resource, thread.task.group.limits[resource], to: thread.task) }
    }

    /// A new process has the host's limits of its parent, which are right unless somebody changed either's meanwhile, or
    /// the child's privileges are others.
    func inheritLimits(_ child: HostThread, from parent: Task, changes: Int) {
        let mayLock = mayLockAll(parent)
        if changes != limitChanges {
            applyLimits(to: child)
        } else if mayLockAll(child.task) != mayLock {
            let resource = ResourceLimit.lockedMemory
            applyLimit(resource, child.task.group.limits[resource], to: child.task)
        }
    }

    /// RLIMIT_CPU's soft limit goes up by a second with each SIGXCPU (check_process_timers), on the host.
    func processorTimeLimit(of task: Task) -> UInt64? {
        guard let thread = hostThread(of: task) else { return nil }
        return hostLimit(ResourceLimit.processorTime, of: thread)
    }

    private func mayLockAll(_ task: Task) -> Bool { task.hasGlobally(.ipcLock) }

    private func hostLimit(_ resource: Int, _ soft: UInt64, _ thread: HostThread) -> UInt64 {
        switch resource {
        // can_do_mlock(): capabilities that no task has on the host.
        case ResourceLimit.lockedMemory where mayLockAll(thread.task): ResourceLimit.infinity
        case ResourceLimit.addressSpace where soft != ResourceLimit.infinity:
            soft.addingReportingOverflow(ownAddressSpace(of: thread)).overflow
                ? ResourceLimit.infinity : soft &+ ownAddressSpace(of: thread)
        case ResourceLimit.fileSize: min(soft, files.disk.fileSizeLimit)
        default: soft
        }
    }

    /// What the sentry has mapped in a task: the sealed pages, the loader stub's page, and the clocks' image.
    private func ownAddressSpace(of thread: HostThread) -> UInt64 {
        CHOST_SEALED_SIZE &+ 4096 &+ (thread.task.namespaces?.time.hasOffsets == true ? ClockImage.room : 0)
    }

    func setSoftLimit(_ resource: Int, _ value: UInt64, _ thread: HostThread) {
        var soft = value, present: UInt64 = 0
        _ = unsafe chost_limit(thread.tgid, Int32(resource), taskUser, taskUser, &soft, &present)
    }

    func hostLimit(_ resource: Int, of thread: HostThread) -> UInt64? {
        var present: UInt64 = 0
        let result = unsafe chost_limit(thread.tgid, Int32(resource), taskUser, taskUser, nil, &present)
        return result == 0 ? present : nil
    }

    /// The IDs that tasks have on the host where they are not the sentry's (`Sandbox.start`).
    private var taskUser: Int32 { geteuid() == 0 ? Sandbox.droppedUser : -1 }

    /// The host's own hard limit on files' sizes, which the sentry and all tasks have.
    var hostFileSizeLimit: UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return .max }
        return UInt64(limit.rlim_max)
    }

    /// Brings the present bound on files' sizes to all processes.
    func applyFileSizes() {
        limitChanges &+= 1
        for thread in allThreads where thread.tid == thread.tgid {
            let soft = thread.task.group.limits[ResourceLimit.fileSize].soft
            setSoftLimit(ResourceLimit.fileSize, hostLimit(ResourceLimit.fileSize, soft, thread), thread)
        }
    }

    /// A process may have been given another bound for one call on another file. What is opened for writing must not grow
    /// by that one, until the keeper looks: a program that unpacks many files, and says of each that there is no room, would.
    func endFileSizeExceptions() {
        if keeper.takeException() { applyFileSizes() }
    }

    // MARK: RLIMIT_CPU's hard limit

    /// Ends processes that have used all the processor time that they may (check_process_timers). Returns how many
    /// nanoseconds of the others' time are left at least; nil where none has such a limit.
    func endProcessorTime() -> UInt64? {
        var least: UInt64?
        for thread in allThreads where thread.tid == thread.tgid {
            guard let left = processorTimeLeft(thread) else { continue }
            if left == 0 { _ = kill(thread.tgid, SIGKILL) }
            least = min(least ?? .max, left == 0 ? 1_000_000_000 : left)
        }
        return least
    }

    /// Nil where there is no such limit.
    func processorTimeLeft(_ thread: HostThread) -> UInt64? {
        let hard = thread.task.group.limits[ResourceLimit.processorTime].hard
        let (limit, overflows) = hard.multipliedReportingOverflow(by: 1_000_000_000)
        if overflows { return nil }
        return limit - min(limit, processorTime(of: thread.task, wholeProcess: true, .userAndSystem))
    }
}
