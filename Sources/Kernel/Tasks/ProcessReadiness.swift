extension Kernel {
    /// pidfd_poll(): a pidfd is readable from the end of its process on, and hangs up when that was reaped. A leader that
    /// exits before its other threads is not the end of the process; other threads are reaped as they end.
    func showState(of pid: PID) {
        for poller in pid.pollers { if let file = poller.file { showState(of: pid, in: file) } }
    }

    func showState(of pid: PID, in file: OpenFile) {
        guard let task = pid.task else { return platform.makeReady(file, isHungUp: true) }
        if task.isLeader, task.group.isZombie { platform.makeReady(file, isHungUp: false) }
    }
}
