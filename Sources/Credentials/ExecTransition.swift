import LinuxABI

/// The credentials of execve(2): set-user-ID bits, file capabilities, and what remains of the old ones
/// (bprm_fill_uid, cap_bprm_creds_from_file).
package struct ExecTransition {
    /// What counts of the program file; for a script, of its interpreter.
    package struct Program {
        /// As the mount shows them.
        package var owner: VFSUID
        package var group: VFSGID
        package var mode: FileMode
        /// The stored `security.capability`, if any.
        package var capabilities: [UInt8]?
        /// The mount ignores set-ID bits and file capabilities: it is nosuid, or it belongs to another mount namespace than
        /// the caller's, or to none.
        package var isOnNoSetuidMount: Bool
        package var idMap: MountIDMap?
        /// s_user_ns of the file system.
        package var fileSystem: UserNamespace
        /// Whether the caller may read the file; a program that it may not read must not be dumped either.
        package var isReadable: Bool

        package init(
            owner: VFSUID, group: VFSGID, mode: FileMode, capabilities: [UInt8]?, isOnNoSetuidMount: Bool,
            idMap: MountIDMap? = nil, fileSystem: UserNamespace, isReadable: Bool
        ) {
            self.owner = owner
            self.group = group
            self.mode = mode
            self.capabilities = capabilities
            self.isOnNoSetuidMount = isOnNoSetuidMount
            self.idMap = idMap
            self.fileSystem = fileSystem
            self.isReadable = isReadable
        }
    }

    /// What makes a gain of privilege unsafe (check_unsafe_exec).
    package struct Circumstances {
        /// Traced by somebody without CAP_SYS_PTRACE over the new user namespace.
        package var hasUnprivilegedTracer = false
        /// Another process shares root and working directory.
        package var sharesFS = false
        package init() {}
    }

    package let credentials: Credentials
    /// AT_SECURE, and with it a cleared parent-death signal and a cut stack limit.
    package let isSecure: Bool
    /// What PR_GET_DUMPABLE will say: 1, or the value of /proc/sys/fs/suid_dumpable.
    package let isDumpable: Bool
    /// mm->user_ns: the new image's user namespace, which is an ancestor when the program's owner has no number here
    /// and the file cannot be read.
    package let imageNamespace: UserNamespace

    /// Settles the new credentials; throws EPERM or EINVAL while execve can still return.
    package init(from old: Credentials, to program: Program, _ circumstances: Circumstances) throws(Refusal) {
        let namespace = old.userNamespace
        // mnt_may_suid()
        let maySetID = !program.isOnNoSetuidMount && program.fileSystem.isAncestorOrSelf(of: namespace)
        var (euid, egid) = (old.euid, old.egid)
        // bprm_fill_uid(): both IDs must have numbers here, or neither bit counts.
        if maySetID, !old.noNewPrivileges, namespace.uid(program.owner) != nil, namespace.gid(program.group) != nil {
            if program.mode.isSetUserID { euid = program.owner.kuid }
            // Without group execution the bit once meant mandatory locking.
            if program.mode.isSetGroupID, program.mode.permissions & 0o010 != 0 { egid = program.group.kgid }
        }

        var gain = try Self.fileGain(old, program, maySetID)
        let root = namespace.kuid(UID(0))
        Self.addRootGain(&gain, old, euid, root)

        // Who gains must not be watched, held back or share what others could pull away.
        let changesIDs = euid != old.euid || !old.isMember(of: egid)
        let gains = !gain.permitted.isSubset(of: old.permitted)
        let isUnsafe = old.noNewPrivileges || circumstances.sharesFS || circumstances.hasUnprivilegedTracer
        if changesIDs || gains, isUnsafe {
            if old.noNewPrivileges || !old.has(.setuid, over: namespace) {
                euid = old.uid
                egid = old.gid
            }
            gain.permitted.formIntersection(old.permitted)
        }

        let ambient = gain.hasFileCapabilities || changesIDs ? [] : old.ambient
        let permitted = gain.permitted.union(ambient)
        let new = old.changed {
            $0.euid = euid
            $0.suid = euid
            $0.fsuid = euid
            $0.egid = egid
            $0.sgid = egid
            $0.fsgid = egid
            $0.ambient = ambient
            $0.permitted = permitted
            $0.effective = gain.isEffective ? permitted : ambient
            $0.securebits.remove(.keepCapabilities)
            $0.keyrings = old.keyrings?.afterExec
        }
        credentials = new
        isSecure =
            changesIDs || euid != old.uid || egid != old.gid
            || (old.uid != root && (gain.isEffective || !permitted.isSubset(of: ambient)))
        // The IDs compared are still the old ones (begin_new_exec); commit_creds then looks at the change.
        isDumpable =
            program.isReadable && old.euid == old.uid && old.egid == old.gid && !old.commitResetsDumpable(to: new)
        imageNamespace = program.isReadable ? namespace : Self.namespace(above: namespace, numbering: program)
    }

    private struct Gain {
        var permitted: CapabilitySet = []
        var isEffective = false
        var hasFileCapabilities = false
    }

    /// get_file_caps().
    private static func fileGain(_ old: Credentials, _ program: Program, _ maySetID: Bool) throws(Refusal) -> Gain {
        var gain = Gain()
        guard maySetID, let value = program.capabilities else { return gain }
        // No decision but a broken file: setxattr(2) lets no such value in.
        guard let capabilities = FileCapabilities(value) else { throw Refusal(.EINVAL) }
        // Meant for another root's namespaces: as if it were not there.
        guard let root = capabilities.root(on: program.fileSystem, through: program.idMap),
            old.userNamespace.isRootHereOrAbove(root)
        else { return gain }
        gain.hasFileCapabilities = true
        gain.isEffective = capabilities.isEffective
        gain.permitted = capabilities.permitted.intersection(old.bounding)
            .union(capabilities.inheritable.intersection(old.inheritable))
        // A program that does not know of capabilities must not run with only some of them.
        if capabilities.isEffective, !capabilities.permitted.isSubset(of: gain.permitted) {
            throw Refusal(.execCapabilitiesIncomplete)
        }
        return gain
    }

    /// handle_privileged_root(): user 0 of the namespace gets everything, unless the file says what exactly.
    private static func addRootGain(_ gain: inout Gain, _ old: Credentials, _ euid: KUID, _ root: KUID?) {
        guard let root, !old.securebits.contains(.noRoot) else { return }
        let becomesRoot = euid == root, isRoot = old.uid == root
        if gain.hasFileCapabilities, becomesRoot, !isRoot { return }
        if becomesRoot || isRoot { gain.permitted = old.bounding.union(old.inheritable) }
        if becomesRoot { gain.isEffective = true }
    }

    /// would_dump(): the nearest ancestor that numbers the program's owner and group.
    private static func namespace(above start: UserNamespace, numbering program: Program) -> UserNamespace {
        var walk = start
        while walk.uid(program.owner) == nil || walk.gid(program.group) == nil, let parent = walk.parent {
            walk = parent
        }
        return walk
    }
}
