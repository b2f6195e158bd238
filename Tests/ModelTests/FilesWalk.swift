import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// The path walk and the tree file system, without system calls.
@Suite struct FilesWalk {
    private let tree = HostTree(index: 0, isWritable: false)
    private let storage = FakeStorage()
    private let user = UserNamespace()

    private func world() throws -> MountBuilder {
        storage.grant(tree, "", .directory)
        storage.grant(tree, "etc", .directory)
        storage.grant(tree, "etc/passwd", .regular, permissions: 0o644, bytes: Array("root".utf8))
        storage.grant(tree, "etc/link", .symlink, permissions: 0o777, bytes: Array("passwd".utf8))
        storage.grant(tree, "etc/up", .symlink, permissions: 0o777, bytes: Array("../etc/".utf8))
        storage.grant(tree, "etc/loop", .symlink, permissions: 0o777, bytes: Array("loop".utf8))
        storage.grant(tree, "secret", .directory, permissions: 0o700)
        storage.grant(tree, "secret/file", .regular, permissions: 0o644)
        var description = MountPlan()
        description.root = .tree(tree)
        return try MountBuilder(description, storage: storage, user: user)
    }

    /// What a lookup gives: the path's text, or an errno.
    private func find(
        _ world: any Caller, _ path: String, _ options: LookupOptions = .follow
    ) -> Result<String, Errno> {
        do throws(Refusal) {
            let found = try world.lookup(Array(path.utf8), options)
            return .success(String(decoding: found.text(from: world.fs.root).bytes, as: UTF8.self))
        } catch {
            return .failure(error.errno)
        }
    }

    @Test func findsNamesDotsAndLinks() throws {
        let world = try world()
        #expect(find(world, "/etc/passwd") == .success("/etc/passwd"))
        #expect(find(world, "//etc/./../etc//passwd") == .success("/etc/passwd"))
        #expect(find(world, "/../..") == .success("/"))
        #expect(find(world, "/etc/link") == .success("/etc/passwd"))
        #expect(find(world, "/etc/link", []) == .success("/etc/link"))
        #expect(find(world, "/etc/up/passwd", []) == .success("/etc/passwd"))
        #expect(find(world, "/etc/up/", []) == .success("/etc"))
        #expect(find(world, "/dev/shm") == .success("/dev/shm"))
        #expect(find(world, "/dev/shm/../..") == .success("/"))
    }

    @Test func failsAsLinuxDoes() throws {
        let world = try world()
        #expect(find(world, "") == .failure(.ENOENT))
        #expect(find(world, "/etc/none") == .failure(.ENOENT))
        #expect(find(world, "/etc/none/x") == .failure(.ENOENT))
        #expect(find(world, "/etc/passwd/") == .failure(.ENOTDIR))
        #expect(find(world, "/etc/passwd/x") == .failure(.ENOTDIR))
        #expect(find(world, "/etc/passwd/..") == .failure(.ENOTDIR))
        #expect(find(world, "/etc/loop") == .failure(.ELOOP))
        #expect(find(world, "/etc/loop", []) == .success("/etc/loop"))
        #expect(find(world, "/etc/" + String(repeating: "x", count: 256)) == .failure(.ENAMETOOLONG))
        #expect(find(world, "/etc/" + String(repeating: "x", count: 255)) == .failure(.ENOENT))
        #expect(find(world, "/etc/link", .noSymlinks.union(.follow)) == .failure(.ELOOP))
        #expect(find(world, "/etc", [.beneath]) == .failure(.EXDEV))
        #expect(find(world, "..", [.beneath]) == .failure(.EXDEV))
    }

    @Test func permissionFollowsIDsAndCapabilities() throws {
        let world = try world()
        let other = Stranger(
            fs: world.fs, mounts: world.mounts,
            credentials: .plain(uid: 1000, gid: 1000, groups: [], capabilities: nil, user))
        #expect(find(other, "/secret") == .success("/secret"))
        #expect(find(other, "/secret/file") == .failure(.EACCES))
        let searcher = other.changed { $0.effective = CapabilitySet(.dacReadSearch) }
        #expect(find(searcher, "/secret/file") == .success("/secret/file"))
        // A capability in a user namespace that does not number the owner is worth nothing.
        let child = UserNamespace(
            inode: 7, parent: user, ownerUID: KUID(1000), ownerGID: KGID(1000), parentCouldSetFileCapabilities: false)
        let inside = other.changed {
            $0.userNamespace = child
            $0.effective = .full
        }
        #expect(find(inside, "/secret/file") == .failure(.EACCES))
    }

    @Test func writesCopyTheLowerFileOnce() throws {
        let world = try world()
        let path = try world.lookup(Array("/etc/passwd".utf8))
        let reading = try path.inode.open(path, flags: [], for: world)
        #expect(storage.privateFileCount == 0)
        let writing = try path.inode.open(path, flags: .writeOnly, for: world)
        #expect(storage.privateFileCount == 1)
        guard case .owned(let host) = writing.backing, case .owned(let old) = reading.backing else {
            Issue.record("no host file")
            return
        }
        storage.write(Array("changed".utf8), to: host)
        #expect(try path.inode.attributes(for: world).size == 7)
        #expect(try storage.read(old, offset: 0, count: 100) == Array("root".utf8))
        let again = try path.inode.open(path, flags: [], for: world)
        guard case .owned(let now) = again.backing else {
            Issue.record("no host file")
            return
        }
        #expect(try storage.read(now, offset: 0, count: 100) == Array("changed".utf8))
    }

    @Test func removedLowerNamesStayGone() throws {
        let world = try world()
        let etc = try world.lookup(Array("/etc".utf8))
        let names = { () throws(Refusal) -> [String] in try etc.inode.entries(for: world).map { $0.name.description } }
        #expect(try names() == ["passwd", "link", "up", "loop"])
        let passwd = try world.lookup(Array("/etc/passwd".utf8))
        try etc.inode.remove("passwd", inode: passwd.inode, for: world)
        passwd.dentry.unlink()
        #expect(find(world, "/etc/passwd") == .failure(.ENOENT))
        #expect(try names() == ["link", "up", "loop"])
        #expect(passwd.text(from: world.root).withDeletedMark == Array("/etc/passwd (deleted)".utf8))
    }

    @Test func privateFilesGoWithTheirInode() throws {
        do {
            let world = try world()
            let path = try world.lookup(Array("/etc/passwd".utf8))
            _ = try path.inode.open(path, flags: .writeOnly, for: world)
            #expect(storage.privateFileCount == 1)
        }
        #expect(storage.privateFileCount == 0)
    }

    /// A caller with credentials of its own.
    private final class Stranger: Caller {
        let fs: FSContext
        let mountNamespace: MountNamespace?
        let credentials: Credentials
        init(fs: FSContext, mounts: MountNamespace?, credentials: Credentials) {
            self.fs = fs
            mountNamespace = mounts
            self.credentials = credentials
        }
        var wantsExplanations: Bool { false }
        func changed(_ change: (inout Credentials.Values) -> Void) -> Stranger {
            Stranger(fs: fs, mounts: mountNamespace, credentials: credentials.changed(change))
        }
    }
}
