import Credentials
import Kernel
import LinuxABI

/// struct statmount with the text behind it, as it is made for one call (do_statmount).
struct MountStatus {
    /// STATMOUNT_*.
    private struct Parts: OptionSet {
        let rawValue: UInt64
        static let superBlock = Parts(rawValue: 0x1)
        static let mount = Parts(rawValue: 0x2)
        static let propagateFrom = Parts(rawValue: 0x4)
        static let root = Parts(rawValue: 0x8)
        static let point = Parts(rawValue: 0x10)
        static let type = Parts(rawValue: 0x20)
        static let namespace = Parts(rawValue: 0x40)
        static let options = Parts(rawValue: 0x80)
        static let subtype = Parts(rawValue: 0x100)
        static let source = Parts(rawValue: 0x200)
        static let optionArray = Parts(rawValue: 0x400)
        static let securityArray = Parts(rawValue: 0x800)
        static let supported = Parts(rawValue: 0x1000)
        static let uidMap = Parts(rawValue: 0x2000)
        static let gidMap = Parts(rawValue: 0x4000)
        static let all = Parts(rawValue: 0x7fff)
        /// STATMOUNT_STRING_REQ.
        static let texts: Parts = [
            .root, .point, .type, .options, .subtype, .source, .optionArray, .securityArray, .uidMap, .gidMap,
        ]
    }
    static let texts = Parts.texts.rawValue

    /// Of the structure without its text.
    static let size = 512
    private(set) var record = [UInt8](repeating: 0, count: size)
    private(set) var text: [UInt8] = []
    private var told: Parts = []
    private let room: Int

    /// What `mask` asks for; throws EOVERFLOW where the text does not fit into `room` bytes with the structure.
    init(_ mount: Mount, _ mask: UInt64, root: Path, room: Int, for task: Task) throws(Refusal) {
        self.room = room
        let parts = Parts(rawValue: mask)
        if parts.contains(.superBlock) { put(superBlock: mount.fileSystem) }
        if parts.contains(.mount) { put(mount) }
        if parts.contains(.propagateFrom) {
            told.insert(.propagateFrom)
            put(UInt64(clamping: Self.source(of: mount, from: task.fs.root)?.id ?? 0), at: 96)
        }
        if parts.contains(.root) { try put(mount.rootText, .root, at: 104) }
        if parts.contains(.point) {
            let place = Path(mount: mount, dentry: mount.root).text(from: root)
            if place.isReachable { try put(place.bytes, .point, at: 108) }
        }
        if parts.contains(.type) { try put(mount.fileSystem.type.name.bytes, .type, at: 36) }
        if parts.contains(.subtype) { try put(mount.fileSystem.subtype?.bytes ?? [], .subtype, at: 120) }
        if parts.contains(.source) { try put((mount.source ?? "none").bytes, .source, at: 124) }
        let options = mount.fileSystem.optionsText.dropFirst()
        if parts.contains(.options) { try put(Array(options), .options, at: 4) }
        if parts.contains(.optionArray) {
            let all = options.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            try put(options.isEmpty ? [] : all.map { Self.unescaped($0) }, .optionArray, count: 128, at: 132)
        }
        if parts.contains(.namespace), let namespace = mount.namespace {
            told.insert(.namespace)
            put(namespace.identifier, at: 112)
        }
        let maps = mount.idMap?.userNamespace
        if parts.contains(.uidMap) {
            try put(Self.lines(maps?.uidMap, task.userNamespace.uidMap), .uidMap, count: 152, at: 156)
        }
        if parts.contains(.gidMap) {
            try put(Self.lines(maps?.gidMap, task.userNamespace.gidMap), .gidMap, count: 160, at: 164)
        }
        if parts.contains(.supported) {
            told.insert(.supported)
            put(Parts.all.rawValue, at: 144)
        }
        put(told.rawValue, at: 8)
        put(UInt32(clamping: min(room, Self.size) + text.count), at: 0)
    }

    // MARK: Fields

    private mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        record.replaceSubrange(offset..<offset + MemoryLayout<T>.size, with: LittleEndian.bytes(value))
    }

    /// SB_RDONLY, SB_SYNCHRONOUS, SB_DIRSYNC and SB_LAZYTIME.
    private static let shownFlags: SuperBlockFlags = [.readOnly, .synchronous, .directorySynchronous, .lazyTime]

    private mutating func put(superBlock: FileSystem) {
        told.insert(.superBlock)
        put(superBlock.device.major, at: 16)
        put(superBlock.device.minor, at: 20)
        put(UInt64(superBlock.magic), at: 24)
        put(UInt32(truncatingIfNeeded: superBlock.flags.intersection(Self.shownFlags).rawValue), at: 32)
    }

    private mutating func put(_ mount: Mount) {
        told.insert(.mount)
        let parent = mount.parent ?? mount
        put(mount.uniqueID, at: 40)
        put(parent.uniqueID, at: 48)
        put(mount.id, at: 56)
        put(parent.id, at: 60)
        put(mount.flags.attributes | (mount.idMap == nil ? 0 : MountAttributes.map), at: 64)
        put(Self.propagation(of: mount), at: 72)
        put(UInt64(clamping: mount.group?.id ?? 0), at: 80)
        put(UInt64(clamping: mount.master?.group?.id ?? 0), at: 88)
    }

    /// mnt_to_propagation_flags()
    private static func propagation(of mount: Mount) -> UInt64 {
        var flags: MountRequestFlags = []
        if mount.isShared { flags.insert(.shared) }
        if mount.master != nil { flags.insert(.slave) }
        if mount.isUnbindable { flags.insert(.unbindable) }
        return (flags.isEmpty ? .private : flags).rawValue
    }

    /// get_dominating_id(): the nearest group from which changes come and that can be seen.
    private static func source(of mount: Mount, from root: Path) -> PeerGroup? {
        guard let master = mount.master else { return nil }
        var reach = MountReach(from: root)
        return reach.containsPeer(of: master) ? master.group : reach.dominatingGroup(of: mount)
    }

    // MARK: Texts

    /// statmount_string(): what is empty is not told.
    private mutating func put(_ bytes: [UInt8], _ part: Parts, at offset: Int) throws(Refusal) {
        // Offset 0 is an empty text, for all that is not told.
        if text.isEmpty { text.append(0) }
        let start = text.count
        if bytes.isEmpty { return }
        text += bytes
        if Self.size + text.count >= room { throw Refusal(.EOVERFLOW) }
        text.append(0)
        told.insert(part)
        put(UInt32(clamping: start), at: offset)
    }

    private mutating func put(
        _ texts: [[UInt8]], _ part: Parts, count: Int, at offset: Int
    ) throws(Refusal) {
        put(UInt32(clamping: texts.count), at: count)
        try put(Array(texts.joined(separator: [0])), part, at: offset)
    }

    /// statmount_mnt_idmap(): the extents that the reader's namespace numbers.
    private static func lines(_ map: IDMap?, _ reader: IDMap) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for extent in map?.extents ?? [] {
            guard let lower = reader.toLocal(extent.global, count: extent.count) else { continue }
            lines.append(Array("\(extent.inside) \(lower) \(extent.count)".utf8))
        }
        return lines
    }

    /// string_unescape() of \ooo.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            let isOctal = digits.count == 3 && digits.allSatisfy { (0x30...0x37).contains($0) }
            guard byte == UInt8(ascii: "\\"), isOctal else {
                result.append(byte)
                continue
            }
            result.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
            rest = rest.dropFirst(3)
        }
        return result
    }
}
