import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// What the kernel keeps for a guest is charged, refused at the limit with the errno that Linux documents, and given back
/// to the last byte.
@Suite struct Budgets {
    private static let create = OpenFlags([.create, .readWrite]).rawValue

    private struct Case: CustomTestStringConvertible {
        let name: String
        let errno: Errno
        /// Makes one more each time: a result, or a negative errno.
        let make: @Sendable (TestTask, Int) throws -> Int64
        var testDescription: String { name }
    }

    private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        LittleEndian.bytes(value)
    }

    private static func file(_ task: TestTask, _ path: String) -> Int64 { task.call(.open, path, create, 0o600) }

    private static let cases: [Case] = [
        Case(name: "files", errno: .ENOSPC) { task, i in task.call(.mknod, "/tmp/f\(i)", 0o100600, 0) },
        Case(name: "directories", errno: .ENOSPC) { task, i in task.call(.mkdir, "/tmp/d\(i)", 0o700) },
        Case(name: "links", errno: .ENOSPC) { task, i in
            task.call(.symlink, String(repeating: "x", count: 4000), "/tmp/s\(i)")
        },
        Case(name: "names", errno: .ENOSPC) { task, i in
            if i == 0 { _ = file(task, "/tmp/first") }
            return task.call(.link, "/tmp/first", "/tmp/l\(i)")
        },
        Case(name: "attributes", errno: .ENOSPC) { task, i in
            if i == 0 { _ = file(task, "/tmp/x") }
            return task.call(.setxattr, "/tmp/x", "user.\(i)", [UInt8](repeating: 1, count: 60000), 60000, 0)
        },
        Case(name: "semaphores", errno: .ENOMEM) { task, _ in task.call(.semget, 0, 32000, 0o600) },
        Case(name: "undo", errno: .ENOMEM) { task, i in
            if i == 0 { _ = task.call(.semget, 1, 32000, 0o1600) }
            let set = task.call(.semget, 1, 0, 0)
            let up: [UInt8] = [0, 0, 1, 0, 0, 0x10]
            return try task.fork().call(.semop, set, up, 1)
        },
        Case(name: "messages", errno: .ENOMEM) { task, i in
            let queue = task.call(.msgget, i / 2 + 1, 0o1600)
            if queue < 0 { return queue }
            return task.call(
                .msgsnd, queue, [1, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 8192), 8192, 0o4000)
        },
        Case(name: "segments", errno: .ENOMEM) { task, i in task.call(.shmget, 0, 4096, 0o600) },
        Case(name: "keys", errno: .EDQUOT) { task, i in
            task.call(.add_key, "user", "k\(i)", [UInt8](repeating: 1, count: 8000), 8000, -3)
        },
        Case(name: "namespaces", errno: .ENOMEM) { task, _ in
            let child = try task.fork()
            return child.call(.unshare, CloneFlags([.newUser, .newMount, .newIPC, .newUTS, .newNet]))
        },
        Case(name: "sockets", errno: .ENOMEM) { task, i in task.call(.socket, 1, 2, 0) },
        Case(name: "open files", errno: .ENOMEM) { task, i in task.call(.open, "/proc/self/status", 0, 0) },
        Case(name: "high descriptors", errno: .ENOMEM) { task, i in
            if i == 0 { _ = file(task, "/tmp/high") }
            let child = try task.fork()
            return child.call(.dup2, 0, 1_000_000)
        },
        Case(name: "listings", errno: .ENOMEM) { task, i in
            if i == 0 { for n in 0..<200 { _ = task.call(.mknod, "/tmp/n\(n)", 0o100600, 0) } }
            let fd = task.call(.open, "/tmp", 0, 0)
            return fd < 0 ? fd : task.call(.getdents64, fd, task.allocate(4096), 4096)
        },
        Case(name: "groups", errno: .ENOMEM) { task, i in
            let groups = (0..<60000 as Range<UInt32>).flatMap { Self.bytes($0) }
            return try task.fork().call(.setgroups, 60000, groups)
        },
        Case(name: "locks", errno: .ENOLCK) { task, i in
            if i == 0 { _ = file(task, "/tmp/locked") }
            // struct flock: F_WRLCK, SEEK_SET, the start, one byte.
            let lock =
                [1, 0, 0, 0, 0, 0, 0, 0] + Self.bytes(Int64(i * 2)) + Self.bytes(Int64(1))
                + [UInt8](repeating: 0, count: 8)
            return task.call(.fcntl, 0, 6, lock)
        },
    ]

    /// A sentry with 2 MiB and a process that may have any number of files.
    private func sentry() throws -> (TestSentry, TestTask) {
        let sentry = try TestSentry()
        sentry.kernel.budget.limit = 2 << 20
        let task = try sentry.spawn()
        task.task.group.limits[ResourceLimit.openFiles] = ResourceLimit(soft: 1 << 20, hard: 1 << 20)
        return (sentry, task)
    }

    @Test(arguments: cases) private func isRefusedAtTheLimit(_ kind: Case) throws {
        let (sentry, task) = try sentry()
        var result: Int64 = 0
        var told: [BudgetKind] = []
        sentry.kernel.budget.onExhausted = { kind, _ in told.append(kind) }
        for index in 0..<20_000 {
            do throws {
                result = try kind.make(task, index)
            } catch let refusal as Refusal {
                result = -Int64(refusal.errno.rawValue)
            }
            if result < 0 { break }
        }
        #expect(result == -Int64(kind.errno.rawValue))
        #expect(told.count == 1)
        #expect(sentry.kernel.budget.used <= 2 << 20)
    }

    /// One of everything, made and let go as processes do it.
    private func makeOneOfEach(_ task: TestTask) throws {
        for kind in Self.cases {
            _ = try kind.make(task, 0)
            #expect(try kind.make(task, 1) >= 0, "\(kind.name)")
        }
        let queue = task.call(.mq_open, "queue", Self.create, 0o600, 0)
        #expect(queue >= 0)
        #expect(task.call(.mq_timedsend, queue, "text", 4, 0, 0) == 0)
        // As timer_create(2) does; the platform's record of calls would keep the task.
        task.task.group.timers.append(try task.task.kernel.takeTimer(for: task.task))
        let acl: [UInt8] =
            [2, 0, 0, 0] + [1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 6, 0, 5, 0, 0, 0]
            + [4, 0, 4, 0, 255, 255, 255, 255, 16, 0, 6, 0, 255, 255, 255, 255, 32, 0, 4, 0, 255, 255, 255, 255]
        #expect(task.call(.setxattr, "/tmp/x", "system.posix_acl_access", acl, acl.count, 0) == 0)
        #expect(task.call(.rename, "/tmp/d0", "/tmp/a-much-longer-name-than-it-had-before-in-its-directory") == 0)
    }

    @Test func everythingIsGivenBack() throws {
        let sentry = try TestSentry()
        let budget = sentry.kernel.budget
        // What is made once and stays: /proc's tables, keyrings' registers, root's user keyrings.
        func round() throws {
            let task = try sentry.spawn()
            task.task.group.limits[ResourceLimit.openFiles] = ResourceLimit(soft: 1 << 20, hard: 1 << 20)
            let namespaces = try task.fork([.newIPC])
            try makeOneOfEach(namespaces)
            for child in Array(task.task.group.children) + Array(namespaces.task.group.children) {
                sentry.platform.end(child, status: 0, sentry.kernel)
            }
            for child in Array(namespaces.task.group.children) { sentry.kernel.reap(child) }
            namespaces.exit()
            task.exit()
            for child in Array(sentry.initTask.task.group.children) {
                if !child.isZombie { sentry.platform.end(child, status: 0, sentry.kernel) }
                sentry.kernel.reap(child)
            }
            let init0 = sentry.initTask
            for name in try directory(init0) {
                if init0.call(.unlink, "/tmp/\(name)") != 0 { #expect(init0.call(.rmdir, "/tmp/\(name)") == 0) }
            }
            for fd in init0.task.files.open.map({ $0.fd }) { _ = init0.call(.close, fd) }
        }
        try round()
        let before = budget.used
        try round()
        #expect(budget.used == before)
    }

    private func directory(_ task: TestTask) throws -> [String] {
        let place = try task.task.lookup(Array("/tmp".utf8))
        return try place.inode.entries(for: task.task).map { $0.name.description }
    }

    // MARK: Names of granted trees

    private static let tree = HostTree(index: 1, isWritable: false)

    private func grantedSentry() throws -> TestSentry {
        try TestSentry(world: { storage in
            storage.grant(Self.tree, "", .directory)
            for folder in 0..<40 {
                storage.grant(Self.tree, "d\(folder)", .directory)
                for file in 0..<100 { storage.grant(Self.tree, "d\(folder)/f\(file)", .regular, permissions: 0o644) }
            }
            var world = MountPlan()
            world.binds = [MountPlan.Bind(tree: Self.tree, target: Array("/host".utf8), isReadOnly: false)]
            return world
        })
    }

    @Test func namesNobodyUsesAreLetGo() throws {
        let sentry = try grantedSentry()
        let budget = sentry.kernel.budget, task = sentry.initTask
        // An eighth of it is for names: a thousand of them.
        budget.limit = 8 << 20
        #expect(task.call(.chmod, "/host/d0/f0", 0o600) == 0)
        #expect(task.call(.setxattr, "/host/d0/f1", "user.mine", "v", 1, 0) == 0)
        #expect(task.call(.unlink, "/host/d0/f2") == 0)
        #expect(task.call(.rename, "/host/d0/f3", "/host/d1/moved") == 0)
        #expect(task.call(.chdir, "/host/d2") == 0)
        let held = task.call(.open, "/host/d3/f0", OpenFlags.path.rawValue, 0)
        #expect(held >= 0)
        let before = budget.used
        for _ in 0..<3 {
            for folder in 0..<40 {
                for file in 4..<100 { #expect(task.call(.access, "/host/d\(folder)/f\(file)", 0) == 0) }
            }
        }
        #expect(budget.cached <= 1 << 20)
        #expect(budget.used < before + 64 << 10)
        // What was changed, or is in use, is as it was.
        #expect(try task.task.lookup(Array("/host/d0/f0".utf8)).inode.mode.permissions == 0o600)
        #expect(try task.task.lookup(Array("/host/d0/f1".utf8)).inode.attribute("user.mine") != nil)
        #expect(task.call(.access, "/host/d0/f2", 0) == -2)
        #expect(task.call(.access, "/host/d0/f3", 0) == -2)
        #expect(task.call(.access, "/host/d1/moved", 0) == 0)
        #expect(task.call(.access, "f5", 0) == 0)
        let file = try task.task.files.file(Int32(held))
        #expect(try task.task.lookup(Array("/host/d3/f0".utf8)) == file.path)
        #expect(file.path.text(from: task.task.fs.root).withDeletedMark == Array("/host/d3/f0".utf8))
    }

    @Test func aNameMadeAndRemovedLeavesNothing() throws {
        let sentry = try grantedSentry()
        let task = sentry.initTask
        #expect(task.call(.mknod, "/host/new", 0o100600, 0) == 0)
        #expect(task.call(.unlink, "/host/new") == 0)
        let before = sentry.kernel.budget.used
        for index in 0..<1000 {
            #expect(task.call(.mknod, "/host/new\(index)", 0o100600, 0) == 0)
            #expect(task.call(.unlink, "/host/new\(index)") == 0)
        }
        #expect(sentry.kernel.budget.used == before)
    }
}
