import Credentials
import LinuxABI

/// What a caller wants of a file, as permission bits: MAY_READ, MAY_WRITE, MAY_EXEC.
package struct Access: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let execute = Access(rawValue: 1)
    package static let write = Access(rawValue: 2)
    package static let read = Access(rawValue: 4)
}

extension Inode {
    /// inode_permission(): refuses when `caller` may not do `access` here.
    package func check(_ access: Access, for caller: any Caller) throws(Refusal) {
        refreshOwnership()
        if access.contains(.write) {
            // sb_permission: a read-only file system refuses before the mode is looked at; device nodes, FIFOs and
            // sockets only pass through.
            if fileSystem.isReadOnly, mode.isRegular || mode.isDirectory || mode.isSymlink {
                throw Refusal(.fileReadOnlyMount)
            }
            if !uid.isValid || !gid.isValid { throw Refusal(.fileOwnerUnmappedWrite) }
        }
        switch permission(access.rawValue, for: caller) {
        case .some(.none): return
        case .some(.some(let refusal)): throw refusal
        case .none: break
        }
        if grants(access, to: caller.credentials) { return }
        throw caller.refusal(
            access == .execute && mode.isDirectory ? .fileSearchDenied : .fileAccessDenied,
            "mode \(String(mode.permissions, radix: 8)), owner \(uid.rawValue):\(gid.rawValue); the caller's fsuid is "
                + "\(caller.credentials.fsuid.rawValue), its fsgid \(caller.credentials.fsgid.rawValue)")
    }

    /// acl_permission_check(): what the mode's owner, group or other bits or the access control list say.
    private func ownersGrant(_ access: Access, to credentials: Credentials) -> Bool {
        let bits: UInt32
        if credentials.fsuid == uid {
            bits = mode.rawValue >> 6
        } else if let accessList, mode.rawValue & 0o070 != 0 {
            return accessList.grants(access.rawValue, to: credentials, owningGroup: gid)
        } else if credentials.isMember(of: gid) {
            bits = mode.rawValue >> 3
        } else {
            bits = mode.rawValue
        }
        return access.rawValue & ~bits == 0
    }

    /// generic_permission(): what the file's owners grant, then capabilities.
    package func grants(_ access: Access, to credentials: Credentials) -> Bool {
        if ownersGrant(access, to: credentials) { return true }
        if mode.isDirectory {
            // CAP_DAC_READ_SEARCH lists and searches, CAP_DAC_OVERRIDE does all (capabilities(7)).
            if !access.contains(.write), isCapable(.dacReadSearch, credentials) { return true }
            return isCapable(.dacOverride, credentials)
        }
        if access == .read, isCapable(.dacReadSearch, credentials) { return true }
        // Nothing makes a file executable that no one may execute.
        if !access.contains(.execute) || mode.rawValue & 0o111 != 0 { return isCapable(.dacOverride, credentials) }
        return false
    }

    /// capable_wrt_inode_uidgid(): the capability in the caller's own user namespace, which must also number both of
    /// the file's owners.
    package func isCapable(_ capability: Capability, _ credentials: Credentials) -> Bool {
        guard credentials.effective.has(capability) else { return false }
        let namespace = credentials.userNamespace
        return namespace.uid(uid) != nil && namespace.gid(gid) != nil
    }

    /// inode_owner_or_capable(): the owner, or CAP_FOWNER over a file whose owner the caller's namespace numbers.
    package func isOwnedOrCapable(_ credentials: Credentials) -> Bool {
        if credentials.fsuid == uid { return true }
        return credentials.effective.has(.fowner) && credentials.userNamespace.uid(uid) != nil
    }
}

extension Path {
    /// mnt_want_write(): refuses changes through a read-only mount or to a read-only file system.
    package func checkWritable() throws(Refusal) {
        if mount.flags.contains(.readOnly) || mount.fileSystem.isReadOnly { throw Refusal(.fileReadOnlyMount) }
    }

    /// path_permission with the mount's own limits: execution on a noexec mount is refused as for execve(2).
    package func check(_ access: Access, for caller: any Caller) throws(Refusal) {
        try inode.check(access, for: caller)
    }

    /// path_noexec(): nothing here can be executed or mapped executable.
    package var forbidsExecution: Bool {
        mount.flags.contains(.noExec) || mount.fileSystem.ignoresExecution
    }

    /// may_open_dev() reversed: device nodes here cannot be opened.
    package var forbidsDevices: Bool {
        mount.flags.contains(.noDevices) || mount.fileSystem.ignoresDevices
    }
}
