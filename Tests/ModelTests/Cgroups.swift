import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Control groups by their file system: as seen on Linux 6.18.
@Suite struct CgroupTests {
    private let sentry: TestSentry
    private var root: TestTask { sentry.initTask }

    /// A sandbox with the tree at /mnt.
    init() throws {
        sentry = try TestSentry()
        let task = sentry.initTask.task
        let context = try task.kernel.fileSystemTypes.find("cgroup2").type.makeContext(.mount, for: task)
        let tree = try context.create(for: task)
        try sentry.world.mount(tree.fileSystem, root: tree.dentry, at: "/mnt", flags: [], source: "none")
    }

    private func mkdir(_ path: String, by task: TestTask) -> Errno? {
        errno { () throws(Refusal) in try task.task.makeDirectory(Array(path.utf8), permissions: 0o755) }
    }
    private func rmdir(_ path: String, by task: TestTask) -> Errno? {
        errno { () throws(Refusal) in try task.task.removeDirectory(Array(path.utf8)) }
    }

    @Test func groupsAreDirectories() throws {
        #expect(mkdir("/mnt/a", by: root) == nil)
        #expect(mkdir("/mnt/a", by: root) == .EEXIST)
        #expect(mkdir("/mnt/cgroup.procs", by: root) == .EEXIST)
        #expect(mkdir("/mnt/x\ny", by: root) == .EINVAL)
        #expect(try root.list("/mnt/a").contains("cgroup.type"))
        #expect(try !root.list("/mnt").contains("cgroup.type"))
        #expect(try root.attributes("/mnt/a").linkCount == 2)
        #expect(mkdir("/mnt/a/b", by: root) == nil)
        #expect(rmdir("/mnt/a", by: root) == .EBUSY)
        #expect(rmdir("/mnt/a/b", by: root) == nil)
        let type = try root.open("/mnt/a/cgroup.type")
        #expect(rmdir("/mnt/a", by: root) == nil)
        #expect(errno { () throws(Refusal) in try type.write([0x78], offset: 0, by: root.task) } == .ENODEV)
        #expect(rmdir("/mnt", by: root) == .EBUSY)
    }

    @Test func limitsOfTheTreeHold() throws {
        #expect(mkdir("/mnt/a", by: root) == nil)
        for (text, shown) in [("1", "1"), ("0x10", "16"), (" 7 \n", "7"), ("2147483647", "max"), ("max", "max")] {
            _ = try root.write("/mnt/a/cgroup.max.depth", text)
            #expect(try root.read("/mnt/a/cgroup.max.depth") == shown + "\n")
        }
        for (text, expected) in [("-1", Errno.ERANGE), ("2147483648", .ERANGE), ("x", .EINVAL), ("1 2", .EINVAL)] {
            #expect(errno { () throws(Refusal) in try root.write("/mnt/a/cgroup.max.depth", text) } == expected)
        }
        _ = try root.write("/mnt/a/cgroup.max.depth", "0")
        #expect(mkdir("/mnt/a/b", by: root) == .EAGAIN)
        _ = try root.write("/mnt/a/cgroup.max.depth", "1")
        #expect(mkdir("/mnt/a/b", by: root) == nil)
        #expect(mkdir("/mnt/a/b/c", by: root) == .EAGAIN)
        #expect(try root.read("/mnt/a/cgroup.stat") == "nr_descendants 1\nnr_dying_descendants 0\n")
    }

    @Test func tasksMoveAndAreBornInTheirParentsGroup() throws {
        for path in ["/mnt/a", "/mnt/a/b", "/mnt/s"] { #expect(mkdir(path, by: root) == nil) }
        let task = try root.fork()
        _ = try task.write("/mnt/a/cgroup.procs", "0")
        let child = try task.fork()
        #expect(try root.read("/proc/\(child.pid)/cgroup") == "0::/a\n")
        #expect(try root.read("/mnt/cgroup.procs").split(separator: "\n").contains("\(child.pid)") == false)
        #expect(try root.read("/mnt/a/cgroup.events") == "populated 1\nfrozen 0\n")
        #expect(rmdir("/mnt/a", by: root) == .EBUSY)
        #expect(child.call(.unshare, CloneFlags.newCgroup) == 0)
        #expect(try child.read("/proc/self/cgroup") == "0::/\n")
        _ = try root.write("/mnt/s/cgroup.procs", "\(child.pid)")
        #expect(try child.read("/proc/self/cgroup") == "0::/../s\n")
        #expect(try child.read("/proc/1/cgroup") == "0::/..\n")
        child.exit()
        task.exit()
        #expect(try root.read("/mnt/a/cgroup.events") == "populated 0\nfrozen 0\n")
        #expect(errno { () throws(Refusal) in try root.write("/mnt/a/cgroup.procs", "99999") } == .ESRCH)
        #expect(errno { () throws(Refusal) in try root.write("/mnt/a/cgroup.procs", "-1") } == .EINVAL)
    }

    @Test func movingAsksForTheCommonGroup() throws {
        let user = try sentry.spawn(uid: 1000)
        #expect(mkdir("/mnt/d", by: root) == nil)
        for file in ["", "/cgroup.procs"] {
            let path = try root.task.lookup(Array("/mnt/d\(file)".utf8))
            path.inode.uid = KUID(1000)
        }
        #expect(mkdir("/mnt/d/x", by: user) == nil)
        // From the root's own group into the delegated one.
        #expect(errno { () throws(Refusal) in try user.write("/mnt/d/x/cgroup.procs", "0") } == .EACCES)
        _ = try root.write("/mnt/d/cgroup.procs", "\(user.pid)")
        #expect(errno { () throws(Refusal) in try user.write("/mnt/d/x/cgroup.procs", "0") } == nil)
        #expect(errno { () throws(Refusal) in try user.write("/mnt/cgroup.procs", "0") } == .EACCES)
    }

    @Test func threadedGroupsBelongToADomain() throws {
        for path in ["/mnt/a", "/mnt/a/t", "/mnt/a/p"] { #expect(mkdir(path, by: root) == nil) }
        _ = try root.write("/mnt/a/t/cgroup.type", "threaded\n")
        #expect(try root.read("/mnt/a/cgroup.type") == "domain threaded\n")
        #expect(try root.read("/mnt/a/p/cgroup.type") == "domain invalid\n")
        #expect(errno { () throws(Refusal) in try root.write("/mnt/a/t/cgroup.type", "domain") } == .EINVAL)
        let task = try root.fork()
        #expect(errno { () throws(Refusal) in try task.write("/mnt/a/p/cgroup.procs", "0") } == .EOPNOTSUPP)
        #expect(errno { () throws(Refusal) in try task.write("/mnt/a/t/cgroup.threads", "0") } == .EOPNOTSUPP)
        _ = try task.write("/mnt/a/t/cgroup.procs", "0")
        #expect(try root.read("/mnt/a/cgroup.procs") == "\(task.pid)\n")
        _ = try task.write("/mnt/a/cgroup.threads", "0")
        task.exit()
        #expect(rmdir("/mnt/a/t", by: root) == nil)
        #expect(try root.read("/mnt/a/p/cgroup.type") == "domain\n")
    }
}
