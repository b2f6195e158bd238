import Credentials
import LinuxABI

/// The type `proc`: every mount is an instance of its own, for the PID namespace of who asked for it.
package final class ProcType: FileSystemType {
    fileprivate weak var kernel: Kernel?

    package init(_ kernel: Kernel?) {
        self.kernel = kernel
        super.init("proc", [.mountableByUserNamespace, .mustBeVisible])
    }

    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        let namespace = (caller as? Task)?.pidNamespace ?? kernel.initialPIDNamespace
        return ProcContext(self, purpose, flags, mask, kernel, namespace, for: caller)
    }
}

/// proc_fs_context
private final class ProcContext: FileSystemContext {
    private let kernel: Kernel
    private var pidNamespace: PIDNamespace
    private var hiding: ProcOptions.Hiding?
    private var group: KGID?
    private var showsOnlyProcesses = false

    init(
        _ type: ProcType, _ purpose: Purpose, _ flags: SuperBlockFlags, _ mask: SuperBlockFlags, _ kernel: Kernel,
        _ namespace: PIDNamespace, for caller: any Caller
    ) {
        self.kernel = kernel
        pidNamespace = namespace
        super.init(type, purpose, flags: flags, mask: mask, userNamespace: namespace.owner, for: caller)
    }

    /// proc_parse_param()
    override func take(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> Bool {
        switch parameter.key {
        case "gid":
            // What the namespace has no number for is nobody's group.
            group = caller.credentials.userNamespace.kgid(GID(try number(parameter))) ?? .invalid
        case "hidepid":
            let text = try string(parameter)
            guard let hiding = ProcOptions.hiding(text) else {
                throw invalid(.mountOptionValue, Array("unknown value of hidepid - ".utf8) + text + [0x0a])
            }
            self.hiding = hiding
        case "subset": try takeSubset(parameter)
        case "pidns":
            if reconfigured != nil {
                throw invalid(.procNamespaceFixed, "cannot reconfigure pidns for existing procfs")
            }
            try takeNamespace(parameter, for: caller)
        default: return false
        }
        return true
    }

    /// proc_parse_subset_param(): a list, of which nothing but `pid` is known.
    private func takeSubset(_ parameter: FileSystemParameter) throws(Refusal) {
        for word in try string(parameter).split(separator: UInt8(ascii: ",")) {
            guard Name(word) == "pid" else {
                throw invalid(.mountOptionValue, Array("unsupported subset option - ".utf8) + word + [0x0a])
            }
            showsOnlyProcesses = true
        }
    }

    /// proc_parse_pidns_param(): by path or by descriptor; as who may enter that namespace, and from above only.
    private func takeNamespace(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) {
        let inode: Inode
        switch parameter.value {
        case .file(let file): inode = file.inode
        default:
            let text = try string(parameter)
            do throws(Refusal) {
                inode = try caller.lookup(text).inode
            } catch {
                log.add(.error, type, "could not get file from pidns argument")
                throw error
            }
        }
        guard let namespace = inode.namespace else {
            throw invalid(.mountOptionValue, "pidns argument is not an nsfs file")
        }
        guard let target = namespace as? PIDNamespace else {
            throw invalid(.mountOptionValue, "pidns argument is not a pidns file")
        }
        guard let owner = target.owner, caller.credentials.has(.sysAdmin, over: owner) else {
            throw invalid(.procNamespaceNotPermitted, "insufficient permissions to set pidns")
        }
        guard let own = (caller as? Task)?.pidNamespace, own.isAncestorOrSelf(of: target) else {
            throw invalid(.procNamespaceForeign, "cannot set pidns to non-descendant pidns")
        }
        pidNamespace = target
        userNamespace = owner
    }

    /// proc_get_tree()
    override func makeRoot(for caller: any Caller) throws(Refusal) -> Root {
        let made = ProcFS(
            kernel: kernel, type: type, pidNamespace: pidNamespace, device: kernel.anonymousDevices.allocate(),
            userNamespace: userNamespace)
        made.flags = flags
        apply(to: made)
        return Root(made, made.root)
    }

    /// proc_reconfigure()
    override func change(_ fileSystem: FileSystem, for caller: any Caller) throws(Refusal) {
        if let proc = fileSystem as? ProcFS { apply(to: proc) }
    }

    /// proc_apply_options(): what is not said stays as it is.
    private func apply(to proc: ProcFS) {
        if let group { proc.options.group = group }
        if let hiding { proc.options.hiding = hiding }
        if showsOnlyProcesses { proc.options.showsOnlyProcesses = true }
    }
}
