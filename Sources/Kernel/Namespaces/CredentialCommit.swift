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
        kernel.generation &+= 1
    }
}
