import LinuxABI

extension Path {
    /// The text of a path as `root` sees it (d_path), and whether it is below that root at all.
    package struct Text {
        package var bytes: [UInt8]
        package var isReachable: Bool
        package var isDeleted: Bool

        /// As /proc/[pid]/fd and cwd show it: with ` (deleted)` after a name that was removed.
        package var withDeletedMark: [UInt8] { isDeleted ? bytes + Array(" (deleted)".utf8) : bytes }
        /// As getcwd(2) shows it: with `(unreachable)` before a path that is not below the root.
        package var withUnreachableMark: [UInt8] { isReachable ? bytes : Array("(unreachable)".utf8) + bytes }
    }

    package func text(from root: Path) -> Text {
        if dentry.parent == nil, dentry !== mount.root {
            // A file that never had a place, such as a pipe or a namespace: its dentry makes a name up (d_dname).
            return Text(bytes: dentry.name.bytes, isReachable: true, isDeleted: false)
        }
        var reversed: [Name] = []
        var walk = self
        var isReachable = true
        while walk != root {
            if walk.dentry === walk.mount.root {
                guard let parent = walk.mount.parent, let mountpoint = walk.mount.mountpoint else {
                    isReachable = false
                    break
                }
                walk = Path(mount: parent, dentry: mountpoint)
            } else {
                guard let parent = walk.dentry.parent else {
                    isReachable = false
                    break
                }
                reversed.append(walk.dentry.name)
                walk.dentry = parent
            }
        }
        var bytes: [UInt8] = []
        for name in reversed.reversed() {
            bytes.append(UInt8(ascii: "/"))
            bytes.append(contentsOf: name.bytes)
        }
        if bytes.isEmpty { bytes = [UInt8(ascii: "/")] }
        return Text(bytes: bytes, isReachable: isReachable, isDeleted: dentry.isUnlinked)
    }
}

extension Mount {
    /// Which part of its file system shows here (show_path, seq_dentry).
    package var rootText: [UInt8] {
        if let text = fileSystem.shownRoot(root) { return text }
        var names: [[UInt8]] = []
        var walk = root
        while let parent = walk.parent {
            names.append(walk.name.bytes)
            walk = parent
        }
        if names.isEmpty { return [UInt8(ascii: "/")] }
        var text: [UInt8] = []
        for name in names.reversed() {
            text.append(UInt8(ascii: "/"))
            text.append(contentsOf: name)
        }
        if root.isUnlinked { text.append(contentsOf: "//deleted".utf8) }
        return text
    }
}
