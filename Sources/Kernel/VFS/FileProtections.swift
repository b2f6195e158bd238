import Credentials
import LinuxABI

/// What stands in the way of tricks with others' names: fs/protected_* of proc_sys_fs(5), as the reference machine has them.
package struct FileProtections: Sendable {
    package var hardlinks = true
    package var symlinks = false
    /// 0, 1, or 2: group-writable directories too.
    package var regular = 0
    package var fifos = 0
    package init() {}
}

extension Path {
    /// may_linkat(): of another's files only plain ones that the caller could read and write as well get more names.
    func checkLinkSource(for caller: any Caller) throws(Refusal) {
        let context = access(for: caller)
        if context.isUnmapped(inode) { throw Refusal(.fileOwnerUnmapped) }
        if !caller.protections.hardlinks || context.isOwnerOrCapable(of: inode) { return }
        // safe_hardlink_source()
        let mode = inode.mode
        let isSafe = mode.isRegular && mode.rawValue & 0o4000 == 0 && mode.rawValue & 0o2010 != 0o2010
        guard isSafe else { throw Refusal(.linkSourceProtected) }
        do { try check([.read, .write], for: caller) } catch { throw error.under(.linkSourceProtected) }
    }

    /// may_follow_link(): whether `caller` may follow `link`, found in this directory as a path's last component. In a
    /// sticky world-writable directory the link must be its own, or the directory owner's.
    package func checkFollow(_ link: Path, for caller: any Caller) throws(Refusal) {
        guard inode.mode.rawValue & 0o1002 == 0o1002, caller.protections.symlinks else { return }
        let owner = link.access(for: caller).owner(of: link.inode)
        if owner.isOwn(caller.credentials.fsuid) { return }
        let directoryOwner = access(for: caller).owner(of: inode)
        if directoryOwner.isValid, directoryOwner == owner { return }
        throw Refusal(.linkInStickyDirectory)
    }

    /// may_create_in_sticky(): whether `caller` may open `found`, which is in this directory, with O_CREAT. What lies in a
    /// sticky directory under a name that the caller meant to make may be a trap.
    package func checkCreateOpens(_ found: Path, for caller: any Caller) throws(Refusal) {
        let directory = inode.mode
        guard directory.isSticky else { return }
        let protections = caller.protections
        let kind = found.inode.mode.kind
        let level = kind == .regular ? protections.regular : kind == .fifo ? protections.fifos : 1
        if level == 0 { return }
        let owner = found.access(for: caller).owner(of: found.inode)
        if owner == access(for: caller).owner(of: inode) || owner.isOwn(caller.credentials.fsuid) { return }
        if directory.rawValue & 0o002 != 0 || (directory.rawValue & 0o020 != 0 && level >= 2) {
            throw Refusal(.createOpensOthersFile)
        }
    }
}
