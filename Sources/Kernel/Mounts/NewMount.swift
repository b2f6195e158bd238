import Credentials
import LinuxABI

extension Task {
    /// do_new_mount(): an instance of a file system, as the options say, on `target`.
    func newMount(_ request: MountRequest, on target: Path) throws(Refusal) {
        guard let name = request.type else { throw Refusal(.mountWithoutType) }
        let (type, subtype) = try kernel.fileSystemTypes.find(Name(name))
        let flags = SuperBlockFlags(rawValue: request.flags.rawValue).intersection(.settable)
        let context = try type.makeContext(.mount, flags: flags, for: self)
        context.subtype = subtype
        if let source = request.source {
            try context.parse(FileSystemParameter("source", .string(source)), for: self)
        }
        try context.parseMonolithic(request.data, for: self)
        let root = try context.create(for: self)
        let mount = try makeMount(root, request.flags.mountFlags, source: context.source)
        try add(mount, on: target)
    }

    /// do_new_mount_fc(): the mount of a new or shared instance, if the caller may see all of it.
    func makeMount(
        _ root: FileSystemContext.Root, _ flags: MountFlags, source: Name?
    ) throws(Refusal) -> Mount {
        let locks = try locksForVisible(root.fileSystem, flags)
        guard let numbers = mountNamespace?.numbers else { throw Refusal(.mountNotPermitted) }
        let charge = try Charge(userNamespace.budget, .namespaces, Mount.footprint)
        let mount = Mount(
            numbers, root.fileSystem, root: root.dentry, flags: flags, source: source, charge: charge)
        mount.locks = locks
        return mount
    }

    /// do_remount()'s part that concerns the file system: the options are read first, and then permission is asked for.
    func reconfigure(_ fileSystem: FileSystem, _ request: MountRequest) throws(Refusal) {
        let flags = SuperBlockFlags(rawValue: request.flags.rawValue).intersection(.changeable)
        let context = try fileSystem.type.makeContext(
            .reconfigure(fileSystem), flags: flags, mask: .changeable, for: self)
        try context.parseMonolithic(request.data, for: self)
        try require(.sysAdmin, over: fileSystem.userNamespace, .remountNotPermitted)
        if flags.contains(.readOnly), !fileSystem.isReadOnly, kernel.isMapped(fileSystem, writably: true) {
            throw Refusal(.mountWriters)
        }
        try context.reconfigure(for: self)
    }

    /// do_add_mount(): a new mount takes its place.
    private func add(_ mount: Mount, on target: Path) throws(Refusal) {
        let place = try mountPlace(target)
        try checkOwn(place.mount)
        if place.mount.fileSystem === mount.fileSystem, place.isMountRoot { throw Refusal(.mountSameFileSystem) }
        if mount.fileSystem.type.flags.contains(.isInternal) { throw Refusal(.mountInternalType) }
        try graft(mount, at: place)
    }
}
