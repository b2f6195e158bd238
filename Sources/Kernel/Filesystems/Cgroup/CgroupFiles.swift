import Credentials
import LinuxABI

/// The files in a group's directory.
enum CgroupFileKind: CaseIterable {
    case controllers, events, kill, maxDepth, maxDescendants, procs, stat, subtreeControl, threads, type

    var name: Name {
        switch self {
        case .controllers: "cgroup.controllers"
        case .events: "cgroup.events"
        case .kill: "cgroup.kill"
        case .maxDepth: "cgroup.max.depth"
        case .maxDescendants: "cgroup.max.descendants"
        case .procs: "cgroup.procs"
        case .stat: "cgroup.stat"
        case .subtreeControl: "cgroup.subtree_control"
        case .threads: "cgroup.threads"
        case .type: "cgroup.type"
        }
    }

    var permissions: UInt32 {
        switch self {
        case .controllers, .events, .stat: 0o444
        case .kill: 0o200
        case .maxDepth, .maxDescendants, .procs, .subtreeControl, .threads, .type: 0o644
        }
    }

    /// CFTYPE_NOT_ON_ROOT
    private var isOnRoot: Bool {
        switch self {
        case .events, .kill, .type: false
        default: true
        }
    }

    static func all(of group: Cgroup) -> [CgroupFileKind] {
        group.parent == nil ? allCases.filter(\.isOnRoot) : allCases
    }
}

/// An open file of a group. Once the group was removed it answers ENODEV.
package final class CgroupFile: OpenFile {
    private let kind: CgroupFileKind
    private weak var group: Cgroup?
    /// In which members are numbered.
    private weak var reader: PIDNamespace?

    init(
        _ kind: CgroupFileKind, _ group: Cgroup?, reader: PIDNamespace?, path: Path, flags: OpenFlags,
        credentials: Credentials
    ) {
        self.kind = kind
        self.group = group
        self.reader = reader
        super.init(path: path, flags: flags, credentials: credentials, backing: .text)
    }

    private func live() throws(Refusal) -> Cgroup {
        guard let group, !group.isRemoved else { throw Refusal(.ENODEV) }
        return group
    }

    package override func contents() throws(Refusal) -> [UInt8] {
        // Who only writes must not be refused for what reading would say; and a removed group has nothing to say.
        guard flags.reads, let group, !group.isRemoved else { return [] }
        var text = TextBuffer(capacity: 64)
        func line(_ name: StaticString, _ value: Int) {
            text.append(name)
            text.space()
            text.append(value)
            text.newline()
        }
        switch kind {
        case .controllers, .subtreeControl: break
        case .events:
            line("populated", group.isPopulated ? 1 : 0)
            line("frozen", 0)
        case .kill: throw Refusal(.EINVAL)
        case .maxDepth: limit(&text, group.maximumDepth)
        case .maxDescendants: limit(&text, group.maximumDescendants)
        case .procs, .threads:
            for number in try group.list(processes: kind == .procs, in: reader) {
                text.append(number)
                text.newline()
            }
        case .stat:
            line("nr_descendants", group.descendants)
            line("nr_dying_descendants", 0)
        case .type:
            text.append(group.type)
            text.newline()
        }
        return text.bytes
    }

    private func limit(_ text: inout TextBuffer, _ value: Int?) {
        if let value { text.append(value) } else { text.append("max") }
        text.newline()
    }

    package override var interceptsWrites: Bool { true }

    /// kernfs_fop_write_iter() and cgroup_file_write(): one command a call, whatever the position.
    package override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        if bytes.isEmpty { return 0 }
        if bytes.count > 4096 { throw Refusal(.E2BIG) }
        let group = try live()
        let text = CgroupText.stripped(bytes)
        guard let task = caller as? Task else { throw Refusal(.EINVAL) }
        switch kind {
        case .procs, .threads:
            guard let number = KernelNumber.signed32(text), number >= 0 else { throw Refusal(.EINVAL) }
            try group.take(number, wholeProcess: kind == .procs, by: task, opener: credentials)
        case .type:
            guard Name(text) == "threaded" else { throw Refusal(.EINVAL) }
            try group.becomeThreaded()
        case .maxDepth: group.maximumDepth = try CgroupText.limit(text)
        case .maxDescendants: group.maximumDescendants = try CgroupText.limit(text)
        case .subtreeControl:
            // There is no controller that could be named.
            if !text.isEmpty { throw Refusal(.EINVAL) }
        case .kill:
            guard let value = KernelNumber.signed32(text) else { throw Refusal(.EINVAL) }
            guard value == 1 else { throw Refusal(.ERANGE) }
            if group.isThreaded { throw Refusal(.EOPNOTSUPP) }
            let info = SignalInfo(.kill, code: SignalInfo.kernelCode, pid: 0, uid: 0)
            for member in group.population where member.isLeader { task.kernel.deliver(info, to: member.group) }
        case .controllers, .events, .stat: throw Refusal(.EINVAL)
        }
        task.kernel.generation &+= 1
        return bytes.count
    }
}

private enum CgroupText {
    /// What stands before a NUL, without blanks around it (strstrip).
    static func stripped(_ bytes: [UInt8]) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
        let text = bytes.prefix { $0 != 0 }.drop(while: isBlank)
        return Array(text.prefix(text.lastIndex { !isBlank($0) }.map { $0 - text.startIndex + 1 } ?? 0))
    }

    /// cgroup_max_depth_write(): nil for `max`.
    static func limit(_ text: [UInt8]) throws(Refusal) -> Int? {
        if Name(text) == "max" { return nil }
        guard let value = KernelNumber.signed64(text) else { throw Refusal(.EINVAL) }
        guard (0...Int64(Int32.max)).contains(value) else { throw Refusal(.ERANGE) }
        return value == Int64(Int32.max) ? nil : Int(value)
    }
}
