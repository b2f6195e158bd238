import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls
import Testing

/// clone, unshare, setns, their files' ioctls and the calls about identity, through the dispatcher.
struct CredentialsNamespaces {
    let sentry: TestSentry
    init() throws { sentry = try TestSentry() }

    private static let perm = -Int64(Errno.EPERM.rawValue)
    private static let inval = -Int64(Errno.EINVAL.rawValue)

    /// Makes the task's user namespace map its own IDs to `inside`.
    private func map(_ task: TestTask, inside: UInt32 = 0) throws {
        let c = task.task.credentials
        let namespace = c.userNamespace
        try namespace.writeMap(
            .user, Array("\(inside) \(c.euid.rawValue) 1".utf8), offset: 0, opener: c, writer: c)
        try namespace.writeSetgroups(Array("deny".utf8), offset: 0)
        try namespace.writeMap(
            .group, Array("\(inside) \(c.egid.rawValue) 1".utf8), offset: 0, opener: c, writer: c)
    }

    private func fd(_ namespace: any Namespace, in task: TestTask) throws -> Int64 {
        Int64(try task.task.open(namespace))
    }

    @Test func unshareUser() throws {
        let task = try sentry.spawn(uid: 1000)
        #expect(task.call(.unshare, CloneFlags.newUser) == 0)
        #expect(task.call(.getuid) == 65534)
        #expect(task.call(.setuid, 0) == Self.inval)
        #expect(sentry.lastRule == .idUnmapped)
        #expect(task.call(.setfsuid, 0) == 65534)
        #expect(task.call(.setgroups, 0, 0) == Self.perm)
        #expect(sentry.lastRule == .setgroupsBeforeGIDMap)
        #expect(task.call(.setresuid, -1, -1, -1) == 0)
        #expect(task.call(.sethostname, "x", 1) == Self.perm)
        #expect(task.call(.unshare, CloneFlags.newUser) == Self.perm)
        #expect(sentry.lastRule == .userNamespaceCreatorUnmapped)
        try map(task)
        #expect(task.call(.getuid) == 0)
        #expect(task.call(.getgid) == 0)
        #expect(task.call(.unshare, CloneFlags.newUTS) == 0)
        #expect(task.call(.sethostname, "inner", 5) == 0)
        #expect(task.task.namespaces?.uts.hostname == Array("inner".utf8))
        #expect(sentry.initTask.task.namespaces?.uts.hostname == Array("sentry".utf8))
        #expect(task.task.image.dumpable == 1)
    }

    @Test func unshareFlags() throws {
        let task = try sentry.spawn(uid: 1000)
        for flags: UInt64 in [1, 0x4000, 0x8000, 0x1_0000_0000] {
            #expect(task.call(.unshare, flags) == Self.inval)
            #expect(sentry.lastRule == .unshareUnknownFlag)
        }
        #expect(task.call(.unshare, 0) == 0)
        for kind in NamespaceKind.allCases where kind != .user {
            #expect(task.call(.unshare, kind.flag) == Self.perm, "\(kind.name)")
            #expect(sentry.lastRule == .namespaceNeedsAdmin)
        }
        #expect(task.call(.unshare, CloneFlags.files) == 0)
        #expect(task.call(.unshare, CloneFlags.sysvsem) == 0)
        #expect(task.call(.unshare, CloneFlags.namespaces) == 0)
        #expect(task.call(.getuid) == 65534)
    }

    @Test func threads() throws {
        let task = try sentry.spawn()
        let thread = try task.thread()
        for flags: CloneFlags in [.newUser, .thread, .sighand, .vm] {
            #expect(task.call(.unshare, flags) == Self.inval)
            #expect(sentry.lastRule == .unshareMultithreaded)
        }
        for flags: CloneFlags in [.newUTS, .newTime, .newPID] { #expect(task.call(.unshare, flags) == 0) }
        let mount = try fd(#require(task.task.mountNamespace), in: task)
        #expect(task.call(.setns, mount, 0) == Self.inval)
        #expect(sentry.lastRule == .setnsMountSharedFS)
        #expect(task.call(.unshare, CloneFlags.fs) == 0)
        #expect(task.call(.setns, mount, 0) == 0)
        let time = try fd(sentry.kernel.initialNamespaces.time, in: task)
        #expect(task.call(.setns, time, 0) == -Int64(Errno.EUSERS.rawValue))
        withExtendedLifetime(thread) {}
    }

    @Test func failureChangesNothing() throws {
        let task = try sentry.spawn()
        let before = task.task.namespaces
        sentry.kernel.initialUserNamespace.limits[.net] = 0
        #expect(task.call(.unshare, CloneFlags([.newMount, .newUTS, .newNet])) == -Int64(Errno.ENOSPC.rawValue))
        #expect(sentry.lastRule == .namespaceLimit)
        #expect(task.task.namespaces?.uts === before?.uts)
        #expect(task.task.namespaces?.mount === before?.mount)
        #expect(sentry.kernel.initialUserNamespace.limits.count(.uts, .root) == 0)
        #expect(sentry.kernel.initialUserNamespace.limits.count(.mount, .root) == 0)
        #expect(task.call(.unshare, CloneFlags([.newUser, .newNet])) == -Int64(Errno.ENOSPC.rawValue))
        #expect(task.call(.getuid) == 0)
    }

    @Test func pidNamespaces() throws {
        let task = try sentry.spawn()
        #expect(task.call(.unshare, CloneFlags.newPID) == 0)
        #expect(task.call(.unshare, CloneFlags.newPID) == Self.inval)
        #expect(sentry.lastRule == .pidNamespacePending)
        #expect(throws: Refusal.self) { try task.thread() }
        let child = try task.fork()
        #expect(child.task.tid == 1)
        #expect(child.call(.setns, try fd(sentry.kernel.initialPIDNamespace, in: child), 0) == Self.inval)
        #expect(sentry.lastRule == .setnsPIDNotDescendant)
        var deepest = try sentry.spawn()
        for level in 1...32 {
            deepest = try deepest.fork(.newPID)
            #expect(deepest.task.pidNamespace.level == level)
        }
        #expect(deepest.call(.unshare, CloneFlags.newPID) == -Int64(Errno.ENOSPC.rawValue))
    }

    @Test func mountNamespace() throws {
        let task = try sentry.spawn()
        #expect(task.call(.unshare, CloneFlags.newMount) == 0)
        let own = try #require(task.task.mountNamespace)
        #expect(own !== sentry.initTask.task.mountNamespace)
        #expect(own.topRoot == task.task.fs.root)
        #expect(task.task.fs.workingDirectory.mount.namespace === own)
        #expect(!task.task.isChrooted)
        // A sibling that shares nothing joins it and gets its root.
        let other = try sentry.spawn()
        #expect(other.call(.setns, try fd(own, in: other), CloneFlags.newMount) == 0)
        #expect(other.task.fs.root == task.task.fs.root)
    }

    @Test func setnsUser() throws {
        let owner = try sentry.spawn(uid: 1000)
        let child = try owner.fork(.newUser)
        try map(child)
        let user = child.task.userNamespace
        let stranger = try sentry.spawn(uid: 1001)
        #expect(stranger.call(.setns, try fd(user, in: stranger), 0) == Self.perm)
        #expect(sentry.lastRule == .setnsUserNeedsAdmin)
        // The owner joins without any capability, as a second command does.
        #expect(owner.call(.setns, try fd(user, in: owner), 0) == 0)
        #expect(owner.call(.getuid) == 0)
        #expect(owner.task.credentials.effective == .full)
        #expect(owner.task.image.dumpable == 1)
        #expect(owner.call(.setns, try fd(user, in: owner), 0) == Self.inval)
        #expect(sentry.lastRule == .setnsUserIsCurrent)
        #expect(owner.call(.setns, try fd(sentry.kernel.initialUserNamespace, in: owner), 0) == Self.perm)
        #expect(owner.call(.setresuid, 0, 0, 0) == 0)
        // Root joins too, but may be looked into no more.
        let root = try sentry.spawn()
        #expect(root.call(.setns, try fd(user, in: root), CloneFlags.newUser) == 0)
        #expect(root.task.image.dumpable == 0)
        #expect(root.call(.getuid) == 65534)
    }

    @Test func twoSided() throws {
        let owner = try sentry.spawn(uid: 1000)
        let child = try owner.fork([.newUser, .newUTS])
        let uts = try #require(child.task.namespaces?.uts)
        #expect(uts.owner === child.task.userNamespace)
        #expect(owner.call(.setns, try fd(uts, in: owner), 0) == Self.perm)
        #expect(sentry.lastRule == .setnsNeedsAdminHere)
        #expect(owner.call(.setns, try fd(child.task.userNamespace, in: owner), 0) == 0)
        #expect(owner.call(.setns, try fd(uts, in: owner), 0) == 0)
        #expect(owner.task.namespaces?.uts === uts)
    }

    @Test func setnsDescriptors() throws {
        let task = try sentry.spawn()
        let uts = try fd(sentry.kernel.initialNamespaces.uts, in: task)
        #expect(task.call(.setns, 99, 0) == -Int64(Errno.EBADF.rawValue))
        #expect(task.call(.setns, uts, CloneFlags.newNet) == Self.inval)
        #expect(sentry.lastRule == .setnsWrongKind)
        #expect(task.call(.setns, uts, CloneFlags.newUTS) == 0)
        for kind in NamespaceKind.allCases where kind != .user {
            let namespaces = try #require(task.task.namespaces)
            let own: any Namespace =
                switch kind {
                case .mount: namespaces.mount
                case .cgroup: namespaces.cgroup
                case .uts: namespaces.uts
                case .ipc: namespaces.ipc
                case .pid: namespaces.pidForChildren
                case .net: namespaces.net
                case .time, .user: namespaces.time
                }
            #expect(task.call(.setns, try fd(own, in: task), 0) == 0, "\(kind.name)")
        }
    }

    private func pidfd(of target: TestTask, in task: TestTask) throws -> Int64 {
        let file = try sentry.kernel.makeProcessFile(of: target.task, thread: false, for: task.task)
        return Int64(try task.task.install(file, closeOnExec: true))
    }

    @Test func setnsByProcess() throws {
        let owner = try sentry.spawn(uid: 1000)
        let child = try owner.fork([.newUser, .newUTS, .newNet, .newMount])
        let fd = try pidfd(of: child, in: owner)
        #expect(owner.call(.setns, fd, 0) == Self.inval)
        #expect(sentry.lastRule == .setnsPidfdFlags)
        #expect(owner.call(.setns, fd, 0x100) == Self.inval)
        // The last of them refuses, and nothing happens.
        let before = owner.task.namespaces
        #expect(owner.call(.setns, fd, CloneFlags([.newUser, .newUTS, .newCgroup])) == Self.perm)
        #expect(owner.task.namespaces?.uts === before?.uts)
        #expect(owner.call(.getuid) == 1000)
        #expect(owner.call(.setns, fd, CloneFlags([.newUser, .newUTS, .newNet, .newMount])) == 0)
        #expect(owner.task.userNamespace === child.task.userNamespace)
        #expect(owner.task.fs.root == child.task.fs.root)
        let stranger = try sentry.spawn(uid: 1001)
        #expect(stranger.call(.setns, try pidfd(of: child, in: stranger), CloneFlags.newUTS) == Self.perm)
        #expect(sentry.lastRule == .setnsNoAccessToTarget)
        let own = try pidfd(of: owner, in: owner)
        #expect(owner.call(.setns, own, CloneFlags([.newUTS, .newUser])) == Self.inval)
        let root = try sentry.spawn()
        let gone = try pidfd(of: child, in: root)
        child.exit()
        #expect(root.call(.setns, gone, CloneFlags.newUTS) == -Int64(Errno.ESRCH.rawValue))
    }

    @Test func fakeProfile() throws {
        let old = try TestSentry(profile: .gvisorPre13323)
        let owner = try old.spawn(uid: 1000)
        let child = try owner.fork(.newUser)
        let fd = try owner.task.open(child.task.userNamespace)
        #expect(owner.call(.setns, fd, 0) == Self.inval)
        #expect(old.lastRule == .setnsUserFake)
    }

    @Test func ioctls() throws {
        let root = try sentry.spawn()
        let child = try root.fork([.newUser, .newPID])
        func ioctl(_ namespace: any Namespace, _ request: UInt32, _ argument: UInt64 = 0, by task: TestTask) -> Int64 {
            do throws(Refusal) {
                let number = try task.task.open(namespace)
                guard
                    case .value(let value)? = try NamespaceIoctls.call(
                        task.task.files.file(number), request, argument, task.task)
                else { return -1000 }
                return value
            } catch {
                return -Int64(error.errno.rawValue)
            }
        }
        let user = child.task.userNamespace
        #expect(ioctl(user, 0xb703, by: root) == 0x1000_0000)
        let parent = ioctl(user, 0xb702, by: root)
        let file = try root.task.files.file(Int32(parent)) as? NsFile
        #expect(file?.namespace === sentry.kernel.initialUserNamespace)
        #expect(root.task.files.entry(Int32(parent))?.closeOnExec == true)
        #expect(ioctl(user, 0xb701, by: child) == Self.perm)
        #expect(ioctl(user, 0xb702, by: child) == Self.perm)
        #expect(ioctl(child.task.pidNamespace, 0xb702, by: child) == Self.perm)
        #expect(ioctl(child.task.pidNamespace, 0xb701, by: child) >= 0)
        #expect(ioctl(sentry.kernel.initialNamespaces.uts, 0xb702, by: root) == Self.inval)
        #expect(ioctl(user, 0xb7ff, by: root) == -Int64(Errno.ENOTTY.rawValue))
        let place = root.allocate(8)
        #expect(ioctl(user, 0xb704, place.rawValue, by: root) == 0)
        #expect(try root.load(place, as: UInt32.self) == 0)
        #expect(ioctl(user, 0xb704, by: root) == -Int64(Errno.EFAULT.rawValue))
        #expect(ioctl(child.task.pidNamespace, 0x8004_b706, 1, by: root) == child.pid)
        #expect(ioctl(child.task.pidNamespace, 0x8004_b708, UInt64(child.pid), by: root) == 1)
        #expect(ioctl(child.task.pidNamespace, 0x8004_b706, 77, by: root) == -Int64(Errno.ESRCH.rawValue))
        #expect(ioctl(user, 0x8004_b706, 1, by: root) == Self.inval)
    }

    @Test func limitsAreGivenBack() throws {
        let limits = { sentry.kernel.initialUserNamespace.limits }
        do {
            let task = try sentry.spawn(uid: 5)
            #expect(task.call(.unshare, CloneFlags.namespaces) == 0)
            #expect(limits().count(.user, KUID(5)) == 1)
            #expect(limits().count(.uts, KUID(5)) == 1)
            task.exit()
            // A zombie still has its user namespace.
            #expect(limits().count(.uts, KUID(5)) == 0)
            #expect(limits().count(.user, KUID(5)) == 1)
            #expect(sentry.initTask.call(.wait4, task.pid, 0, 0, 0) == task.pid)
        }
        #expect(limits().count(.user, KUID(5)) == 0)
    }

    @Test func capabilityCalls() throws {
        let task = try sentry.spawn(uid: 1000)
        let header = task.allocate(8), data = task.allocate(24)
        try task.task.memory.store(UInt64(0), at: header)
        #expect(task.call(.capget, header, 0) == 0)
        #expect(try task.load(header, as: UInt32.self) == 0x2008_0522)
        try task.task.memory.store(UInt32(0), at: header)
        #expect(task.call(.capget, header, data) == Self.inval)
        #expect(task.call(.capget, header, data) == 0)
        try task.task.memory.store(Int32(-1), at: header.advanced(by: 4))
        #expect(task.call(.capget, header, data) == Self.inval)
        try task.task.memory.store(Int32(31000), at: header.advanced(by: 4))
        #expect(task.call(.capget, header, data) == -Int64(Errno.ESRCH.rawValue))
        try task.task.memory.store(Int32(1), at: header.advanced(by: 4))
        #expect(task.call(.capget, header, data) == 0)
        #expect(try task.load(data, as: UInt32.self) == 0xffff_ffff)
        #expect(try task.load(data.advanced(by: 12), as: UInt32.self) == 0x1ff)
        #expect(task.call(.capset, header, data) == Self.perm)
        #expect(sentry.lastRule == .capsetOtherTask)
    }

    @Test func prctl() throws {
        let task = try sentry.spawn(uid: 1000)
        #expect(task.call(.prctl, 23, 41) == Self.inval)
        #expect(task.call(.prctl, 24, 41) == Self.perm)
        #expect(task.call(.prctl, 8, 2) == Self.inval)
        #expect(task.call(.prctl, 38, 2) == Self.inval)
        #expect(task.call(.prctl, 38, 1, 1) == Self.inval)
        #expect(task.call(.prctl, 38, 1) == 0)
        #expect(task.call(.prctl, 39) == 1)
        #expect(task.call(.prctl, 4, 2) == Self.inval)
        #expect(task.call(.prctl, 4, 0) == 0)
        #expect(task.call(.prctl, 3) == 0)
        #expect(task.call(.prctl, 1, 65) == Self.inval)
        #expect(task.call(.prctl, 1, 15) == 0)
        #expect(task.call(.prctl, 47, 2, 12) == Self.perm)
        #expect(task.call(.prctl, 47, 4, 1) == Self.inval)
        #expect(task.call(.prctl, 47, 9, 1) == Self.inval)
        #expect(task.call(.prctl, 999) == Self.inval)
        #expect(task.call(.prctl, 15, "a name that is far too long") == 0)
        #expect(task.task.comm == Array("a name that is ".utf8))
    }

    @Test func access() throws {
        let parent = try sentry.spawn(uid: 1000)
        let child = try parent.fork(.newUser)
        #expect(parent.task.mayAccess(child.task, .readByFSCredentials) == nil)
        #expect(child.task.mayAccess(parent.task, .readByFSCredentials)?.rule == .accessMoreCapabilities)
        let sibling = try parent.fork(.newUser)
        #expect(sibling.task.mayAccess(child.task, .readByRealCredentials)?.rule == .accessMoreCapabilities)
        let stranger = try sentry.spawn(uid: 1001)
        #expect(stranger.task.mayAccess(parent.task, .readByFSCredentials)?.rule == .accessOtherIDs)
        let peer = try sentry.spawn(uid: 1000)
        #expect(peer.task.mayAccess(parent.task, .attachByRealCredentials) == nil)
        parent.task.image.dumpable = 0
        #expect(peer.task.mayAccess(parent.task, .attachByRealCredentials)?.rule == .accessNotDumpable)
        #expect(try sentry.spawn().task.mayAccess(parent.task, .readByFSCredentials) == nil)
        #expect(peer.task.mayLimit(parent.task) == nil)
        #expect(stranger.task.mayLimit(parent.task)?.rule == .limitsOfOtherTask)
        #expect(stranger.task.mayRenice(parent.task, to: 1)?.rule == .priorityOfOtherTask)
        #expect(peer.task.mayRenice(parent.task, to: -1)?.rule == .priorityRaise)
    }
}
