import Credentials
import LinuxABI

extension Task {
    /// open_tree(2) with OPEN_TREE_CLONE (open_detached_copy).
    package func openCopy(of path: Path, recursively: Bool) throws(Refusal) -> OpenFile {
        try openDetached(origin: origin(of: path.mount.namespace)) { () throws(Refusal) in
            try copyMounts(path, recursively: recursively)
        }
    }

    /// fsmount(2) after its flags.
    package func openMount(of setup: FileSystemSetup, _ flags: MountFlags) throws(Refusal) -> OpenFile {
        let mount = try setup.mount(flags, for: self)
        let file = try openDetached(origin: nil) { () throws(Refusal) in mount }
        setup.mounted()
        return file
    }

    /// Which namespace a copy from `namespace` comes from.
    private func origin(of namespace: MountNamespace?) -> UInt64? {
        guard let namespace else { return nil }
        return namespace.isAnonymous ? namespace.origin : namespace.identifier
    }

    private func openDetached(
        origin: UInt64?, _ makeTree: () throws(Refusal) -> Mount
    ) throws(Refusal) -> OpenFile {
        guard let own = mountNamespace else { throw Refusal(.mountNotPermitted) }
        let owner = own.owner ?? userNamespace
        let charge = try NamespaceCharge(.mount, user: credentials.euid, in: owner)
        let namespace = own.makeAnonymous(owner: owner, origin: origin)
        namespace.charge = charge
        let tree = try makeTree()
        namespace.setRoot(tree)
        return DetachedTreeFile(namespace, root: tree, credentials: credentials)
    }
}
