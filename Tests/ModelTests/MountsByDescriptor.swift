import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls
import Testing

/// The calls that make, move and change mounts by descriptors, as a program makes them.
@Suite struct MountsByDescriptor {
    private let setString = 1, create = 6, reconfigure = 7
    private let clone = 1, recursive = 0x8000, emptyPath = 0x1000, fromEmpty = 4, toEmpty = 0x40
    private let here = -100

    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

    private func attributes(
        set: UInt64 = 0, clear: UInt64 = 0, propagation: UInt64 = 0, userns: Int64 = 0
    ) -> [UInt8] {
        LittleEndian.bytes([set, clear, propagation, UInt64(bitPattern: userns)])
    }

    /// A new tmpfs that is attached nowhere.
    private func tree(_ task: TestTask) -> Int64 {
        let context = task.call(.fsopen, "tmpfs", 0)
        #expect(task.call(.fsconfig, context, create, 0, 0, 0) == 0)
        let tree = task.call(.fsmount, context, 0, 0)
        #expect(task.call(.close, context) == 0)
        return tree
    }

    private func uniqueID(_ task: TestTask, _ path: String) throws -> UInt64 {
        let room = task.allocate(256)
        #expect(task.call(.statx, here, path, 0, 0x4000, room) == 0)
        #expect(try task.load(room, as: UInt32.self) & 0x5000 == 0x4000)
        return try task.load(room.advanced(by: 144))
    }

    @Test func contextsGoFromPhaseToPhase() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let context = task.call(.fsopen, "tmpfs", 0)
        #expect(task.call(.fsmount, context, 0, 0) == failed(.EINVAL))
        #expect(sentry.lastRule == .mountSetupNotCreated)
        #expect(task.call(.fsconfig, context, setString, "size", "64k", 0) == 0)
        #expect(task.call(.fsconfig, context, setString, "size", "64k", 1) == failed(.EINVAL))
        #expect(sentry.lastRule == .mountSetupArguments)
        #expect(task.call(.fsconfig, context, 99, 0, 0, 0) == failed(.EOPNOTSUPP))
        #expect(task.call(.fsconfig, context, create, 0, 0, 0) == 0)
        #expect(task.call(.fsconfig, context, setString, "size", "64k", 0) == failed(.EBUSY))
        #expect(sentry.lastRule == .mountSetupPhase)
        let tree = task.call(.fsmount, context, 0, 0x2)
        #expect(tree >= 0)
        #expect(task.call(.fsmount, context, 0, 0) == failed(.EBUSY))
        #expect(task.call(.fsconfig, context, setString, "size", "32k", 0) == 0)
        #expect(task.call(.fsconfig, context, reconfigure, 0, 0, 0) == 0)
        #expect(task.call(.mkdir, "/tmp/d", 0o755) == 0)
        #expect(task.call(.move_mount, tree, "", here, "/tmp/d", fromEmpty) == 0)
        #expect(task.call(.open, "/tmp/d/f", OpenFlags([.create, .writeOnly]).rawValue, 0o600) >= 0)
        #expect(task.call(.fsmount, tree, 0, 0) == failed(.EBADF))
        #expect(task.call(.fsmount, task.call(.open, "/tmp", 0), 0, 0) == failed(.EINVAL))
        #expect(sentry.lastRule == .mountNotContext)
    }

    @Test func aContextTellsEachMessageOnce() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let context = task.call(.fsopen, "tmpfs", 0)
        let file = try #require(task.task.files[Int32(context)] as? FSContextFile)
        #expect(task.task.files.needsFollowing)
        let room = task.allocate(100)
        func read(_ count: UInt64) -> Int64? {
            let number = UInt32(SyscallNumber.read.rawValue)
            let call = SystemCall(number, Arguments(UInt64(context), room.rawValue, count))
            return FileSystemSetupReads.answer(call, file, task.task)
        }
        #expect(read(100) == failed(.ENODATA))
        #expect(task.call(.fsconfig, context, setString, "nonesuch", "1", 0) == failed(.EINVAL))
        #expect(read(5) == failed(.EMSGSIZE))
        let message = "e tmpfs: Unknown parameter 'nonesuch'\n"
        #expect(read(100) == Int64(message.utf8.count))
        #expect(try task.task.memory.string(room) == Array(message.utf8))
        for _ in 0..<20 { task.call(.fsconfig, context, setString, "nonesuch", "1", 0) }
        for _ in 0..<8 { #expect(read(100) == Int64(message.utf8.count)) }
        #expect(read(100) == failed(.ENODATA))
        #expect(task.call(.close, context) == 0)
        #expect(!task.task.files.needsFollowing)
    }

    @Test func onlyWhoMayMakesTheFileSystem() throws {
        let sentry = try TestSentry()
        let root = sentry.initTask
        let context = root.call(.fsopen, "tmpfs", 0)
        let user = try root.fork()
        user.task.setCredentials(
            .plain(uid: 1000, gid: 1000, groups: [], capabilities: nil, sentry.kernel.initialUserNamespace))
        #expect(user.call(.fsopen, "tmpfs", 0) == failed(.EPERM))
        #expect(user.call(.fsconfig, context, setString, "size", "64k", 0) == 0)
        #expect(user.call(.fsconfig, context, create, 0, 0, 0) == failed(.EPERM))
        #expect(sentry.lastRule == .mountTypeNotPermitted)
        #expect(root.call(.fsconfig, context, create, 0, 0, 0) == 0)
    }

    @Test func aTreeEndsWithItsFileUnlessAttached() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let outer = tree(task), inner = tree(task)
        #expect(task.call(.mkdirat, outer, "at", 0o755) == 0)
        #expect(task.call(.move_mount, inner, "", outer, "at", fromEmpty) == 0)
        #expect(task.call(.move_mount, inner, "", here, "/tmp", fromEmpty) == failed(.EINVAL))
        let held = task.call(.openat, outer, "at", OpenFlags.path.rawValue)
        #expect(task.call(.dup2, outer, 50) == 50)
        #expect(task.call(.close, outer) == 0)
        #expect(task.call(.faccessat, 50, "at", 0) == 0)
        #expect(task.call(.close, 50) == 0)
        #expect(task.call(.open_tree, held, "", emptyPath | clone) == failed(.EINVAL))
        #expect(sentry.lastRule == .mountSourceNotMounted)
        // One that was attached stays.
        let kept = tree(task)
        #expect(task.call(.mkdir, "/tmp/kept", 0o755) == 0)
        #expect(task.call(.move_mount, kept, "", here, "/tmp/kept", fromEmpty) == 0)
        let id = try uniqueID(task, "/tmp/kept")
        #expect(task.call(.close, kept) == 0)
        #expect(try uniqueID(task, "/tmp/kept") == id)
    }

    /// No release is inside another one, however deep a guest stacks mounts.
    @Test func aDeepTreeComesApart() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        #expect(task.call(.mkdir, "/tmp/d", 0o755) == 0)
        for _ in 0..<1500 { #expect(task.call(.mount, "/tmp/d", "/tmp/d", 0, 0x1000, 0) == 0) }
        let copy = task.call(.open_tree, here, "/tmp", clone | recursive)
        #expect(copy >= 0)
        #expect(task.call(.close, copy) == 0)
        #expect(task.call(.mount, 0, "/tmp/d", 0, 0x44000, 0) == 0)
    }

    @Test func aLimitHoldsForWhatIsAttached() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        sentry.kernel.mountLimit.value = sentry.world.mounts.mounts.count
        let tree = tree(task)
        #expect(task.call(.move_mount, tree, "", here, "/tmp", fromEmpty) == failed(.ENOSPC))
        #expect(sentry.lastRule == .mountTooMany)
        #expect(task.call(.open_tree, here, "/tmp", clone) >= 0)
        sentry.kernel.mountLimit.value += 1
        #expect(task.call(.move_mount, tree, "", here, "/tmp", fromEmpty) == 0)
    }

    @Test func attributesAreSetEverywhereOrNowhere() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let outer = tree(task), inner = tree(task)
        #expect(task.call(.mkdirat, outer, "at", 0o755) == 0)
        #expect(task.call(.move_mount, inner, "", outer, "at", fromEmpty) == 0)
        let writer = task.call(.openat, outer, "at/f", OpenFlags([.create, .writeOnly]).rawValue, 0o600)
        let flags = emptyPath | recursive
        #expect(task.call(.mount_setattr, outer, "", flags, attributes(set: 1), 32) == failed(.EBUSY))
        let mount = try #require(task.task.files[Int32(outer)]?.path.mount)
        #expect(mount.tree.allSatisfy { !$0.flags.contains(.readOnly) })
        #expect(task.call(.close, writer) == 0)
        #expect(task.call(.mount_setattr, outer, "", flags, attributes(set: 1, propagation: 1 << 20), 32) == 0)
        #expect(mount.tree.allSatisfy { $0.flags.contains(.readOnly) && $0.isShared })
        #expect(task.call(.mount_setattr, outer, "", flags, attributes(set: 0x10), 32) == failed(.EINVAL))
        #expect(sentry.lastRule == .mountAttributeAtime)
        #expect(task.call(.mount_setattr, outer, "", flags, attributes(set: 0x10, clear: 0x70), 32) == 0)
        #expect(mount.tree.allSatisfy { $0.flags.contains(.noAtime) && !$0.flags.contains(.relatime) })
        // Nothing to do is done anywhere.
        #expect(task.call(.mount_setattr, 99, 0, 0, attributes(), 32) == 0)
    }

    @Test func mapsAreForMountsThatNobodyHasSeen() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let child = try task.fork(.newUser)
        #expect(task.call(.mkdir, "/tmp/d", 0o755) == 0)
        let namespace = task.call(.open, "/proc/\(child.pid)/ns/user", 0)
        let map = attributes(set: 0x10_0000, userns: namespace)
        let first = tree(task)
        #expect(task.call(.mount_setattr, first, "", emptyPath, map, 32) == failed(.EINVAL))
        #expect(sentry.lastRule == .idMapIncomplete)
        for file in ["uid_map", "gid_map"] {
            let fd = task.call(.open, "/proc/\(child.pid)/\(file)", OpenFlags.writeOnly.rawValue)
            #expect(task.call(.write, fd, "0 1000 5", 8) == 8)
        }
        #expect(task.call(.mount_setattr, first, "", emptyPath, map, 32) == 0)
        #expect(task.call(.mount_setattr, first, "", emptyPath, map, 32) == failed(.EPERM))
        #expect(sentry.lastRule == .idMapAlready)
        #expect(task.call(.move_mount, first, "", here, "/tmp/d", fromEmpty) == 0)
        #expect(task.call(.open_tree_attr, here, "/tmp/d", 0, map, 32) == failed(.EPERM))
        #expect(task.call(.open_tree_attr, here, "/tmp/d", clone, map, 32) >= 0)
        let second = tree(task)
        #expect(task.call(.move_mount, second, "", here, "/tmp", fromEmpty) == 0)
        #expect(task.call(.mount_setattr, second, "", emptyPath, map, 32) == failed(.EINVAL))
        #expect(sentry.lastRule == .idMapAttached)
    }

    @Test func mountsAreToldAndListed() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        #expect(task.call(.mkdir, "/tmp/d", 0o755) == 0)
        #expect(task.call(.mount, "a source", "/tmp/d", "tmpfs", 0, "size=64k") == 0)
        let above = try uniqueID(task, "/tmp"), id = try uniqueID(task, "/tmp/d")
        let ids = task.allocate(80)
        let list = LittleEndian.bytes([24, above, 0])
        #expect(task.call(.listmount, list, ids, 10, 0) == 1)
        #expect(try task.load(ids, as: UInt64.self) == id)
        let room = task.allocate(4096)
        // Root, place, type, options and source.
        let ask = LittleEndian.bytes([24, id, 0x2b8])
        #expect(task.call(.statmount, ask, room, 512, 0) == failed(.EOVERFLOW))
        #expect(task.call(.statmount, ask, room, 4096, 0) == 0)
        #expect(try task.load(room.advanced(by: 8), as: UInt64.self) == 0x2b8)
        func text(_ field: Int) throws -> [UInt8] {
            let offset: UInt32 = try task.load(room.advanced(by: field))
            return try task.task.memory.string(room.advanced(by: 512 + Int(offset)))
        }
        #expect(try text(104) == Array("/".utf8))
        #expect(try text(108) == Array("/tmp/d".utf8))
        #expect(try text(36) == Array("tmpfs".utf8))
        #expect(try text(4) == Array("size=64k".utf8))
        #expect(try text(124) == Array("a source".utf8))
        #expect(task.call(.statmount, LittleEndian.bytes([24, 5, 0] as [UInt64]), room, 4096, 0) == failed(.EINVAL))
    }
}
