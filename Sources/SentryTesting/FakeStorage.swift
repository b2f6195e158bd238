import Kernel
import LinuxABI

/// Host files in memory: granted trees that a test fills, and private data files.
package final class FakeStorage: HostStorage {
    private struct Entry {
        var attributes: HostAttributes
        var bytes: [UInt8]
        var extended: [Name: [UInt8]] = [:]
    }
    private struct Private {
        var isMarked = false
        var bytes: [UInt8] = []
        var accessed: Timestamp
        var modified: Timestamp
    }
    private enum Source {
        case tree([UInt8])
        case own(UInt64)
        case device(HostDevice)
    }

    // All granted trees in one, keyed by "index/path".
    private var granted: [[UInt8]: Entry] = [:]
    private var order: [[UInt8]] = []
    private var files: [UInt64: Private] = [:]
    private var opened: [Int32: Source] = [:]
    private var nextDescriptor: Int32 = 1000
    private var nextInode: UInt64 = 100
    /// Moves by a second at each reading, so that changes show.
    private var clock: Int64 = 1_000_000_000

    package init() {}

    package var now: Timestamp {
        clock += 1
        return Timestamp(seconds: clock)
    }

    /// How many private data files exist.
    package var privateFileCount: Int { files.count }

    // MARK: Granting

    /// Adds a file to granted tree `tree`; "" is its root. For a link, `bytes` is the target.
    package func grant(
        _ tree: HostTree, _ path: String, _ kind: FileKind, permissions: UInt32 = 0o755, uid: UInt32 = 0,
        gid: UInt32 = 0, bytes: [UInt8] = [], extended: [Name: [UInt8]] = [:]
    ) {
        let time = Timestamp(seconds: 900_000_000)
        let attributes = HostAttributes(
            mode: FileMode(kind, permissions), uid: uid, gid: gid, inode: nextInode,
            linkCount: kind == .directory ? 2 : 1,
            device: DeviceNumber(major: 8, minor: 1), rdev: DeviceNumber(major: 0, minor: 0), size: Int64(bytes.count),
            blocks: Int64((bytes.count + 511) / 512), accessed: time, modified: time, changed: time)
        nextInode += 1
        let key = key(tree, Array(path.utf8))
        granted[key] = Entry(attributes: attributes, bytes: bytes, extended: extended)
        order.append(key)
    }

    private func key(_ tree: HostTree, _ path: [UInt8]) -> [UInt8] {
        let prefix = Array("\(tree.index)".utf8)
        return path.isEmpty ? prefix : prefix + [UInt8(ascii: "/")] + path
    }

    // MARK: Granted trees

    package func attributes(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> HostAttributes? {
        granted[key(tree, path)]?.attributes
    }

    package func entries(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> [DirectoryEntry] {
        let prefix = key(tree, path) + [UInt8(ascii: "/")]
        var entries: [DirectoryEntry] = []
        for key in order where key.count > prefix.count && key.starts(with: prefix) {
            let name = key[prefix.count...]
            guard !name.contains(UInt8(ascii: "/")), let entry = granted[key] else { continue }
            entries.append(
                DirectoryEntry(name: Name(name), inode: entry.attributes.inode, kind: entry.attributes.mode.kind))
        }
        return entries
    }

    package func readLink(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> [UInt8] {
        guard let entry = granted[key(tree, path)] else { throw .ENOENT }
        return entry.bytes
    }

    package func extendedAttribute(_ tree: HostTree, _ path: [UInt8], _ name: Name) -> [UInt8]? {
        granted[key(tree, path)]?.extended[name]
    }

    package func open(_ tree: HostTree, _ path: [UInt8], flags: OpenFlags) throws(Errno) -> HostFile {
        guard granted[key(tree, path)] != nil else { throw .ENOENT }
        if flags.writes, !tree.isWritable { throw .EROFS }
        return open(.tree(key(tree, path)))
    }

    private func open(_ source: Source) -> HostFile {
        let descriptor = nextDescriptor
        nextDescriptor += 1
        opened[descriptor] = source
        return HostFile(descriptor: descriptor) { _ in }
    }

    // MARK: Private files

    package func createPrivate(_ id: UInt64, copying source: HostFile?) throws(Errno) {
        let bytes = try source.map { (file) throws(Errno) in try contents(of: file) } ?? []
        let now = now
        files[id] = Private(bytes: bytes, accessed: now, modified: now)
    }

    package func openPrivate(_ id: UInt64, flags: OpenFlags) throws(Errno) -> HostFile {
        guard files[id] != nil else { throw .ENOENT }
        return open(.own(id))
    }

    package func privateAttributes(_ id: UInt64) throws(Errno) -> HostAttributes {
        guard let file = files[id] else { throw .ENOENT }
        return HostAttributes(
            mode: FileMode(.regular, file.isMarked ? 0o4600 : 0o600), uid: 0, gid: 0, inode: id, linkCount: 1,
            device: DeviceNumber(major: 8, minor: 2), rdev: DeviceNumber(major: 0, minor: 0),
            size: Int64(file.bytes.count), blocks: Int64((file.bytes.count + 511) / 512), accessed: file.accessed,
            modified: file.modified, changed: file.modified)
    }

    package func markPrivate(_ id: UInt64) throws(Errno) {
        guard files[id] != nil else { throw .ENOENT }
        files[id]?.isMarked = true
    }

    package func truncatePrivate(_ id: UInt64, to size: Int64) throws(Errno) {
        guard var file = files[id] else { throw .ENOENT }
        guard let count = Int(exactly: size), count >= 0, count <= 1 << 24 else { throw .EFBIG }
        file.bytes = Array(file.bytes.prefix(count))
        file.bytes.append(contentsOf: repeatElement(0, count: count - file.bytes.count))
        file.modified = now
        files[id] = file
    }

    package func setPrivateTimes(_ id: UInt64, accessed: Timestamp?, modified: Timestamp?) throws(Errno) {
        if let accessed { files[id]?.accessed = accessed }
        if let modified { files[id]?.modified = modified }
    }

    package func removePrivate(_ id: UInt64) { files[id] = nil }

    package func watchPrivate(_ id: UInt64, with instance: HostFile, mask: UInt32) throws(Errno) -> Int32 {
        guard files[id] != nil else { throw .ENOENT }
        return Int32(truncatingIfNeeded: id & 0xffff)
    }
    package func removeWatch(_ number: Int32, of instance: HostFile) throws(Errno) {}

    package func createFIFO(_ id: UInt64) throws(Errno) { try createPrivate(id, copying: nil) }
    package func openFIFO(_ id: UInt64, flags: OpenFlags) throws(Errno) -> HostFile {
        try openPrivate(id, flags: flags)
    }

    // MARK: Bytes

    package func openDevice(_ device: HostDevice, flags: OpenFlags) throws(Errno) -> HostFile {
        if device == .tty { throw .ENXIO }
        return open(.device(device))
    }

    private func contents(of file: HostFile) throws(Errno) -> [UInt8] {
        switch opened[file.descriptor] {
        case .tree(let key): granted[key]?.bytes ?? []
        case .own(let id): files[id]?.bytes ?? []
        case .device: []
        case nil: throw .EBADF
        }
    }

    package func read(_ file: HostFile, offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        let bytes = try contents(of: file)
        guard let start = Int(exactly: offset), start >= 0, start < bytes.count, count > 0 else { return [] }
        return Array(bytes[start..<min(bytes.count, start + min(count, bytes.count))])
    }

    /// What a task would do with write(2): replaces the bytes of a file opened for writing.
    package func write(_ bytes: [UInt8], to file: HostFile) {
        guard case .own(let id) = opened[file.descriptor] else { return }
        files[id]?.bytes = bytes
        files[id]?.modified = now
    }
}
