import Credentials
import LinuxABI

/// /proc/[pid]/ns: one link for each namespace of the task (namespaces(7)).
package final class NsDirectory: TaskDirectory {
    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, entry: Int) {
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.directory, 0o511),
            number: TaskInode.number(pid, isThread: isThread, entry: entry))
        linkCount = 2
    }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        guard pid.task != nil, let link = NsLink.all.firstIndex(where: { $0.name == name }) else {
            throw Refusal(.ENOENT)
        }
        return NsLinkInode(proc, pid, isThread: isThread, link: link)
    }

    /// proc_ns_dir_readdir(): listing asks no more than the directory's mode.
    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard pid.task != nil else { throw Refusal(.ENOENT) }
        return NsLink.all.indices.map { link in
            DirectoryEntry(
                name: NsLink.all[link].name, inode: NsLinkInode.number(pid, isThread: isThread, link: link),
                kind: .symlink)
        }
    }
}

/// One entry of /proc/[pid]/ns.
struct NsLink: Sendable {
    let name: Name
    let kind: NamespaceKind
    var isForChildren = false

    /// In the kernel's order, which readdir shows.
    static let all: [NsLink] = [
        NsLink(name: "net", kind: .net), NsLink(name: "uts", kind: .uts), NsLink(name: "ipc", kind: .ipc),
        NsLink(name: "pid", kind: .pid), NsLink(name: "pid_for_children", kind: .pid, isForChildren: true),
        NsLink(name: "user", kind: .user), NsLink(name: "mnt", kind: .mount), NsLink(name: "cgroup", kind: .cgroup),
        NsLink(name: "time", kind: .time), NsLink(name: "time_for_children", kind: .time, isForChildren: true),
    ]

    /// The namespace that this names for `task`, or nil when it has none.
    func namespace(of task: Task) -> (any Namespace)? {
        // What is in the credentials and in the PID survives until the task is reaped; the rest goes at exit.
        if kind == .user { return task.userNamespace }
        if kind == .pid, !isForChildren { return task.pidNamespace }
        guard let set = task.namespaces else { return nil }
        switch kind {
        case .mount: return set.mount
        case .cgroup: return set.cgroup
        case .uts: return set.uts
        case .ipc: return set.ipc
        case .net: return set.net
        case .time: return isForChildren ? set.timeForChildren : set.time
        case .pid:
            // pidns_for_children_get(): nothing to show until the namespace has had an init.
            let pending = set.pidForChildren
            return pending === task.pidNamespace || pending.hadInit ? pending : nil
        case .user: return nil
        }
    }
}

/// /proc/[pid]/ns/*: a magic link; following it leads to the namespace's file in nsfs.
package final class NsLinkInode: TaskInode {
    private let link: Int

    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, link: Int) {
        self.link = link
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.symlink, 0o777),
            number: Self.number(pid, isThread: isThread, link: link))
    }

    static func number(_ pid: PID, isThread: Bool, link: Int) -> UInt64 {
        TaskInode.number(pid, isThread: isThread, entry: ProcPidEntry.nsEntry, item: Int32(truncatingIfNeeded: link))
    }

    /// proc_ns_get_link() and proc_ns_readlink(): a dead task and a forbidden one look alike.
    private func target(for caller: any Caller) throws(Refusal) -> any Namespace {
        guard let task = pid.task else { throw Refusal(.EACCES) }
        try ProcAccess.require(task, by: caller)
        guard let namespace = NsLink.all[link].namespace(of: task) else { throw Refusal(.ENOENT) }
        return namespace
    }

    package override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] {
        try target(for: caller).linkText
    }
    package override func followLink(for caller: any Caller) throws(Refusal) -> Path? {
        try proc.requireKernel().nsfs.path(of: try target(for: caller))
    }
}
