import Credentials
import LinuxABI

extension Task {
    /// do_new_mount().
    func newMount(_ request: MountRequest, on target: Path) throws(Refusal) {
        guard let type = request.type else { throw Refusal(.mountWithoutType) }
        throw Refusal(type.isEmpty ? .mountUnknownType : .mountUnknownType)
    }

    /// do_remount()'s part that concerns the file system.
    func reconfigure(_ fileSystem: FileSystem, _ request: MountRequest) throws(Refusal) {
        try require(.sysAdmin, over: fileSystem.userNamespace, .remountNotPermitted)
    }

    /// do_add_mount(): a new mount takes its place.
    func add(_ mount: Mount, on target: Path) throws(Refusal) {
        let place = try mountPlace(target)
        try checkOwn(place.mount)
        if place.mount.fileSystem === mount.fileSystem, place.isMountRoot { throw Refusal(.mountSameFileSystem) }
        try graft(mount, at: place)
    }
}
