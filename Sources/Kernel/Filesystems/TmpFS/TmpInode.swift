import Credentials
import LinuxABI

/// An inode of a tmpfs; subclasses are the kinds of file.
package class TmpInode: Inode {
    /// Nil while there are none.
    private var attributes: Attributes?
    private let charge: Charge
    /// In which it counts as one (`TmpFS.charge`).
    final var limits: TmpFSLimits?
    /// The private file that a watch on this inode is a watch of.
    private var watched: PrivateFile?

    private final class Attributes {
        var store: AttributeStore
        var origin: UInt64?
        init(_ budget: Budget) { store = AttributeStore(budget) }
    }

    init(_ tmp: TmpFS, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, charge: consuming Charge) {
        self.charge = charge
        limits = tmp.limits
        super.init(tmp, number: number, mode: mode, uid: uid, gid: gid)
    }

    deinit { limits?.releaseInode() }

    package final override var footprint: Int { 0 }

    // Every inode of a tmpfs was made by its TmpFS.
    final func requireTmp() throws(Refusal) -> TmpFS {
        guard let tmp = fileSystem as? TmpFS else { throw Refusal(.EIO) }
        return tmp
    }

    /// All three times are now: a new file.
    final func touchAll() {
        guard let now = (fileSystem as? TmpFS)?.now else { return }
        accessed = now
        modified = now
        changed = now
    }

    final func touchChanged() {
        if let tmp = fileSystem as? TmpFS { changed = tmp.now }
    }

    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        apply(change)
    }

    /// The mode or the capabilities of the file may have come to lend privileges to who executes it.
    func privilegesChanged() {}

    // MARK: Watches

    package final override var isWatchable: Bool { true }

    /// The private file whose events are this inode's: for all but regular files one in which nothing ever happens.
    func watchedFile(for caller: any Caller) throws(Refusal) -> PrivateFile {
        if let watched { return watched }
        let tmp = try requireTmp()
        let id = tmp.allocatePrivateFile()
        try storageCall { () throws(Errno) in try tmp.storage.createPrivate(id, copying: nil, until: nil) }
        let file = PrivateFile(id: id, storage: tmp.storage)
        watched = file
        return file
    }

    package final override func watch(
        with instance: HostFile, mask: UInt32, for caller: any Caller
    ) throws(Refusal) -> Int32 {
        let file = try watchedFile(for: caller)
        return try storageCall { () throws(Errno) in
            try file.storage.watchPrivate(file.id, with: instance, mask: mask)
        }
    }

    // MARK: Attributes

    package final override var keepsAccessTimes: Bool { true }

    package final override var hasFileFlags: Bool { mode.isRegular || mode.isDirectory }

    package final override var hasAccessLists: Bool { !mode.isSymlink && (fileSystem as? TmpFS)?.isRamFS == false }

    package final override func keepsExtendedAttribute(_ name: Name) -> Bool {
        (fileSystem as? TmpFS)?.isRamFS == false
    }
    package final override func attribute(_ name: Name) -> [UInt8]? {
        takeLowerAttributes()
        return attributes?.store[name]
    }
    package final override var attributeNames: [Name] {
        takeLowerAttributes()
        return attributes?.store.names ?? []
    }

    /// What was copied up, and has not been asked for its attributes, has those of the lower file.
    func takeLowerAttributes() {}

    /// Gives it the attributes of `other`; what is there already is not refused.
    final func copyAttributes(of other: Inode) {
        let names = other.attributeNames
        if names.isEmpty { return }
        let attributes = self.attributes ?? Attributes(fileSystem.userNamespace.budget)
        for name in names { try? attributes.store.set(name, other.attribute(name)) }
        self.attributes = attributes
    }

    /// In an overlay's upper layer: the number that it has there, as it was copied up (trusted.overlay.origin).
    final var origin: UInt64? {
        get { attributes?.origin }
        set {
            let attributes = self.attributes ?? Attributes(fileSystem.userNamespace.budget)
            attributes.origin = newValue
            self.attributes = attributes
        }
    }

    package final override func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) {
        takeLowerAttributes()
        let attributes = self.attributes ?? Attributes(fileSystem.userNamespace.budget)
        try attributes.store.set(name, value)
        self.attributes = attributes
        touchChanged()
        privilegesChanged()
    }
}

/// A symbolic link.
final class TmpLink: TmpInode {
    let target: [UInt8]

    init(
        _ tmp: TmpFS, number: UInt64, mode: FileMode = FileMode(.symlink, 0o777), uid: KUID, gid: KGID, target: [UInt8],
        charge: consuming Charge
    ) {
        self.target = target
        super.init(tmp, number: number, mode: mode, uid: uid, gid: gid, charge: charge)
    }

    override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] { target }

    override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        attributes.size = Int64(target.count)
        return attributes
    }
}

/// A FIFO, socket or device node.
final class TmpSpecial: TmpInode {
    /// Made at the first opening.
    private var fifo: FIFO?

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        let tmp = try requireTmp()
        switch mode.kind {
        case .character: return try DeviceFile.open(path, flags: flags, storage: tmp.storage, for: caller)
        case .fifo:
            let fifo: FIFO
            if let known = self.fifo { fifo = known } else { fifo = try FIFO(tmp) }
            self.fifo = fifo
            return try fifo.open(path, flags: flags, for: caller)
        default:
            // open(2) of a socket or of a block device: nothing stands behind them.
            throw Refusal(.ENXIO)
        }
    }
}
