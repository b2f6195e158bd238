import Kernel
import LinuxABI
import Synchronization

/// Host files in memory: granted trees that a test fills, and private data files.
package final class FakeStorage: HostStorage {
    private let files = Mutex(FakeFiles())
    private let bound = Mutex<StorageSpace?>(nil)

    package init() {}

    /// How much private files may have together, as far as calls ask before something is allocated.
    package var space: StorageSpace? {
        get { bound.withLock { $0 } }
        set { bound.withLock { $0 = newValue } }
    }
    package func reservePrivate(_ id: UInt64, _ range: Range<UInt64>) throws(Errno) {
        if let space, UInt64(range.count) > space.free { throw .ENOSPC }
    }

    package var now: Timestamp { files.withLock { $0.now } }
    /// How many private data files exist.
    package var privateFileCount: Int { files.withLock { $0.privateFileCount } }

    /// Adds a file to granted tree `tree`; "" is its root. For a link, `bytes` is the target. A remote one is asked for
    /// off the lock.
    package func grant(
        _ tree: HostTree, _ path: String, _ kind: FileKind, permissions: UInt32 = 0o755, uid: UInt32 = 0,
        gid: UInt32 = 0, bytes: [UInt8] = [], extended: [Name: [UInt8]] = [:], isRemote: Bool = false
    ) {
        files.withLock {
            $0.grant(
                tree, path, kind, permissions: permissions, uid: uid, gid: gid, bytes: bytes, extended: extended,
                isRemote: isRemote)
        }
    }

    package func attributes(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> HostAttributes? {
        files.withLock { $0.attributes(tree, path) }
    }
    package func entries(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> [DirectoryEntry] {
        files.withLock { $0.entries(tree, path) }
    }
    package func readLink(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> [UInt8] {
        try files.withLock { (files) throws(Errno) in try files.readLink(tree, path) }
    }
    package func extendedAttribute(_ tree: HostTree, _ path: [UInt8], _ name: Name) -> [UInt8]? {
        files.withLock { $0.extendedAttribute(tree, path, name) }
    }
    package func open(_ tree: HostTree, _ path: [UInt8], flags: OpenFlags) throws(Errno) -> HostFile {
        try files.withLock { (files) throws(Errno) in try files.open(tree, path, flags: flags) }
    }
    package func createPrivate(_ id: UInt64, copying source: HostFile?, until stop: StopSign?) throws(Errno) {
        try files.withLock { (files) throws(Errno) in try files.createPrivate(id, copying: source) }
    }
    package func openPrivate(_ id: UInt64, flags: OpenFlags) throws(Errno) -> HostFile {
        try files.withLock { (files) throws(Errno) in try files.openPrivate(id, flags: flags) }
    }
    package func privateAttributes(_ id: UInt64) throws(Errno) -> HostAttributes {
        try files.withLock { (files) throws(Errno) in try files.privateAttributes(id) }
    }
    package func markPrivate(_ id: UInt64) throws(Errno) {
        try files.withLock { (files) throws(Errno) in try files.markPrivate(id) }
    }
    package func setSize(of file: HostFile, to size: Int64) throws(Errno) {
        try files.withLock { (files) throws(Errno) in try files.setSize(of: file, to: size) }
    }
    package func truncatePrivate(_ id: UInt64, to size: Int64) throws(Errno) {
        try files.withLock { (files) throws(Errno) in try files.truncatePrivate(id, to: size) }
    }
    package func setPrivateTimes(_ id: UInt64, accessed: Timestamp?, modified: Timestamp?) throws(Errno) {
        files.withLock { $0.setPrivateTimes(id, accessed: accessed, modified: modified) }
    }
    package func removePrivate(_ id: UInt64) { files.withLock { $0.removePrivate(id) } }
    package func watchPrivate(_ id: UInt64, with instance: HostFile, mask: UInt32) throws(Errno) -> Int32 {
        try files.withLock { (files) throws(Errno) in try files.watchPrivate(id) }
    }
    package func removeWatch(_ number: Int32, of instance: HostFile) throws(Errno) {}
    package func createFIFO(_ id: UInt64) throws(Errno) { try createPrivate(id, copying: nil, until: nil) }
    package func openFIFO(_ id: UInt64, flags: OpenFlags) throws(Errno) -> HostFile {
        try openPrivate(id, flags: flags)
    }
    package func openDevice(_ device: HostDevice, flags: OpenFlags) throws(Errno) -> HostFile {
        try files.withLock { (files) throws(Errno) in try files.openDevice(device) }
    }
    package func read(_ file: HostFile, offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        try files.withLock { (files) throws(Errno) in try files.read(file, offset: offset, count: count) }
    }
    /// What a task would do with write(2): replaces the bytes of a file opened for writing.
    package func write(_ bytes: [UInt8], to file: HostFile) { files.withLock { $0.write(bytes, to: file) } }
}

/// What stands behind `FakeStorage`.
private struct FakeFiles {
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

    var now: Timestamp {
        mutating get {
            clock += 1
            return Timestamp(seconds: clock)
        }
    }

    var privateFileCount: Int { files.count }

    // MARK: Granting

    mutating func grant(
        _ tree: HostTree, _ path: String, _ kind: FileKind, permissions: UInt32 = 0o755, uid: UInt32 = 0,
        gid: UInt32 = 0, bytes: [UInt8] = [], extended: [Name: [UInt8]] = [:], isRemote: Bool = false
    ) {
        let time = Timestamp(seconds: 900_000_000)
        var attributes = HostAttributes(
            mode: FileMode(kind, permissions), uid: uid, gid: gid, inode: nextInode,
            linkCount: kind == .directory ? 2 : 1,
            device: DeviceNumber(major: 8, minor: 1), rdev: DeviceNumber(major: 0, minor: 0), size: Int64(bytes.count),
            blocks: Int64((bytes.count + 511) / 512), accessed: time, modified: time, changed: time)
        attributes.isRemote = isRemote
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

    func attributes(_ tree: HostTree, _ path: [UInt8]) -> HostAttributes? {
        granted[key(tree, path)]?.attributes
    }

    func entries(_ tree: HostTree, _ path: [UInt8]) -> [DirectoryEntry] {
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

    func readLink(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> [UInt8] {
        guard let entry = granted[key(tree, path)] else { throw .ENOENT }
        return entry.bytes
    }

    func extendedAttribute(_ tree: HostTree, _ path: [UInt8], _ name: Name) -> [UInt8]? {
        granted[key(tree, path)]?.extended[name]
    }

    mutating func open(_ tree: HostTree, _ path: [UInt8], flags: OpenFlags) throws(Errno) -> HostFile {
        guard granted[key(tree, path)] != nil else { throw .ENOENT }
        if flags.writes, !tree.isWritable { throw .EROFS }
        return open(.tree(key(tree, path)))
    }

    private mutating func open(_ source: Source) -> HostFile {
        let descriptor = nextDescriptor
        nextDescriptor += 1
        opened[descriptor] = source
        return HostFile(descriptor: descriptor) { _ in }
    }

    // MARK: Private files

    mutating func createPrivate(_ id: UInt64, copying source: HostFile?) throws(Errno) {
        let bytes = try source.map { (file) throws(Errno) in try contents(of: file) } ?? []
        let now = now
        files[id] = Private(bytes: bytes, accessed: now, modified: now)
    }

    mutating func openPrivate(_ id: UInt64, flags: OpenFlags) throws(Errno) -> HostFile {
        guard files[id] != nil else { throw .ENOENT }
        return open(.own(id))
    }

    func privateAttributes(_ id: UInt64) throws(Errno) -> HostAttributes {
        guard let file = files[id] else { throw .ENOENT }
        return HostAttributes(
            mode: FileMode(.regular, file.isMarked ? 0o4600 : 0o600), uid: 0, gid: 0, inode: id, linkCount: 1,
            device: DeviceNumber(major: 8, minor: 2), rdev: DeviceNumber(major: 0, minor: 0),
            size: Int64(file.bytes.count), blocks: Int64((file.bytes.count + 511) / 512), accessed: file.accessed,
            modified: file.modified, changed: file.modified)
    }

    mutating func markPrivate(_ id: UInt64) throws(Errno) {
        guard files[id] != nil else { throw .ENOENT }
        files[id]?.isMarked = true
    }

    mutating func setSize(of file: HostFile, to size: Int64) throws(Errno) {
        guard case .own(let id) = opened[file.descriptor] else { throw .EINVAL }
        try truncatePrivate(id, to: size)
    }

    mutating func truncatePrivate(_ id: UInt64, to size: Int64) throws(Errno) {
        guard var file = files[id] else { throw .ENOENT }
        guard let count = Int(exactly: size), count >= 0, count <= 1 << 24 else { throw .EFBIG }
        file.bytes = Array(file.bytes.prefix(count))
        file.bytes.append(contentsOf: repeatElement(0, count: count - file.bytes.count))
        file.modified = now
        files[id] = file
    }

    mutating func setPrivateTimes(_ id: UInt64, accessed: Timestamp?, modified: Timestamp?) {
        if let accessed { files[id]?.accessed = accessed }
        if let modified { files[id]?.modified = modified }
    }

    mutating func removePrivate(_ id: UInt64) { files[id] = nil }

    func watchPrivate(_ id: UInt64) throws(Errno) -> Int32 {
        guard files[id] != nil else { throw .ENOENT }
        return Int32(truncatingIfNeeded: id & 0xffff)
    }

    // MARK: Bytes

    mutating func openDevice(_ device: HostDevice) throws(Errno) -> HostFile {
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

    func read(_ file: HostFile, offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        let bytes = try contents(of: file)
        guard let start = Int(exactly: offset), start >= 0, start < bytes.count, count > 0 else { return [] }
        return Array(bytes[start..<min(bytes.count, start + min(count, bytes.count))])
    }

    mutating func write(_ bytes: [UInt8], to file: HostFile) {
        guard case .own(let id) = opened[file.descriptor] else { return }
        files[id]?.bytes = bytes
        let now = now
        files[id]?.modified = now
    }
}
