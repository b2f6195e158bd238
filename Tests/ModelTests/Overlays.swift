import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Overlays of several mounted directories, whose upper layer can be looked at by itself.
@Suite struct Overlays {
    private static let create = OpenFlags([.create, .readWrite]).rawValue
    private let kept = Kept()
    private final class Kept { var sentry: TestSentry? }

    /// /l1 and /l2 are lower layers, /upper is the upper one, and /merged shows all three.
    private func sentry(upper hasUpper: Bool = true) throws -> (TestSentry, TestTask) {
        let sentry = try TestSentry()
        kept.sentry = sentry
        let task = sentry.initTask, world = sentry.world, user = sentry.kernel.initialUserNamespace
        var minor: UInt32 = 1000
        func device() -> DeviceNumber {
            minor += 1
            return DeviceNumber(major: 0, minor: minor)
        }
        for name in ["/l1", "/l2", "/upper"] {
            let tmp = TmpFS(storage: sentry.storage, device: device(), userNamespace: user)
            try world.mount(tmp, root: try tmp.root(), at: name, flags: [], source: "tmpfs")
        }
        for path in ["/l1/a", "/l1/d/x", "/l2/a", "/l2/b", "/l2/d/y", "/l2/e/f"] {
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            _ = task.call(.mkdir, "/" + parent, 0o755)
            #expect(task.call(.mknod, path, 0o100644, 0) == 0)
        }
        func place(_ path: String) throws -> Path { try task.task.lookup(Array(path.utf8)) }
        let overlay = try OverlayFS(
            upper: hasUpper ? try place("/upper") : nil, lowers: [try place("/l1"), try place("/l2")], mounter: nil,
            device: device(), userNamespace: user)
        try world.mount(overlay, root: try overlay.root(), at: "/merged", flags: [], source: "overlay")
        return (sentry, task)
    }

    private func names(_ task: TestTask, _ path: String) throws -> Set<String> {
        let found = try task.task.lookup(Array(path.utf8)).inode.entries(for: task.task)
        #expect(Set(found.map { $0.name }).count == found.count)
        return Set(found.map { $0.name.description })
    }
    private func attributes(_ task: TestTask, _ path: String) throws -> FileAttributes {
        try task.task.lookup(Array(path.utf8)).inode.attributes(for: task.task)
    }

    @Test func showsAllLayers() throws {
        let (_, task) = try sentry()
        #expect(try names(task, "/merged") == ["a", "b", "d", "e"])
        #expect(try names(task, "/merged/d") == ["x", "y"])
        let one = try attributes(task, "/merged/a"), layer = try attributes(task, "/l1/a")
        #expect(one.inode == layer.inode && one.device != layer.device)
        #expect(try attributes(task, "/merged/b").inode != attributes(task, "/l2/b").inode)
        #expect(task.call(.access, "/merged/none", 0) == -2)
    }

    @Test func copiesUpWhatIsChanged() throws {
        let (_, task) = try sentry()
        let before = try attributes(task, "/merged/d/y")
        #expect(task.call(.chmod, "/merged/d/y", 0o600) == 0)
        let after = try attributes(task, "/merged/d/y")
        #expect(after.inode == before.inode && after.mode.permissions == 0o600 && after.modified == before.modified)
        #expect(try attributes(task, "/l2/d/y").mode.permissions == 0o644)
        #expect(try attributes(task, "/upper/d/y").mode.permissions == 0o600)
        #expect(try names(task, "/merged/d") == ["x", "y"])
        #expect(try names(task, "/upper/d") == ["y"])
        #expect(task.call(.open, "/merged/new", Self.create, 0o600) >= 0)
        #expect(try names(task, "/upper") == ["d", "new"])
        let entry = try task.task.lookup(Array("/merged/d".utf8)).inode.entries(for: task.task)
        #expect(entry.first { $0.name == "y" }?.inode == before.inode)
    }

    @Test func hidesWhatIsRemoved() throws {
        let (_, task) = try sentry()
        // The upper layer's own names are known already.
        #expect(task.call(.access, "/upper/b", 0) == -2)
        #expect(task.call(.unlink, "/merged/b") == 0)
        #expect(task.call(.access, "/merged/b", 0) == -2)
        let whiteout = try attributes(task, "/upper/b")
        #expect(whiteout.mode == FileMode(.character, 0) && whiteout.rdev == DeviceNumber(major: 0, minor: 0))
        #expect(task.call(.mknod, "/merged/b", 0o100600, 0) == 0)
        #expect(try attributes(task, "/upper/b").mode == FileMode(.regular, 0o600))
        #expect(task.call(.unlink, "/merged/b") == 0)
        #expect(try names(task, "/merged") == ["a", "d", "e"])
        #expect(task.call(.rmdir, "/merged/e") == -Int64(Errno.ENOTEMPTY.rawValue))
        #expect(task.call(.unlink, "/merged/e/f") == 0)
        #expect(task.call(.rmdir, "/merged/e") == 0)
        #expect(task.call(.mkdir, "/merged/e", 0o700) == 0)
        #expect(try names(task, "/merged/e") == [])
        #expect(try task.task.lookup(Array("/upper/e".utf8)).inode.attribute("trusted.overlay.opaque") == [0x79])
        #expect(try names(task, "/l2/e") == ["f"])
    }

    @Test func movesFilesAndNoMergedDirectories() throws {
        let (_, task) = try sentry()
        #expect(task.call(.rename, "/merged/d", "/merged/moved") == -Int64(Errno.EXDEV.rawValue))
        #expect(task.call(.rename, "/merged/a", "/merged/d/a") == 0)
        #expect(try names(task, "/merged") == ["b", "d", "e"])
        #expect(try names(task, "/merged/d") == ["a", "x", "y"])
        #expect(try names(task, "/upper") == ["a", "d"])
        #expect(task.call(.mkdir, "/merged/own", 0o700) == 0)
        #expect(task.call(.rename, "/merged/own", "/merged/d/own") == 0)
        #expect(task.call(.renameat2, -100, "/merged/b", -100, "/merged/d/a", 2) == 0)
        #expect(task.call(.unlink, "/merged/b") == 0)
        #expect(task.call(.access, "/merged/b", 0) == -2)
        #expect(task.call(.renameat2, -100, "/merged/d/a", -100, "/merged/z", 4) == -Int64(Errno.EINVAL.rawValue))
    }

    @Test func onlyShowsWithoutAnUpperLayer() throws {
        let (_, task) = try sentry(upper: false)
        #expect(try names(task, "/merged") == ["a", "b", "d", "e"])
        for result in [
            task.call(.mkdir, "/merged/new", 0o700), task.call(.chmod, "/merged/a", 0o600),
            task.call(.unlink, "/merged/a"), task.call(.open, "/merged/a", OpenFlags.readWrite.rawValue, 0),
        ] { #expect(result == -Int64(Errno.EROFS.rawValue)) }
        #expect(task.call(.open, "/merged/a", 0, 0) >= 0)
    }

    /// renameat2(2), RENAME_WHITEOUT.
    @Test func aRenameLeavesAWhiteout() throws {
        let (sentry, _) = try sentry()
        let task = try sentry.spawn(uid: 1000)
        #expect(task.call(.mknod, "/tmp/a", 0o100600, 0) == 0)
        #expect(task.call(.mkdir, "/tmp/d", 0o700) == 0)
        for name in ["a", "d"] {
            #expect(task.call(.renameat2, -100, "/tmp/\(name)", -100, "/tmp/d2\(name)", 4) == 0)
            let left = try attributes(task, "/tmp/\(name)")
            #expect(left.mode == FileMode(.character, 0) && left.uid == KUID(1000))
        }
        #expect(try names(task, "/tmp") == ["a", "d", "d2a", "d2d"])
    }
}
