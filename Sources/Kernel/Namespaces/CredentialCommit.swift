import Credentials
import LinuxABI

extension Task {
    /// commit_creds(): `new` becomes the task's, and whoever could look into it before may not be able to any more.
    package func commit(_ new: Credentials) {
        let old = credentials
        guard old !== new else { return }
        if old.commitResetsDumpable(to: new) {
            image.dumpable = kernel.settings.dumpableAfterIDChange
            parentDeathSignal = nil
        }
        new.fixThreadKeyring(after: old)
        credentials = new
        countProcess()
        applyLockLimit(formerly: old)
        kernel.generation &+= 1
    }

    /// RLIMIT_MEMLOCK does not bind who has CAP_IPC_LOCK (can_do_mlock), and only the host counts what is locked.
    func applyLockLimit(formerly old: Credentials) {
        let initial = kernel.initialUserNamespace
        guard old.has(.ipcLock, over: initial) != credentials.has(.ipcLock, over: initial) else { return }
        let resource = ResourceLimit.lockedMemory
        kernel.platform.applyLimit(resource, group.limits[resource], to: self)
    }
}
