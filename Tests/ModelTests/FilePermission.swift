import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Permission beyond mode bits: fs/protected_*, file systems of a user namespace, whiteouts, files without a name. What is
/// expected was seen on Linux 6.18.
@Suite struct FilePermission {
    private let sentry: TestSentry
    private let root: TestTask
    private let create = OpenFlags([.create, .writeOnly]).rawValue
    private let unnamed = OpenFlags([.tmpfileBit, .directory, .writeOnly]).rawValue
    private let workingDirectory = UInt64(bitPattern: -100)

    init() throws {
        sentry = try TestSentry()
        root = sentry.initTask
        root.call(.umask, 0)
    }

    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

    private func make(_ path: String, _ owner: UInt32, _ mode: UInt32 = 0o666) {
        root.call(.close, root.call(.open, path, create, mode))
        root.call(.chown, path, owner, owner)
    }

    private func set(_ setting: String, _ value: Int64) {
        sentry.kernel.settings.values["fs/protected_" + setting] = [value]
    }

    @Test func linksInStickyDirectoriesAreFollowedByTheirOwners() throws {
        let maker = try sentry.spawn(uid: 1000), other = try sentry.spawn(uid: 1001)
        root.call(.mkdir, "/tmp/d", 0o777)
        make("/tmp/d/f", 1002)
        #expect(maker.call(.symlink, "/tmp/d", "/tmp/to-directory") == 0)
        #expect(maker.call(.symlink, "d/f", "/tmp/to-file") == 0)
        #expect(maker.call(.symlink, "/tmp/made", "/tmp/to-nothing") == 0)
        #expect(root.call(.symlink, "d/f", "/tmp/of-root") == 0)
        #expect(other.call(.symlink, "/tmp/to-file", "/tmp/d/outside") == 0)
        #expect(other.call(.open, "/tmp/to-file", 0) >= 0)
        set("symlinks", 1)
        #expect(other.call(.open, "/tmp/to-file", 0) == failed(.EACCES))
        #expect(sentry.lastRule == .linkInStickyDirectory)
        #expect(root.call(.open, "/tmp/to-file", 0) == failed(.EACCES))
        #expect(maker.call(.open, "/tmp/to-file", 0) >= 0)
        #expect(other.call(.open, "/tmp/of-root", 0) >= 0)
        // Only the end of a walk counts, also where another link leads to it.
        #expect(other.call(.open, "/tmp/to-directory/f", 0) >= 0)
        #expect(other.call(.open, "/tmp/to-directory/", 0) == failed(.EACCES))
        #expect(other.call(.open, "/tmp/d/outside", 0) == failed(.EACCES))
        #expect(other.call(.open, "/tmp/to-nothing", create, 0o600) == failed(.EACCES))
        let record = other.allocate(144)
        #expect(other.call(.lstat, "/tmp/to-file", record.rawValue) == 0)
    }

    @Test func creationDoesNotOpenOthersFilesInStickyDirectories() throws {
        root.call(.mkdir, "/tmp/sticky", 0o777)
        root.call(.chmod, "/tmp/sticky", 0o1777)
        root.call(.chown, "/tmp/sticky", 1000, 1000)
        make("/tmp/sticky/file", 1002)
        make("/tmp/sticky/of-owner", 1000)
        root.call(.mknod, "/tmp/sticky/fifo", 0o010666, 0)
        root.call(.mknod, "/tmp/sticky/null", 0o020666, UInt64(1) << 8 | 3)
        let other = try sentry.spawn(uid: 1001)
        func open(_ name: String, _ flags: OpenFlags = [.create, .readWrite]) -> Int64 {
            min(other.call(.open, "/tmp/sticky/" + name, flags.rawValue, 0o600), 0)
        }
        #expect(open("file") == 0)
        #expect(open("fifo") == 0)
        // Of other kinds no setting says anything, and they are never opened so.
        #expect(open("null") == failed(.EACCES))
        #expect(sentry.lastRule == .createOpensOthersFile)
        #expect(open("null", [.readWrite]) == 0)
        set("regular", 1)
        set("fifos", 1)
        for name in ["file", "fifo"] {
            #expect(open(name) == failed(.EACCES))
            #expect(open(name, [.readWrite]) == 0)
        }
        #expect(open("of-owner") == 0)
        // Who shares the directory by its group is trusted, until level 2.
        root.call(.chmod, "/tmp/sticky", 0o1775)
        #expect(open("file") == 0)
        set("regular", 2)
        #expect(open("file") == failed(.EACCES))
        #expect(open("fifo") == 0)
    }

    /// A tmpfs of a namespace in which 0 is user 1000 and nobody else has a number.
    private func mountForeign() throws {
        let user = sentry.kernel.initialUserNamespace
        let child = UserNamespace(
            inode: 1, parent: user, ownerUID: KUID(1000), ownerGID: KGID(1000), parentCouldSetFileCapabilities: true)
        for kind in [IDMapKind.user, .group] {
            try child.writeMap(
                kind, Array("0 1000 1".utf8), offset: 0, opener: root.task.credentials, writer: root.task.credentials)
        }
        let tree = TmpFS(
            storage: sentry.storage, device: DeviceNumber(major: 0, minor: 99), userNamespace: child)
        try sentry.world.mount(
            tree, root: try tree.root(permissions: 0o777), at: "/foreign", flags: .relatime, source: "foreign")
    }

    @Test func fileSystemsOfNamespacesTakeOnlyTheirOwnIDsAsCreators() throws {
        try mountForeign()
        let owner = try sentry.spawn(uid: 1000)
        for name in ["a", "b", "c"] {
            #expect(owner.call(.open, "/foreign/" + name, create, 0o666) >= 0)
        }
        for task in [root, try sentry.spawn(uid: 2000)] {
            #expect(task.call(.open, "/foreign/n", create, 0o600) == failed(.EOVERFLOW))
            #expect(sentry.lastRule == .fileCreateUnmappedID)
            #expect(task.call(.mkdir, "/foreign/n", 0o700) == failed(.EOVERFLOW))
            #expect(task.call(.symlink, "x", "/foreign/n") == failed(.EOVERFLOW))
            #expect(task.call(.open, "/foreign", unnamed, 0o600) == failed(.EOVERFLOW))
            #expect(task.call(.link, "/foreign/a", "/foreign/n") == failed(.EOVERFLOW))
            #expect(task.call(.rename, "/foreign/a", "/foreign/n") == failed(.EOVERFLOW))
            #expect(task.call(.rename, "/foreign/b", "/foreign/a") == 0)
            #expect(task.call(.open, "/foreign/a", create, 0o600) >= 0)
            #expect(owner.call(.open, "/foreign/b", create, 0o666) >= 0)
        }
        #expect(try sentry.spawn(uid: 2000).call(.unlink, "/foreign/b") == 0)
        // Without a mount's map any owner can be given, and is a good one.
        #expect(root.call(.chown, "/foreign/c", 5, 6) == 0)
        let record = root.allocate(144)
        #expect(root.call(.stat, "/foreign/c", record.rawValue) == 0)
        #expect(try root.load(record, as: StatRecord.self).uid == 5)
        #expect(root.call(.open, "/foreign/c", 2) >= 0)
        #expect(owner.call(.rename, "/foreign/c", "/foreign/d") == 0)
    }

    @Test func devicesOfNamespacesAreNotOpened() throws {
        try mountForeign()
        #expect(root.call(.chown, "/foreign", 0, 0) == 0)
        let creator = try sentry.spawn(uid: 1000, capabilities: .full)
        #expect(creator.call(.mknod, "/foreign/null", 0o020666, UInt64(1) << 8 | 3) == 0)
        #expect(creator.call(.open, "/foreign/null", 0) == failed(.EACCES))
        #expect(sentry.lastRule == .fileDeviceOnNodev)
        #expect(creator.call(.access, "/foreign/null", 4) == 0)
        #expect(creator.call(.open, "/foreign/null", OpenFlags.path.rawValue) >= 0)
    }

    @Test func renamesLeaveWhiteouts() throws {
        root.call(.mkdir, "/tmp/w", 0o777)
        root.call(.chown, "/tmp/w", 0, 77)
        root.call(.chmod, "/tmp/w", 0o2777)
        make("/tmp/w/a", 1000)
        make("/tmp/w/b", 1000)
        let user = try sentry.spawn(uid: 1000)
        func rename(_ old: String, _ new: String, _ flags: UInt32) -> Int64 {
            user.call(.renameat2, workingDirectory, old, workingDirectory, new, flags)
        }
        #expect(rename("/tmp/w/a", "/tmp/w/b", 4 | 2) == failed(.EINVAL))
        #expect(rename("/tmp/w/a", "/tmp/w/b", 4 | 1) == failed(.EEXIST))
        #expect(rename("/tmp/w/a", "/tmp/w/b", 4) == 0)
        let record = root.allocate(144)
        #expect(root.call(.lstat, "/tmp/w/a", record.rawValue) == 0)
        let whiteout: StatRecord = try root.load(record)
        #expect(whiteout.mode == 0o020000 && whiteout.rdev == 0 && whiteout.uid == 1000 && whiteout.gid == 77)
        #expect(user.call(.open, "/tmp/w/a", 0) == failed(.EACCES))
        #expect(rename("/tmp/w/b", "/tmp/w/b", 4) == 0)
        #expect(rename("/tmp/w/b", "/tmp/w/c", 4 | 1) == 0)
        #expect(user.call(.unlink, "/tmp/w/a") == 0)
        #expect(user.call(.access, "/tmp/w/b", 0) == 0)
    }

    @Test func onlyUnnamedFilesGetAFirstName() throws {
        let link = { (file: Int64, path: String) in
            root.call(.linkat, file, "", workingDirectory, path, AtFlags.emptyPath.rawValue)
        }
        let file = root.call(.open, "/tmp", unnamed, 0o600)
        #expect(link(file, "/tmp/t1") == 0)
        #expect(link(file, "/tmp/t2") == 0)
        #expect(root.call(.unlink, "/tmp/t1") == 0)
        #expect(link(file, "/tmp/t1") == 0)
        #expect(root.call(.unlink, "/tmp/t1") == 0)
        #expect(root.call(.unlink, "/tmp/t2") == 0)
        #expect(link(file, "/tmp/t3") == failed(.ENOENT))
        let excluded = root.call(.open, "/tmp", unnamed | OpenFlags.exclusive.rawValue, 0o600)
        #expect(link(excluded, "/tmp/t4") == failed(.ENOENT))
        let named = root.call(.open, "/tmp/#1", create, 0o600)
        #expect(root.call(.unlink, "/tmp/#1") == 0)
        #expect(link(named, "/tmp/t5") == failed(.ENOENT))
        #expect(root.call(.symlink, "/tmp", "/tmp/link") == 0)
        #expect(root.call(.open, "/tmp/link", unnamed, 0o600) >= 0)
        #expect(root.call(.open, "/tmp/link", unnamed | OpenFlags.nofollow.rawValue, 0o600) == failed(.ENOTDIR))
    }
}
