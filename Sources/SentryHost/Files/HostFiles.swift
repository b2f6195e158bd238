import CHostLinux
import Glibc
import Kernel
import LinuxABI
import Synchronization

/// The host files behind a sandbox: granted trees, opened beneath their roots without following links, and the
/// private directory with one data file per written inode.
final class HostFiles: HostStorage {
    private struct Root {
        let descriptor: Int32
        let policy: HostTreePolicy
        let isWritable: Bool
        /// Where the guest sees the tree, for translating host paths in memory maps.
        let guestPath: [UInt8]
        let hostPath: [UInt8]
    }

    private let granted = Mutex<[Root]>([])
    /// Which devices' files may take long to answer, as far as known.
    let remoteDevices = Mutex<[UInt64: Bool]>([:])
    private let shown = ShownDirectories()
    private let listed = ListedFiles()
    let privateDirectories: [PrivateDirectory]
    let privateDirectory: PrivateDirectory
    /// Where sockets get their names on the host.
    let socketDirectory: Int32

    let disk: DiskSpace
    let descriptors: OwnDescriptors

    init(_ directories: PrivateDirectories, diskLimit: UInt64?, _ descriptors: OwnDescriptors) {
        self.descriptors = descriptors
        disk = DiskSpace(directories.data, limit: diskLimit)
        privateDirectories = directories.all
        privateDirectory = directories.data
        socketDirectory = directories.names.descriptor
    }

    /// Grants a host directory or file; throws the host's errno.
    func grant(_ hostPath: String, at guestPath: String, policy: HostTreePolicy, writable: Bool) throws(LinuxABI.Errno)
        -> HostTree
    {
        let descriptor = openHost(hostPath, O_PATH | O_CLOEXEC)
        guard descriptor >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        let root = Root(
            descriptor: descriptor, policy: policy, isWritable: writable, guestPath: Array(guestPath.utf8),
            hostPath: Array(hostPath.utf8))
        let index = granted.withLock { roots in
            roots.append(root)
            return roots.count - 1
        }
        return HostTree(index: index, isWritable: writable, changesRarely: policy.changesRarely)
    }

    private var roots: [Root] { granted.withLock { $0 } }

    private func root(_ tree: HostTree) throws(LinuxABI.Errno) -> Root {
        let found = granted.withLock { $0.indices.contains(tree.index) ? $0[tree.index] : nil }
        guard let found else { throw .EIO }
        return found
    }

    /// What of the host the sentry may open, and whether for writing: whole trees, or the parts that a policy names.
    func grants() -> [(file: HostFile, isWritable: Bool)] {
        roots.flatMap { root in
            guard let names = root.policy.topLevel else {
                let copy = fcntl(root.descriptor, F_DUPFD_CLOEXEC, 3)
                return copy < 0 ? [] : [(HostFile(owning: copy), root.isWritable)]
            }
            return names.compactMap { name in
                let part = unsafe withCString(name.bytes) {
                    unsafe $0.map { unsafe openat(root.descriptor, $0, O_PATH | O_NOFOLLOW | O_CLOEXEC) } ?? -1
                }
                return part < 0 ? nil : (HostFile(owning: part), root.isWritable)
            }
        }
    }

    // MARK: Granted trees

    func attributes(_ tree: HostTree, _ path: [UInt8]) throws(LinuxABI.Errno) -> HostAttributes? {
        guard let descriptor = try openPath(tree, path) else { return nil }
        defer { if descriptor.owned { close(descriptor.fd) } }
        var status = stat()
        guard unsafe fstatat(descriptor.fd, "", &status, AT_EMPTY_PATH) == 0 else {
            throw LinuxABI.Errno(rawValue: errno)
        }
        guard try root(tree).policy.admits(mode: .init(rawValue: status.st_mode)) else { return nil }
        var attributes = HostAttributes(status)
        guard isRemote(UInt64(status.st_dev), descriptor.fd) else { return attributes }
        attributes.isRemote = true
        if attributes.mode.isSymlink { attributes.linkText = try linkText(descriptor.fd) }
        if attributes.mode.isRegular { attributes.capability = extendedAttribute(descriptor.fd, "security.capability") }
        return attributes
    }

    func forgetOldListings() { listed.removeOld() }

    func listedAttributes(_ tree: HostTree, _ path: [UInt8]) -> HostAttributes? { listed.attributes(tree, path) }

    func entries(_ tree: HostTree, _ path: [UInt8]) throws(LinuxABI.Errno) -> [DirectoryEntry] {
        let root = try root(tree)
        if path.isEmpty, let names = root.policy.topLevel { return names.compactMap { entry($0, of: root) } }
        let descriptor = try openBeneath(tree, path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        let state = root.policy.publicOnly ? ShownDirectories.state(of: descriptor) : nil
        let isShown = state.map(shown.contains) ?? false
        var withholds = false
        var found: [DirectoryEntry] = []
        let capacity = 32768
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
        defer { unsafe buffer.deallocate() }
        while true {
            let count = unsafe chost_list_directory(descriptor, buffer.baseAddress, capacity)
            if count < 0 { throw LinuxABI.Errno(rawValue: Int32(-count)) }
            if count == 0 {
                if let state, !isShown, !withholds { shown.insert(state) }
                return found
            }
            var offset = 0
            while offset < count {
                let inode = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let length = unsafe Int(buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt16.self))
                let type = unsafe buffer[offset + 18]
                let name = unsafe buffer[(offset + 19)..<(offset + length)].prefix { $0 != 0 }
                offset += length
                if unsafe name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
                let kind = FileKind(rawValue: UInt32(type) << 12) ?? .regular
                let full = unsafe path.isEmpty ? Array(name) : path + [UInt8(ascii: "/")] + name
                guard root.policy.admits(full) else { continue }
                if root.policy.publicOnly, !isShown, kind != .symlink {
                    // The mode decides, and the listing does not tell it. The name is a single component.
                    var status = stat()
                    let isThere = unsafe withCString(name) {
                        unsafe $0.map { unsafe fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0
                    }
                    guard isThere, root.policy.admits(mode: .init(rawValue: status.st_mode)) else {
                        withholds = true
                        continue
                    }
                    if tree.changesRarely { listed.insert(tree, full, HostAttributes(status)) }
                }
                unsafe found.append(DirectoryEntry(name: Name(Array(name)), inode: inode, kind: kind))
            }
        }
    }

    /// An entry of a root of which only some names are granted: the directory itself is not read.
    private func entry(_ name: Name, of root: Root) -> DirectoryEntry? {
        var status = stat()
        let isThere = unsafe withCString(name.bytes) {
            unsafe $0.map { unsafe fstatat(root.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0
        }
        guard isThere, root.policy.admits(mode: .init(rawValue: status.st_mode)) else { return nil }
        let kind = FileKind(rawValue: status.st_mode & S_IFMT) ?? .regular
        return DirectoryEntry(name: name, inode: UInt64(status.st_ino), kind: kind)
    }

    func readLink(_ tree: HostTree, _ path: [UInt8]) throws(LinuxABI.Errno) -> [UInt8] {
        guard let descriptor = try openPath(tree, path) else { throw .ENOENT }
        defer { if descriptor.owned { close(descriptor.fd) } }
        return try linkText(descriptor.fd)
    }

    private func linkText(_ descriptor: Int32) throws(LinuxABI.Errno) -> [UInt8] {
        var result: Int = 0
        let text = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            result = unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe $0.baseAddress.map { unsafe readlinkat(descriptor, "", $0, 4096) } ?? -1
            }
            count = max(0, result)
        }
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return text
    }

    func extendedAttribute(_ tree: HostTree, _ path: [UInt8], _ name: Name) -> [UInt8]? {
        guard let found = try? openPath(tree, path) else { return nil }
        defer { if found.owned { close(found.fd) } }
        return extendedAttribute(found.fd, name)
    }

    private func extendedAttribute(_ descriptor: Int32, _ name: Name) -> [UInt8]? {
        var size = -1
        let value = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            let path = "/proc/self/fd/\(descriptor)"
            size = unsafe chost_get_attribute(path, name.description, buffer.baseAddress, buffer.count)
            count = max(0, size)
        }
        return size >= 0 ? value : nil
    }

    func open(_ tree: HostTree, _ path: [UInt8], flags: OpenFlags) throws(LinuxABI.Errno) -> HostFile {
        if flags.writes, !tree.isWritable { throw .EROFS }
        // Only what concerns the description itself: names, creation and links are settled by the VFS.
        let kept = Self.kept(flags)
        // A name may have become another file since it was looked up: only regular files are ever handed out, and no other
        // is waited for, under the lock. On a regular file the flag means nothing.
        let descriptor = try openBeneath(tree, path, kept | O_NOCTTY | O_NONBLOCK)
        guard let status = fileStatus(descriptor), status.st_mode & S_IFMT == S_IFREG,
            try root(tree).policy.admits(mode: .init(rawValue: status.st_mode))
        else {
            close(descriptor)
            throw .EACCES
        }
        // Whoever reads the beginning next, under the lock, finds it in memory.
        if flags.reads, isRemote(UInt64(status.st_dev), descriptor) { prefetch(descriptor) }
        return HostFile(owning: descriptor, identity: HostIdentity(status, access: kept))
    }

    /// The flags that belong to the description itself; O_TRUNC and creation are the VFS's.
    private static func kept(_ flags: OpenFlags) -> Int32 {
        let mask: Int32 = O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC | O_DIRECT
        return Int32(bitPattern: flags.rawValue) & mask
    }

    /// Calls `body` with the bytes and a NUL behind them.
    private func withCString<T>(_ bytes: some Collection<UInt8>, _ body: (UnsafePointer<CChar>?) -> T) -> T {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            for (index, byte) in bytes.enumerated() { unsafe buffer[index] = CChar(bitPattern: byte) }
            unsafe buffer[bytes.count] = 0
            return unsafe body(buffer.baseAddress.map { unsafe UnsafePointer($0) })
        }
    }

    private struct Opened {
        let fd: Int32
        let owned: Bool
    }

    /// An O_PATH descriptor of the file; nil when it does not exist or is withheld.
    private func openPath(_ tree: HostTree, _ path: [UInt8]) throws(LinuxABI.Errno) -> Opened? {
        if path.isEmpty { return Opened(fd: try root(tree).descriptor, owned: false) }
        do throws(LinuxABI.Errno) {
            return Opened(fd: try openBeneath(tree, path, O_PATH | O_NOFOLLOW), owned: true)
        } catch {
            if error == .ENOENT || error == .ENOTDIR || error == .EACCES { return nil }
            throw error
        }
    }

    private func openBeneath(_ tree: HostTree, _ path: [UInt8], _ flags: Int32) throws(LinuxABI.Errno) -> Int32 {
        let root = try root(tree)
        guard root.policy.admits(path) else { throw .ENOENT }
        if path.isEmpty {
            // The root itself, which may be a single file: reopened through its own descriptor.
            let descriptor = openHost("/proc/self/fd/\(root.descriptor)", flags | O_CLOEXEC)
            guard descriptor >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
            return descriptor
        }
        let result = unsafe withCString(path) { unsafe chost_open_beneath(root.descriptor, $0, flags, 1) }
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: -result) }
        return result
    }

    // MARK: Private data files

    func createPrivate(_ id: UInt64, copying source: HostFile?, until stop: StopSign?) throws(LinuxABI.Errno) {
        if let source, let status = fileStatus(source.descriptor) {
            let allocated = UInt64(clamping: status.st_blocks) &* 512
            try disk.reserveNew(min(allocated, UInt64(clamping: status.st_size)), of: id)
        }
        do throws(LinuxABI.Errno) {
            let descriptor = try privateDirectory.open(id, O_RDWR | O_CREAT | O_EXCL)
            defer { close(descriptor) }
            guard let source else { return }
            try FileCopy(from: source.descriptor, to: descriptor).run(until: stop)
            disk.made(id)
        } catch {
            disk.remove(id)
            throw error
        }
    }

    func openPrivate(_ id: UInt64, flags: OpenFlags) throws(LinuxABI.Errno) -> HostFile {
        // The file is the sentry's own, so that it may ask for this.
        let keepsTime = Int32(bitPattern: flags.intersection(.noatime).rawValue)
        return HostFile(owning: try privateDirectory.open(id, Self.kept(flags) | keepsTime))
    }

    func privateAttributes(_ id: UInt64) throws(LinuxABI.Errno) -> HostAttributes {
        try HostAttributes(privateDirectory.status(id))
    }

    // The host's kernel takes set-user-ID from a file whose writer has no CAP_FSETID, as no task has. Nobody may execute
    // the file, so that the bit means nothing else, and nobody else gets into the directory.
    func markPrivate(_ id: UInt64) throws(LinuxABI.Errno) { try privateDirectory.setMode(id, 0o4600) }

    func setPrivateTimes(_ id: UInt64, accessed: Timestamp?, modified: Timestamp?) throws(LinuxABI.Errno) {
        let descriptor = try privateDirectory.open(id, O_RDONLY)
        defer { close(descriptor) }
        let unchanged = timespec(tv_sec: 0, tv_nsec: Int(chost_utime_omit))
        let times = [accessed.map { timespec($0) } ?? unchanged, modified.map { timespec($0) } ?? unchanged]
        guard unsafe futimens(descriptor, times) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
    }

    func openDevice(_ device: HostDevice, flags: OpenFlags) throws(LinuxABI.Errno) -> HostFile {
        let kept = Self.kept(flags) | O_NOCTTY | O_CLOEXEC
        let descriptor: Int32
        if device == .tty {
            // Not /dev/tty, which is whatever terminal the sentry has: only one that it was given as a stream.
            guard let stream = (Int32(0)...2).first(where: { isatty($0) == 1 }) else { throw .ENXIO }
            let opened = openHost("/proc/self/fd/\(stream)", kept)
            // Another user's terminal, which the sentry was only handed: then the sandbox shares that description.
            let isShared = opened < 0 && errno == EACCES && fcntl(stream, F_GETFL) & O_ACCMODE == O_RDWR
            descriptor = isShared ? fcntl(stream, F_DUPFD_CLOEXEC, 3) : opened
        } else {
            descriptor = openHost("/dev/\(device.rawValue)", kept)
        }
        guard descriptor >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return HostFile(owning: descriptor)
    }

    func removePrivate(_ id: UInt64) { disk.dropped(id) }

    func watchPrivate(_ id: UInt64, with instance: HostFile, mask: UInt32) throws(LinuxABI.Errno) -> Int32 {
        let path = "/proc/self/fd/\(privateDirectory.descriptor)/\(id)"
        let number = unsafe inotify_add_watch(instance.descriptor, path, mask)
        guard number >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return number
    }

    func removeWatch(_ number: Int32, of instance: HostFile) throws(LinuxABI.Errno) {
        guard inotify_rm_watch(instance.descriptor, number) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
    }

    func createFIFO(_ id: UInt64) throws(LinuxABI.Errno) {
        guard unsafe mkfifoat(privateDirectory.descriptor, "\(id)", 0o600) == 0 else {
            throw LinuxABI.Errno(rawValue: errno)
        }
    }

    func openFIFO(_ id: UInt64, flags: OpenFlags) throws(LinuxABI.Errno) -> HostFile {
        // With both ends open for a moment, opening one of them never waits and never fails (fifo(7)).
        let both = try privateDirectory.open(id, O_RDWR | O_NONBLOCK)
        defer { close(both) }
        let end = HostFile(owning: try privateDirectory.open(id, Self.kept(flags)))
        // It may wait long for the other end before somebody has a number of it.
        if end.descriptor >= descriptors.forObjects { throw .ENFILE }
        return end
    }

    func read(_ file: HostFile, offset: Int64, count: Int) throws(LinuxABI.Errno) -> [UInt8] {
        guard let bytes = readBytes(file.descriptor, limit: max(0, count), offset: off_t(offset)) else {
            throw LinuxABI.Errno(rawValue: errno)
        }
        return bytes
    }

    var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
    }

    /// A host path from a task's memory map as the guest names it, or nil when it is not below a granted root.
    func guestPath(forHost path: some Collection<UInt8>) -> [UInt8]? {
        for root in roots.reversed() {
            let prefix = root.hostPath == [UInt8(ascii: "/")] ? [] : root.hostPath
            guard path.starts(with: prefix) else { continue }
            let rest = path.dropFirst(prefix.count)
            guard rest.isEmpty || rest.first == UInt8(ascii: "/") else { continue }
            let guestPrefix = root.guestPath == [UInt8(ascii: "/")] ? [] : root.guestPath
            return guestPrefix + rest
        }
        return nil
    }
}

extension HostFile {
    /// Takes ownership of a host descriptor.
    convenience init(owning descriptor: Int32, identity: HostIdentity? = nil) {
        self.init(descriptor: descriptor, identity: identity, close: { _ = close($0) })
    }
}
