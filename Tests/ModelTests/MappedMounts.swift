import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Files through an idmapped mount. What is expected was seen on Linux 6.18: a tmpfs at /src is seen at /map through the map
/// 0…999 → 10000…10999.
@Suite struct MappedMounts {
    private let sentry: TestSentry
    private let root: TestTask
    private let create = OpenFlags([.create, .writeOnly]).rawValue
    private let unnamed = OpenFlags([.tmpfileBit, .directory, .writeOnly]).rawValue

    init() throws {
        sentry = try TestSentry()
        root = sentry.initTask
        root.call(.umask, 0)
        let user = sentry.kernel.initialUserNamespace
        let map = UserNamespace(
            inode: 1, parent: user, ownerUID: .root, ownerGID: .root, parentCouldSetFileCapabilities: true)
        let credentials = root.task.credentials
        for kind in [IDMapKind.user, .group] {
            try map.writeMap(
                kind, Array("0 10000 1000".utf8), offset: 0, opener: credentials, writer: credentials)
        }
        let tree = TmpFS(
            storage: sentry.storage, device: DeviceNumber(major: 0, minor: 99), userNamespace: user)
        let top = try tree.root(permissions: 0o777)
        try sentry.world.mount(tree, root: top, at: "/src", flags: .relatime, source: "src")
        try sentry.world.mount(tree, root: top, at: "/map", flags: .relatime, source: "src")
        try root.task.lookup(Array("/map".utf8)).mount.setIDMap(of: map)
    }

    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

    @discardableResult
    private func make(_ name: String, _ uid: UInt32, _ gid: UInt32, _ mode: UInt32) -> String {
        root.call(.close, root.call(.open, "/src/" + name, create, 0o600))
        root.call(.chown, "/src/" + name, uid, gid)
        root.call(.chmod, "/src/" + name, mode)
        return "/map/" + name
    }

    private func owners(_ path: String) throws -> [UInt32] {
        let record = root.allocate(144)
        #expect(root.call(.lstat, path, record.rawValue) == 0)
        let status: StatRecord = try root.load(record)
        return [status.uid, status.gid, status.mode & 0o7777]
    }

    private func user(_ uid: UInt32, _ gid: UInt32? = nil) throws -> TestTask { try sentry.spawn(uid: uid, gid: gid) }

    private func value(_ path: String, _ name: String, _ count: Int = 64) throws -> [UInt8] {
        let buffer = root.allocate(count)
        let length = root.call(.getxattr, path, name, buffer.rawValue, count)
        guard length > 0 else { return [] }
        return try root.task.memory.bytes(buffer, count: Int(length))
    }

    private func set(_ task: TestTask, _ path: String, _ name: String, _ value: [UInt8]) -> Int64 {
        task.call(.setxattr, path, name, value, value.count, 0)
    }

    @Test func ownersShowThroughTheMap() throws {
        #expect(try owners(make("a", 5, 6, 0o600)) == [10005, 10006, 0o600])
        #expect(try owners(make("b", 2000, 5, 0o600)) == [65534, 10005, 0o600])
        let record = root.allocate(256)
        #expect(root.call(.statx, workingDirectory, "/map/a", 0, 0x7ff, record.rawValue) == 0)
        #expect(try root.load(record, as: StatxRecord.self).uid == 10005)
        #expect(try user(10005).call(.open, "/map/a", 2) >= 0)
        #expect(try user(5, 6).call(.open, "/map/a", 2) == failed(.EACCES))
        #expect(try user(5, 6).call(.open, "/src/a", 2) >= 0)
    }

    private var workingDirectory: UInt64 { UInt64(bitPattern: -100) }

    /// What root, and the call that tells most, may do with files of which one ID, or none, is in the map.
    @Test func unmappedOwnersCannotBeWritten() throws {
        for (uid, gid) in [(UInt32(2000), UInt32(5)), (5, 2000)] {
            let path = make("u\(uid)", uid, gid, 0o666)
            #expect(root.call(.open, path, 0) >= 0)
            #expect(root.call(.open, path, 1) == failed(.EACCES))
            #expect(root.call(.access, path, 2) == failed(.EACCES))
            #expect(root.call(.truncate, path, 0) == failed(.EACCES))
            #expect(root.call(.chmod, path, 0o666) == failed(.EOVERFLOW))
            // CAP_FOWNER takes the user's number only, so that the write permission is not asked for.
            let now = uid == 5 ? failed(.EOVERFLOW) : failed(.EACCES)
            #expect(root.call(.utimensat, workingDirectory, path, 0, 0) == now)
            for name in ["user.x", "trusted.x", "security.x"] { #expect(set(root, path, name, [1]) == failed(.EPERM)) }
            #expect(root.call(.link, path, "/map/l") == failed(.EOVERFLOW))
            #expect(root.call(.rename, path, "/map/r") == failed(.EOVERFLOW))
            #expect(root.call(.unlink, path) == failed(.EOVERFLOW))
            #expect(root.call(.chown, path, 10001, -1) == (uid == 5 ? failed(.EOVERFLOW) : 0))
            #expect(root.call(.chown, path, -1, 10001) == 0)
            #expect(root.call(.chown, path, 10001, 10001) == 0)
            #expect(try owners("/src/u\(uid)") == [1, 1, 0o666])
        }
        let path = make("both", 2000, 2000, 0o666)
        let task = try user(10005)
        #expect(root.call(.chown, path, -1, -1) == failed(.EOVERFLOW))
        #expect(task.call(.utimensat, workingDirectory, path, 0, 0) == failed(.EACCES))
        #expect(task.call(.chmod, path, 0o600) == failed(.EOVERFLOW))
        #expect(task.call(.chown, path, 10005, 10005) == failed(.EPERM))
        #expect(task.call(.unlink, path) == failed(.EOVERFLOW))
    }

    @Test func chownStaysWithinTheMap() throws {
        let path = make("f", 5, 5, 0o600)
        #expect(root.call(.chown, path, 5, -1) == failed(.EOVERFLOW))
        #expect(sentry.lastRule == .chownOutsideMountMap)
        #expect(root.call(.chown, path, -1, 5) == failed(.EOVERFLOW))
        let owner = try user(10005)
        #expect(owner.call(.chown, path, 5, -1) == failed(.EOVERFLOW))
        #expect(owner.call(.chown, path, 10006, -1) == failed(.EPERM))
        #expect(owner.call(.chown, path, -1, 10005) == 0)
    }

    private func creations(_ task: TestTask, _ place: String) -> [Int64] {
        let device = UInt64(1) << 8 | 3
        return [
            task.call(.open, place + "/new", create, 0o644), task.call(.mkdir, place + "/d", 0o755),
            task.call(.symlink, "x", place + "/s"), task.call(.mknod, place + "/p", 0o010644, 0),
            task.call(.mknod, place + "/c", 0o020644, device), task.call(.open, place, unnamed, 0o600),
            task.call(.mkdir, place + "/f", 0o755),
        ].map { min($0, 0) }
    }

    @Test func creatorsNeedTheirIDsInTheMap() throws {
        make("f", 5, 5, 0o600)
        root.call(.mkdir, "/src/closed", 0o755)
        let overflow = failed(.EOVERFLOW)
        for task in [root, try user(5), try user(10005, 5), try user(5, 10005)] {
            #expect(creations(task, "/map") == Array(repeating: overflow, count: 6) + [failed(.EEXIST)])
            #expect(creations(task, "/map/closed") == Array(repeating: overflow, count: 7))
        }
        let mapped = try user(10005)
        #expect(creations(mapped, "/map/closed") == Array(repeating: failed(.EACCES), count: 7))
        #expect(creations(mapped, "/map") == [0, 0, 0, 0, failed(.EPERM), 0, failed(.EEXIST)])
        for name in ["new", "d", "s", "p"] { #expect(try owners("/src/" + name).prefix(2) == [5, 5]) }
        // A directory whose group is not in the map is not written at all.
        root.call(.mkdir, "/src/group", 0o777)
        root.call(.chown, "/src/group", 0, 2000)
        #expect(mapped.call(.open, "/map/group/x", create, 0o644) == failed(.EACCES))
    }

    @Test func capabilitiesCountFromTheMountsRoot() throws {
        let path = make("f", 5, 5, 0o755)
        let name = "security.capability"
        let v2 = LittleEndian.bytes([0x0200_0001, 0x400, 0, 0, 0] as [UInt32])
        func v3(_ root: UInt32) -> [UInt8] { LittleEndian.bytes([0x0300_0001, 0x400, 0, 0, 0, root] as [UInt32]) }
        #expect(set(root, path, name, v2) == failed(.EINVAL))
        #expect(set(root, path, name, v3(5)) == failed(.EINVAL))
        #expect(set(root, path, name, v3(10007)) == 0)
        #expect(try value("/map/f", name) == v3(10007))
        #expect(try value("/src/f", name) == v3(7))
        #expect(set(root, "/src/f", name, v3(2000)) == 0)
        #expect(root.call(.getxattr, path, name, 0, 0) == failed(.EOVERFLOW))
        #expect(set(root, "/src/f", name, v2) == 0)
        #expect(try value("/map/f", name) == v3(10000))
        #expect(try value("/src/f", name) == v2)
    }

    @Test func accessListsAreTranslated() throws {
        let path = make("f", 5, 5, 0o600)
        let name = "system.posix_acl_access"
        func list(_ user: UInt32) -> [UInt8] {
            var value = LittleEndian.bytes([2] as [UInt32])
            for (tag, permissions, id) in [
                (1, 6, .max), (2, 4, user), (4, 0, .max), (0x10, 6, .max), (0x20, 0, .max),
            ] as [(UInt32, UInt32, UInt32)] {
                value += LittleEndian.bytes([tag | permissions << 16, id])
            }
            return value
        }
        #expect(set(root, path, name, list(10007)) == 0)
        #expect(try value("/map/f", name) == list(10007))
        #expect(try value("/src/f", name) == list(7))
        #expect(try user(10007).call(.open, path, 0) >= 0)
        #expect(try user(7).call(.open, path, 0) == failed(.EACCES))
        #expect(set(root, path, name, list(7)) == failed(.EINVAL))
        #expect(set(root, "/src/f", name, list(2000)) == 0)
        #expect(try value("/map/f", name) == list(.max))
    }

    @Test func stickyDirectoriesKnowMappedOwners() throws {
        root.call(.mkdir, "/src/sticky", 0o777)
        root.call(.chmod, "/src/sticky", 0o1777)
        root.call(.chown, "/src/sticky", 7, 7)
        make("sticky/a", 5, 5, 0o600)
        make("sticky/b", 2000, 2000, 0o600)
        #expect(try user(10006).call(.unlink, "/map/sticky/a") == failed(.EPERM))
        #expect(try user(10007).call(.unlink, "/map/sticky/b") == failed(.EOVERFLOW))
        #expect(try user(10005).call(.unlink, "/map/sticky/a") == 0)
    }

    @Test func programsLendMappedIDs() throws {
        for (uid, gid, expected) in [(8, 9, [10008, 10009]), (8, 2000, [20000, 20000]), (2000, 8, [20000, 20000])]
            as [(UInt32, UInt32, [UInt32])]
        {
            let task = try user(20000)
            let owner = MountIDMap(try map(), fileSystem: sentry.kernel.initialUserNamespace)
            let transition = try ExecTransition(
                from: task.task.credentials,
                to: ExecTransition.Program(
                    owner: owner.vfsuid(of: KUID(uid)), group: owner.vfsgid(of: KGID(gid)),
                    mode: FileMode(.regular, 0o6755), capabilities: nil, isOnNoSetuidMount: false, idMap: owner,
                    fileSystem: sentry.kernel.initialUserNamespace, isReadable: true),
                ExecTransition.Circumstances())
            #expect(
                [transition.credentials.euid.rawValue, transition.credentials.egid.rawValue] == expected)
        }
    }

    private func map() throws -> UserNamespace {
        try #require(root.task.lookup(Array("/map".utf8)).mount.idMap).userNamespace
    }
}
