import Credentials
import LinuxABI

/// /proc/[pid]/mounts, mountinfo and mountstats: the task's mount namespace seen from the task's root, both as they
/// were at open (proc_pid_mountinfo(5)).
package final class MountListFile: OpenFile {
    package enum Form: Sendable { case mounts, mountinfo, mountstats }
    private let form: Form
    private let namespace: MountNamespace
    private let root: Path
    private let cgroups: CgroupNamespace?
    /// Of the text, which is made as a whole: enough for as many mounts as there may be, but not for all to have long paths.
    private static let largest = 32 << 20

    init(
        _ form: Form, _ namespace: MountNamespace, root: Path, cgroups: CgroupNamespace?, _ path: Path,
        _ flags: OpenFlags, _ credentials: Credentials
    ) {
        self.cgroups = cgroups
        self.form = form
        self.namespace = namespace
        self.root = root
        super.init(path: path, flags: flags, credentials: credentials, backing: .text)
    }

    package override func contents() throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 1024)
        var places = MountPlaces(from: root, room: Self.largest)
        var reach = MountReach(from: root)
        for mount in namespace.mounts {
            // What the task cannot reach from its root is not shown.
            guard let place = try places.text(of: mount) else { continue }
            switch form {
            case .mounts: line(&text, mount, at: place)
            case .mountinfo: info(&text, mount, at: place, &reach)
            case .mountstats: statistics(&text, mount, at: place)
            }
            if text.bytes.count > Self.largest { throw Refusal(.budgetMemory) }
        }
        return text.bytes
    }

    /// show_vfsmnt().
    private func line(_ text: inout TextBuffer, _ mount: Mount, at place: [UInt8]) {
        Self.source(&text, mount)
        text.space()
        Self.mangle(&text, place)
        text.space()
        Self.type(&text, mount)
        text.append(mount.isReadOnly ? " ro" : " rw")
        text.append(mount.fileSystem.flags.text)
        text.append(Self.options(mount))
        text.append(mount.fileSystem.optionsText)
        text.append(" 0 0\n")
    }

    /// show_mountinfo().
    private func info(_ text: inout TextBuffer, _ mount: Mount, at place: [UInt8], _ reach: inout MountReach) {
        let device = mount.fileSystem.device
        text.append(mount.id)
        text.space()
        text.append(mount.parent?.id ?? mount.id)
        text.space()
        text.append(device.major)
        text.append(byte: 0x3a)
        text.append(device.minor)
        text.space()
        Self.mangle(&text, rootText(mount))
        text.space()
        Self.mangle(&text, place)
        text.append(mount.flags.contains(.readOnly) ? " ro" : " rw")
        text.append(Self.options(mount))
        propagation(&text, mount, &reach)
        text.append(" - ")
        Self.type(&text, mount)
        text.space()
        Self.source(&text, mount)
        text.append(mount.fileSystem.isReadOnly ? " ro" : " rw")
        text.append(mount.fileSystem.flags.text)
        text.append(mount.fileSystem.optionsText)
        text.newline()
    }

    /// The optional fields: peers, master, and a nearer group through which changes come when the master's is out of sight.
    private func propagation(_ text: inout TextBuffer, _ mount: Mount, _ reach: inout MountReach) {
        if let group = mount.group {
            text.append(" shared:")
            text.append(group.id)
        }
        if let master = mount.master, let group = master.group {
            text.append(" master:")
            text.append(group.id)
            if !reach.containsPeer(of: master), let nearest = reach.dominatingGroup(of: mount) {
                text.append(" propagate_from:")
                text.append(nearest.id)
            }
        }
        if mount.isUnbindable { text.append(" unbindable") }
    }

    /// A part of the tree of control groups is named as the reader's namespace has it (cgroup_show_path).
    private func rootText(_ mount: Mount) -> [UInt8] {
        guard let group = (mount.root.inode as? CgroupDirectory)?.cgroup, let cgroups else { return mount.rootText }
        return group.path(from: cgroups.root)
    }

    /// show_vfsstat().
    private func statistics(_ text: inout TextBuffer, _ mount: Mount, at place: [UInt8]) {
        text.append("device ")
        Self.source(&text, mount)
        text.append(" mounted on ")
        Self.mangle(&text, place)
        text.append(" with fstype ")
        Self.type(&text, mount)
        text.newline()
    }

    private static func options(_ mount: Mount) -> [UInt8] {
        mount.flags.text + (mount.idMap == nil ? [] : Array(",idmapped".utf8))
    }

    /// Names of devices and types may not begin a comment, as they would in fstab(5).
    private static func source(_ text: inout TextBuffer, _ mount: Mount) {
        text.escaped((mount.source ?? "none").bytes) { isBlank($0) || $0 == 0x23 }
    }
    private static func type(_ text: inout TextBuffer, _ mount: Mount) {
        text.escaped(mount.fileSystem.typeText) { isBlank($0) || $0 == 0x23 }
    }
    private static func mangle(_ text: inout TextBuffer, _ bytes: [UInt8]) { text.escaped(bytes, isBlank) }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x5c
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
            return MountListFile(
                form, namespace, root: task.fs.root, cgroups: reader.opener?.namespaces?.cgroup, path, flags,
                reader.credentials)
        }
    }
}
