import Credentials
import LinuxABI

/// overlayfs: directories of several file systems seen as one (Documentation/filesystems/overlayfs.rst). Nothing is ever
/// written to the lower layers.
///
/// Layers are inodes, without dentries: an overlay's inode holds the inode of the layer that it stands for, and makes one
/// in the upper layer when it is changed. What is as it was found in a lower layer can be let go and found again.
package final class OverlayFS: FileSystem {
    /// One directory tree of a layer.
    struct Layer {
        let fileSystem: FileSystem
        let root: Inode
        /// Keeps a mounted layer in place.
        let path: Path?
    }

    /// Where changes go; nil for an overlay that only shows.
    let upper: TmpFS?
    private let upperRoot: TmpDirectory?
    /// Where a mounted upper layer is, which is kept in place.
    let upperPlace: Path?
    /// The topmost first.
    private let lowers: [Layer]
    /// Nobody but this overlay sees the upper layer, and no lower layer has whiteouts.
    let isPrivate: Bool
    /// Who may do with the layers what the overlay does; nil where that is everything.
    let mounter: (any Caller)?
    var handed = HandedFiles()
    private var sweep = NameSweep()
    /// Files with several names in a layer, so that all names lead to one inode.
    private var links: [ObjectIdentifier: OverlayInode] = [:]

    /// OVERLAYFS_SUPER_MAGIC.
    private static let magic: UInt32 = 0x794c_7630
    /// New inodes of a private overlay count from here, clear of the lower layer's numbers.
    private static let firstInode: UInt64 = 1 << 40

    /// A private overlay: what changes over `lower` is kept in memory and in private files.
    package init(over lower: HostFS, device: DeviceNumber, userNamespace: UserNamespace) throws(Refusal) {
        lowers = [Layer(fileSystem: lower, root: try lower.rootInode(), path: nil)]
        upper = TmpFS(
            hiddenIn: device, storage: lower.storage, userNamespace: userNamespace, firstInode: Self.firstInode)
        upperRoot = nil
        upperPlace = nil
        isPrivate = true
        mounter = nil
        super.init(typeName: "overlay", magic: Self.magic, device: device, userNamespace: userNamespace)
    }

    /// An overlay over mounted directories: `upper`, if there is one, must be a tmpfs' (EINVAL), and `lowers` are at least one.
    package init(
        upper: Path?, lowers: [Path], mounter: (any Caller)?, device: DeviceNumber, userNamespace: UserNamespace
    ) throws(Refusal) {
        let directory = upper?.inode as? TmpDirectory, tmp = directory?.fileSystem as? TmpFS
        if upper != nil, tmp == nil { throw Refusal(.EINVAL) }
        guard !lowers.isEmpty, lowers.allSatisfy({ $0.inode.mode.isDirectory }) else { throw Refusal(.EINVAL) }
        self.upper = tmp
        upperRoot = directory
        self.lowers = lowers.map { Layer(fileSystem: $0.mount.fileSystem, root: $0.inode, path: $0) }
        upperPlace = upper
        isPrivate = false
        self.mounter = mounter
        super.init(typeName: "overlay", magic: Self.magic, device: device, userNamespace: userNamespace)
        if upper == nil { flags = .readOnly }
    }

    /// The dentry of the root, which is a file where a single file was granted.
    package func root() throws(Refusal) -> Dentry {
        if let rootDentry { return rootDentry }
        guard let first = lowers.first else { throw Refusal(.EINVAL) }
        let rest = lowers.dropFirst().map { $0.root }
        let real = upperRoot ?? first.root
        return makeRoot(
            OverlayInode.make(
                self, real: real, upper: upperRoot, below: upperRoot == nil ? nil : first.root, rest, at: nil))
    }

    package override var statistics: FileSystemStatistics {
        upper?.statistics ?? lowers.first?.fileSystem.statistics ?? FileSystemStatistics()
    }

    package override func handle(of inode: Inode, _ dentry: Dentry) -> FileHandle? {
        handed.handle(of: inode, dentry)
    }
    package override func find(_ handle: FileHandle, for caller: any Caller) throws(Refusal) -> Dentry? {
        handed.find(handle)
    }

    // MARK: Inodes

    /// The number of what `real` stands for: its own, in another range for each further file system among the layers.
    func number(of real: Inode) -> UInt64 {
        if isPrivate { return real.number }
        if let origin = (real as? TmpInode)?.origin { return origin }
        let index = lowers.firstIndex { $0.fileSystem === real.fileSystem } ?? lowers.count
        return real.number | UInt64(index) << 56
    }

    /// The same for a number in a directory of a layer.
    func number(_ number: UInt64, in directory: Inode) -> UInt64 {
        number | self.number(of: directory) & 0xff << 56
    }

    /// The inode for what the layers have, one for all its names there.
    func inode(
        upper: TmpInode?, lowers: [Inode], in directory: OverlayDirectory, _ name: Name
    ) throws(Refusal) -> OverlayInode {
        guard let real = upper ?? lowers.first else { throw Refusal(.EIO) }
        let isShared = real.linkCount > 1 && !real.mode.isDirectory
        if isShared, let known = links[ObjectIdentifier(real)] {
            known.place(in: directory, name)
            return known
        }
        let isUpper = upper != nil
        let made = OverlayInode.make(
            self, real: real, upper: upper, below: isUpper ? lowers.first : nil,
            Array(lowers.dropFirst(isUpper && !lowers.isEmpty ? 1 : isUpper ? 0 : 1)), at: (directory, name))
        if isShared { links[ObjectIdentifier(real)] = made }
        return made
    }

    /// The same for what the only lower layer has alone.
    func inode(over real: Inode, in directory: OverlayDirectory, _ name: Name) throws(Refusal) -> OverlayInode {
        if real.linkCount > 1, !real.mode.isDirectory {
            return try inode(upper: nil, lowers: [real], in: directory, name)
        }
        return OverlayInode.make(self, real: real, at: (directory, name))
    }

    /// To be called before something new is found.
    func sweepIfCrowded() {
        guard sweep.isDue(userNamespace.budget) else { return }
        sweep.run(userNamespace.budget, below: rootDentry) { directory, name, inode in
            (inode as? OverlayInode)?.leave(directory, name)
        }
        for key in Array(links.keys) {
            var inode = links.removeValue(forKey: key)
            if isKnownUniquelyReferenced(&inode), inode?.isForgettable == true { continue }
            links[key] = inode
        }
    }

    /// Whether a name that a layer has is not to be seen (ovl_is_whiteout).
    func isWhiteout(_ inode: Inode) -> Bool {
        guard inode.mode.kind == .character else { return false }
        if isPrivate { return inode === upper?.whiteout }
        return inode.device == DeviceNumber(major: 0, minor: 0)
    }

    /// Whether nothing below `directory` of a layer is to be seen (ovl_is_opaquedir).
    func isOpaque(_ directory: Inode) -> Bool { !isPrivate && directory.attribute(Self.opaque) == [UInt8(ascii: "y")] }

    private static let opaque: Name = "trusted.overlay.opaque"

    /// Of a new directory in the upper layer: a lower one of the same name is hidden by it.
    func makeOpaque(_ directory: TmpInode) throws(Refusal) {
        if !isPrivate { try directory.setAttribute(Self.opaque, [UInt8(ascii: "y")]) }
    }
}

extension OverlayFS: TimedFileSystem {
    package var now: Timestamp { upper?.now ?? (lowers.first?.fileSystem as? any TimedFileSystem)?.now ?? Timestamp() }
}
