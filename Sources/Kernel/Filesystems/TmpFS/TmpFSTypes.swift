import Credentials
import LinuxABI

/// The types `tmpfs` and `devtmpfs`. A tmpfs is new at every mount, and belongs to who mounts it; of devtmpfs there is one.
package final class TmpFSType: FileSystemType {
    private weak var kernel: Kernel?
    let isShared: Bool
    /// The one instance of devtmpfs, made when the sandbox is.
    package var shared: TmpFS?

    package init(_ kernel: Kernel) {
        self.kernel = kernel
        isShared = false
        super.init("tmpfs", [.mountableByUserNamespace, .allowsIDMap])
    }

    package init(devicesOf kernel: Kernel) {
        self.kernel = kernel
        isShared = true
        super.init("devtmpfs")
    }

    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        return TmpFSContext(self, purpose, flags, mask, memory: kernel.memoryPages, for: caller) {
            [isShared, shared] context, caller throws(Refusal) in
            if !isShared { return try Self.make(context, kernel) }
            guard let shared, let root = shared.rootDentry else { throw Refusal(.ENODEV) }
            return try context.share(FileSystemContext.Root(shared, root))
        }
    }

    private static func make(
        _ context: TmpFSContext, _ kernel: Kernel
    ) throws(Refusal) -> FileSystemContext.Root {
        let tree = TmpFS(
            storage: kernel.platform.storage, type: context.type, options: context.options,
            device: kernel.anonymousDevices.allocate(), userNamespace: context.userNamespace)
        tree.flags = context.flags
        let options = context.options
        return FileSystemContext.Root(
            tree, try tree.root(permissions: options.mode, uid: options.uid, gid: options.gid))
    }
}

/// The type `ramfs`: a tmpfs without limits, attributes and options but the mode of its root.
package final class RamFSType: FileSystemType {
    private weak var kernel: Kernel?

    package init(_ kernel: Kernel) {
        self.kernel = kernel
        super.init("ramfs", .mountableByUserNamespace)
    }

    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        return RamFSContext(self, purpose, flags, mask, kernel, for: caller)
    }
}

private final class RamFSContext: FileSystemContext {
    private let kernel: Kernel
    private var mode: UInt32 = 0o755

    init(
        _ type: FileSystemType, _ purpose: Purpose, _ flags: SuperBlockFlags, _ mask: SuperBlockFlags,
        _ kernel: Kernel, for caller: any Caller
    ) {
        self.kernel = kernel
        super.init(type, purpose, flags: flags, mask: mask, for: caller)
    }

    override var refusesUnknown: Bool { false }

    override func take(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> Bool {
        guard parameter.key == "mode" else { return false }
        mode = try number(parameter, base: 8) & 0o7777
        return true
    }

    override func makeRoot(for caller: any Caller) throws(Refusal) -> Root {
        let tree = TmpFS(
            storage: kernel.platform.storage, type: type, options: nil,
            device: kernel.anonymousDevices.allocate(), userNamespace: userNamespace)
        tree.flags = flags
        // ramfs_show_options()
        if mode != 0o755 { tree.ramfsMode = mode }
        return Root(
            tree, try tree.root(permissions: mode, uid: caller.credentials.fsuid, gid: caller.credentials.fsgid))
    }
}

extension Kernel {
    /// How much memory the machine has, in pages (totalram_pages).
    var memoryPages: UInt64 {
        let name = Array("MemTotal:".utf8)
        for line in platform.hostText(.meminfo).split(separator: 0x0a) where line.starts(with: name) {
            let digits = line.dropFirst(name.count).drop { $0 == 0x20 }
            return KernelNumber.size(Array(digits.prefix { $0 != 0x20 })).value / 4
        }
        return 1 << 20
    }
}
