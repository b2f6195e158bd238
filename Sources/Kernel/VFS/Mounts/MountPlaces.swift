import Credentials

/// Where mounts are as one root sees them, in text, each found from that of its parent (seq_path_root).
struct MountPlaces {
    private let root: Path
    /// Nil for what cannot be reached. Without slash for the root itself.
    private var known: [ObjectIdentifier: [UInt8]?] = [:]
    /// How many bytes of text there may still be: mounts on mounts have paths as long as all of them together.
    private var room: Int

    init(from root: Path, room: Int) {
        self.root = root
        self.room = room
    }

    /// The path of the root of `mount`; nil where `root` does not lead there.
    mutating func text(of mount: Mount) throws(Refusal) -> [UInt8]? {
        var chain: [(mount: Mount, names: [UInt8])] = []
        var walk = mount
        var text: [UInt8]?
        while true {
            if walk === root.mount {
                text = walk.root === root.dentry ? [] : nil
                break
            }
            if let place = known[ObjectIdentifier(walk)] {
                text = place
                break
            }
            guard let parent = walk.parent, let place = walk.mountpoint else {
                chain.append((walk, []))
                text = nil
                break
            }
            let isLast = parent === root.mount
            let names = try names(from: isLast ? root.dentry : parent.root, to: place)
            chain.append((walk, names ?? []))
            if isLast || names == nil {
                text = names == nil ? nil : []
                break
            }
            walk = parent
        }
        for (mount, names) in chain.reversed() {
            if let above = text {
                try take(above.count)
                text = above + names
            }
            known[ObjectIdentifier(mount)] = .some(text)
        }
        guard let text else { return nil }
        return text.isEmpty ? [UInt8(ascii: "/")] : text
    }

    /// `/a/b` for what lies so below `top`; nil for what does not.
    private mutating func names(from top: Dentry, to place: Dentry) throws(Refusal) -> [UInt8]? {
        var names: [Name] = []
        var walk = place
        while walk !== top {
            guard let parent = walk.parent else { return nil }
            names.append(walk.name)
            try take(walk.name.bytes.count + 1)
            walk = parent
        }
        var text: [UInt8] = []
        for name in names.reversed() {
            text.append(UInt8(ascii: "/"))
            text.append(contentsOf: name.bytes)
        }
        return text
    }

    private mutating func take(_ count: Int) throws(Refusal) {
        room -= count
        if room < 0 { throw Refusal(.budgetMemory) }
    }
}
