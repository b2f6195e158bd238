import Credentials
import LinuxABI

/// /proc/[pid]/mounts, mountinfo and mountstats: the task's mount namespace seen from the task's root, both as they
/// were at open (proc_pid_mountinfo(5)).
package final class MountListFile: OpenFile {
    package enum Form: Sendable { case mounts, mountinfo, mountstats }
    private let form: Form
    private let namespace: MountNamespace
    private let root: Path

    init(
        _ form: Form, _ namespace: MountNamespace, root: Path, _ path: Path, _ flags: OpenFlags,
        _ credentials: Credentials
    ) {
        self.form = form
        self.namespace = namespace
        self.root = root
        super.init(path: path, flags: flags, credentials: credentials, backing: .text)
    }

    package override func contents() throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 1024)
        for mount in namespace.mounts {
            let place = Path(mount: mount, dentry: mount.root).text(from: root)
            // What the task cannot reach from its root is not shown.
            guard place.isReachable else { continue }
            switch form {
            case .mounts: line(&text, mount, at: place.bytes)
            case .mountinfo: info(&text, mount, at: place.bytes)
            case .mountstats: statistics(&text, mount, at: place.bytes)
            }
        }
        return text.bytes
    }

    /// show_vfsmnt().
    private func line(_ text: inout TextBuffer, _ mount: Mount, at place: [UInt8]) {
        Self.mangle(&text, (mount.source ?? "none").bytes)
        text.space()
        Self.mangle(&text, place)
        text.space()
        Self.mangle(&text, Array(mount.fileSystem.typeName.utf8))
        text.space()
        text.append(mount.flags.contains(.readOnly) || mount.fileSystem.isReadOnly ? "ro" : "rw")
        text.append(Self.options(mount.flags))
        text.append(" 0 0\n")
    }

    /// show_mountinfo().
    private func info(_ text: inout TextBuffer, _ mount: Mount, at place: [UInt8]) {
        text.append(mount.id)
        text.space()
        text.append(mount.parent?.id ?? mount.id)
        text.space()
        text.append(mount.fileSystem.device.major)
        text.append(byte: 0x3a)
        text.append(mount.fileSystem.device.minor)
        text.space()
        Self.mangle(&text, Self.rootText(mount))
        text.space()
        Self.mangle(&text, place)
        text.append(mount.flags.contains(.readOnly) ? " ro" : " rw")
        text.append(Self.options(mount.flags))
        text.append(" - ")
        Self.mangle(&text, Array(mount.fileSystem.typeName.utf8))
        text.space()
        Self.mangle(&text, (mount.source ?? "none").bytes)
        text.append(mount.fileSystem.isReadOnly ? " ro\n" : " rw\n")
    }

    /// show_vfsstat().
    private func statistics(_ text: inout TextBuffer, _ mount: Mount, at place: [UInt8]) {
        text.append("device ")
        Self.mangle(&text, (mount.source ?? "none").bytes)
        text.append(" mounted on ")
        Self.mangle(&text, place)
        text.append(" with fstype ")
        Self.mangle(&text, Array(mount.fileSystem.typeName.utf8))
        text.newline()
    }

    /// Which part of its file system the mount shows; for a bound namespace file its name.
    private static func rootText(_ mount: Mount) -> [UInt8] {
        if let namespace = mount.root.inode.namespace { return namespace.linkText }
        var names: [[UInt8]] = []
        var walk = mount.root
        while let parent = walk.parent {
            names.append(walk.name.bytes)
            walk = parent
        }
        if names.isEmpty { return [0x2f] }
        var text: [UInt8] = []
        for name in names.reversed() {
            text.append(0x2f)
            text.append(contentsOf: name)
        }
        return text
    }

    private static func options(_ flags: MountFlags) -> [UInt8] {
        var text = TextBuffer(capacity: 32)
        if flags.contains(.noSetuid) { text.append(",nosuid") }
        if flags.contains(.noDevices) { text.append(",nodev") }
        if flags.contains(.noExec) { text.append(",noexec") }
        if flags.contains(.relatime) { text.append(",relatime") }
        return text.bytes
    }

    private static func mangle(_ text: inout TextBuffer, _ bytes: [UInt8]) {
        text.escaped(bytes) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x5c || $0 == 0x23 }
    }
}

extension ProcPidEntry {
    static let mounts = list("mounts", 0o444, .mounts)
    static let mountinfo = list("mountinfo", 0o444, .mountinfo)
    static let mountstats = list("mountstats", 0o400, .mountstats)

    /// mounts_open_common(): EINVAL for a zombie, which is in no mount namespace any more.
    private static func list(_ name: Name, _ permissions: UInt32, _ form: MountListFile.Form) -> ProcPidEntry {
        ProcPidEntry(name, permissions, form == .mountstats ? .process : .both) {
            task, reader, path, flags throws(Refusal) in
            guard let namespace = task.namespaces?.mount else { throw Refusal(.EINVAL) }
            return MountListFile(form, namespace, root: task.fs.root, path, flags, reader.credentials)
        }
    }
}
