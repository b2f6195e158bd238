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

/// What a file system itself says in a permission check (i_op->permission).
package enum PermissionAnswer {
    /// Mode, owners and capabilities decide (generic_permission).
    case ordinary
    case granted
    case refused(Refusal)
}

extension Path {
    /// inode_permission(): refuses when `caller` may not do `wanted` with the file here, as the mount shows its owners.
    package func check(_ wanted: Access, for caller: any Caller) throws(Refusal) {
        let inode = inode
        inode.refreshOwnership()
        let context = access(for: caller)
        if wanted.contains(.write) {
            // sb_permission: a read-only file system refuses before the mode is looked at; device nodes, FIFOs and
            // sockets only pass through.
            let mode = inode.mode
            if inode.fileSystem.isReadOnly, mode.isRegular || mode.isDirectory || mode.isSymlink {
                throw Refusal(.fileReadOnlyMount)
            }
            if context.isUnmapped(inode) { throw Refusal(.fileOwnerUnmappedWrite) }
        }
        switch inode.permission(wanted, for: caller) {
        case .granted: return
        case .refused(let refusal): throw refusal
        case .ordinary: break
        }
        if context.grants(wanted, to: inode) { return }
        throw caller.refusal(
            wanted == .execute && inode.mode.isDirectory ? .fileSearchDenied : .fileAccessDenied,
            "mode \(String(inode.mode.permissions, radix: 8)), owner \(inode.uid.rawValue):\(inode.gid.rawValue)"
                + (context.idMap == nil
                    ? ""
                    : ", by the mount's map \(context.owner(of: inode).rawValue):\(context.group(of: inode).rawValue)")
                + "; the caller's fsuid is \(caller.credentials.fsuid.rawValue), its fsgid "
                + "\(caller.credentials.fsgid.rawValue)")
    }
}

extension AccessContext {
    /// acl_permission_check(): what the mode's owner, group or other bits or the access control list say.
    private func ownersGrant(_ wanted: Access, to inode: Inode) -> Bool {
        let mode = inode.mode.rawValue
        let bits: UInt32
        if isOwner(of: inode) {
            bits = mode >> 6
        } else if let accessList = inode.accessList, mode & 0o070 != 0 {
            return accessList.grants(
                wanted.rawValue, to: credentials, owningGroup: group(of: inode), through: idMap)
        } else if credentials.isMember(of: group(of: inode)) {
            bits = mode >> 3
        } else {
            bits = mode
        }
        return wanted.rawValue & ~bits == 0
    }

    /// generic_permission(): what the file's owners grant, then capabilities.
    package func grants(_ wanted: Access, to inode: Inode) -> Bool {
        if ownersGrant(wanted, to: inode) { return true }
        if inode.mode.isDirectory {
            // CAP_DAC_READ_SEARCH lists and searches, CAP_DAC_OVERRIDE does all (capabilities(7)).
            if !wanted.contains(.write), isCapable(.dacReadSearch, over: inode) { return true }
            return isCapable(.dacOverride, over: inode)
        }
        if wanted == .read, isCapable(.dacReadSearch, over: inode) { return true }
        // Nothing makes a file executable that no one may execute.
        if !wanted.contains(.execute) || inode.mode.rawValue & 0o111 != 0 {
            return isCapable(.dacOverride, over: inode)
        }
        return false
    }
}

extension Path {
    /// mnt_want_write(): refuses changes through a read-only mount or to a read-only file system.
    package func checkWritable() throws(Refusal) {
        if mount.flags.contains(.readOnly) || mount.fileSystem.isReadOnly { throw Refusal(.fileReadOnlyMount) }
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
