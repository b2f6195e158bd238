import Credentials
import LinuxABI

/// A setting's file. Its permission depends on whose setting it is and who asks (proc_sys_permission).
package final class SysctlInode: StaticInode {
    private let sysctl: Sysctl

    init(_ proc: ProcFS, _ sysctl: Sysctl) {
        self.sysctl = sysctl
        super.init(proc, .regular, sysctl.mode)
    }

    private func view(_ caller: any Caller) throws(Refusal) -> SysctlView {
        guard let proc = fileSystem as? ProcFS else { throw Refusal(.EIO) }
        return try SysctlView(try proc.requireKernel(), caller)
    }

    /// The root that owns the settings of the caller's namespaces (set_ownership).
    private func owner(_ view: SysctlView) -> (KUID, KGID) {
        let namespace: UserNamespace? =
            switch sysctl.scope {
            case .ipc, .ipcCheckpoint: view.ipc.owner
            case .net: view.net.owner
            case .pid: view.pid.owner
            case .system, .user: nil
            }
        return (namespace?.kuid(UID(0)) ?? .root, namespace?.kgid(GID(0)) ?? .root)
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        (attributes.uid, attributes.gid) = owner(try view(caller))
        return attributes
    }

    package override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        let view: SysctlView
        do throws(Refusal) { view = try self.view(caller) } catch { return .refused(error) }
        let granted = bits(view, caller.credentials)
        // Settings are never executable.
        if !wanted.contains(.execute), wanted.rawValue & ~granted == 0 { return .granted }
        return .refused(
            caller.refusal(
                sysctl.scope == .user ? .sysctlUserLimit : .sysctlOwner,
                "the caller's euid is \(caller.credentials.euid.rawValue) in the initial user namespace"))
    }

    /// The three permission bits that the caller has, each scope by its own rule.
    private func bits(_ view: SysctlView, _ own: Credentials) -> UInt32 {
        let mode = sysctl.mode
        switch sysctl.scope {
        case .system:
            return Self.bits(mode, own, .root, .root)
        case .net:
            // net_ctl_permissions(): the network's administrator is as good as root.
            if let owner = view.net.owner, own.has(.netAdmin, over: owner) { return mode >> 6 & 7 }
            return Self.bits(mode, own, .root, .root)
        case .ipcCheckpoint:
            // ipc_permissions(): stat shows 0444 all the same.
            if let owner = view.ipc.owner, own.has(.checkpointRestore, over: owner) || own.has(.sysAdmin, over: owner) {
                return 6
            }
            return rooted(mode, view, own)
        case .ipc:
            return rooted(mode, view, own)
        case .pid:
            // pid_table_root_permissions()
            if let owner = view.pid.owner, own.has(.sysAdmin, over: owner) { return mode >> 6 & 7 }
            return rooted(mode, view, own)
        case .user:
            // set_permissions() of ucount.c
            return own.has(.sysResource, over: view.user) ? mode >> 6 & 7 : mode & 4
        }
    }

    private func rooted(_ mode: UInt32, _ view: SysctlView, _ own: Credentials) -> UInt32 {
        let (uid, gid) = owner(view)
        return Self.bits(mode, own, uid, gid)
    }

    private static func bits(_ mode: UInt32, _ own: Credentials, _ uid: KUID, _ gid: KGID) -> UInt32 {
        if own.euid == uid { return mode >> 6 & 7 }
        return (own.isEffectiveMember(of: gid) ? mode >> 3 : mode) & 7
    }

    /// proc_sys_setattr()
    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        if change.permissions != nil || change.uid != nil || change.gid != nil { throw Refusal(.sysctlModeIsFixed) }
        apply(change)
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        SysctlFile(sysctl, try view(caller), path: path, flags: flags)
    }
}

/// An open setting. Reading shows the namespaces of who opened; writing changes those of who writes.
package final class SysctlFile: OpenFile {
    private let sysctl: Sysctl
    private let view: SysctlView

    init(_ sysctl: Sysctl, _ view: SysctlView, path: Path, flags: OpenFlags) {
        self.sysctl = sysctl
        self.view = view
        super.init(path: path, flags: flags, credentials: view.credentials, backing: .text)
    }

    package override func contents() throws(Refusal) -> [UInt8] { sysctl.read(view) }
    package override var interceptsWrites: Bool { true }
    package override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        // proc_sys_call_handler() asks again at each access.
        if let inode = inode as? SysctlInode, case .refused(let refusal) = inode.permission(.write, for: caller) {
            throw refusal
        }
        guard let write = sysctl.write else { throw Refusal(.EINVAL) }
        // do_proc_dointvec() and its kin have nothing to do for no bytes.
        if bytes.isEmpty { return 0 }
        let count = try write(try SysctlView(view.kernel, caller), bytes, offset)
        view.kernel.generation &+= 1
        return count
    }
}
