import LinuxABI

extension Credentials {
    /// Makes a user namespace as a child of these credentials' own (create_user_ns); no capability is needed.
    ///
    /// - Parameter isChrooted: whether the creator's root is not its mount namespace's (current_chrooted).
    package func createUserNamespace(
        inode: @autoclosure () -> UInt32, isChrooted: Bool
    ) throws(Refusal) -> UserNamespace {
        let parent = userNamespace
        guard parent.level <= UserNamespace.maximumParentLevel else { throw Refusal(.userNamespaceDepth) }
        let charge = try NamespaceCharge(.user, user: euid, in: parent)
        // Else the new namespace's capabilities would be a way out of the chroot.
        guard !isChrooted else { throw Refusal(.userNamespaceChrooted) }
        // The creator becomes the owner, whom the parent must be able to name.
        guard parent.uid(euid) != nil, parent.gid(egid) != nil else {
            throw Refusal(.userNamespaceCreatorUnmapped)
        }
        return UserNamespace(
            inode: inode(), parent: parent, ownerUID: euid, ownerGID: egid,
            parentCouldSetFileCapabilities: effective.has(.setfcap), charge: charge)
    }

    /// What these credentials become in `namespace`, created or joined (set_cred_user_ns): every capability there,
    /// whatever the bounding set was; IDs, groups and no_new_privs stay.
    package func enteringUserNamespace(_ namespace: UserNamespace) -> Credentials {
        changed {
            $0.securebits = []
            $0.inheritable = []
            $0.permitted = .full
            $0.effective = .full
            $0.bounding = .full
            $0.ambient = []
            $0.userNamespace = namespace
        }
    }

    /// cred_cap_issubset(): whether `other` can do nothing that these credentials could not.
    package func coversCapabilities(of other: Credentials) -> Bool {
        if other.userNamespace === userNamespace { return other.permitted.isSubset(of: permitted) }
        // In another namespace only if it, or one above it, is the child of ours that we own.
        return userNamespace.ownerOfChild(toward: other.userNamespace) == euid
    }

    /// Whether changing to `new` makes the task undumpable and clears its parent-death signal (commit_creds).
    package func commitResetsDumpable(to new: Credentials) -> Bool {
        euid != new.euid || egid != new.egid || fsuid != new.fsuid || fsgid != new.fsgid
            || !coversCapabilities(of: new)
    }
}
