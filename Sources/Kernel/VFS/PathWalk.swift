import Credentials
import LinuxABI

/// How a path is to be looked up (namei's LOOKUP_* and openat2's RESOLVE_*).
package struct LookupOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// A symbolic link as last component is followed.
    package static let follow = LookupOptions(rawValue: 1 << 0)
    /// What is found must be a directory.
    package static let directory = LookupOptions(rawValue: 1 << 1)
    /// AT_EMPTY_PATH: an empty path is the starting point itself.
    package static let emptyPath = LookupOptions(rawValue: 1 << 2)
    package static let noSymlinks = LookupOptions(rawValue: 1 << 3)
    package static let noMagicLinks = LookupOptions(rawValue: 1 << 4)
    package static let noMountCrossing = LookupOptions(rawValue: 1 << 5)
    package static let beneath = LookupOptions(rawValue: 1 << 6)
    package static let inRoot = LookupOptions(rawValue: 1 << 7)
    /// What is mounted over the last component counts, also where that is `.` (LOOKUP_MOUNTPOINT).
    package static let mountpoint = LookupOptions(rawValue: 1 << 8)

    fileprivate static let scoped: LookupOptions = [.beneath, .inRoot]
}

/// The last component of a path that was walked up to its parent.
package struct LastComponent {
    package enum Kind { case normal, dot, dotDot, root }
    package let kind: Kind
    package let name: Name
    /// Slashes follow the component.
    package let hasTrailingSlash: Bool
}

/// A walk along a path (path_resolution(7), fs/namei.c).
///
/// Components are slices of the path's bytes; nothing is copied while names are found among the known dentries.
package struct PathWalk {
    package let caller: any Caller
    package private(set) var current: Path
    private let root: Path
    private let options: LookupOptions
    private var links = 0
    /// A place that is known to lie in the part of the file system that its mount shows.
    private var connected: Path?
    /// Whether anything was looked up: an absolute path may begin anywhere (path_init).
    private var hasBegun = false
    /// MAXSYMLINKS.
    private static let maximumLinks = 40

    /// Begins at `base`, or at the working directory.
    package init(_ caller: any Caller, from base: Path? = nil, options: LookupOptions = []) {
        self.caller = caller
        self.options = options
        current = base ?? caller.fs.workingDirectory
        // RESOLVE_IN_ROOT and RESOLVE_BENEATH: the starting point is the root of everything.
        root = options.isDisjoint(with: .scoped) ? caller.fs.root : current
    }

    /// Walks the whole of `path`; `current` is then what it names.
    package mutating func walk(_ path: [UInt8]) throws(Refusal) {
        if path.isEmpty {
            guard options.contains(.emptyPath) else { throw Refusal(.ENOENT) }
        } else {
            _ = try advance(path, toParent: false, followLast: options.contains(.follow), isTrailing: true)
        }
        if options.contains(.mountpoint) {
            try enterMounts(&current)
        } else {
            current.mount.isExpiring = false
        }
        if options.contains(.directory), !current.inode.mode.isDirectory { throw Refusal(.ENOTDIR) }
    }

    /// Walks up to the parent of the last component; `current` is then that directory.
    package mutating func walkToParent(_ path: [UInt8]) throws(Refusal) -> LastComponent {
        if path.isEmpty { throw Refusal(.ENOENT) }
        guard let last = try advance(path, toParent: true, followLast: false) else { throw Refusal(.ENOENT) }
        return last
    }

    /// The child `name` of `current`, through mounts on it; nil when there is none.
    package func child(_ name: Name) throws(Refusal) -> Path? {
        guard let dentry = try find(name.bytes, 0..<name.bytes.count) else { return nil }
        var path = Path(mount: current.mount, dentry: dentry)
        try enterMounts(&path)
        return path
    }

    /// The dentry `name` in `current`, below whatever is mounted on it; nil when there is none.
    package func entry(_ name: Name) throws(Refusal) -> Dentry? { try find(name.bytes, 0..<name.bytes.count) }

    /// Follows `link`, a child of `current`, up to the parent of what it names, for open(2) with O_CREAT; nil when the
    /// link leads straight to a place, which is then `current`.
    package mutating func followToParent(_ link: Path) throws(Refusal) -> LastComponent? {
        guard let text = try begin(link, isTrailing: true) else { return nil }
        return try advance(text, toParent: true, followLast: false)
    }

    // MARK: Steps

    /// `isTrailing`: what the last component names is the end of the walk.
    private mutating func advance(
        _ path: [UInt8], toParent: Bool, followLast: Bool, isTrailing: Bool = false
    ) throws(Refusal) -> LastComponent? {
        var i = 0
        let end = path.count
        if path.first == UInt8(ascii: "/") {
            // An absolute path leaves the starting point.
            if options.contains(.beneath) { throw Refusal(.EXDEV) }
            if options.contains(.noMountCrossing), hasBegun, current.mount !== root.mount { throw Refusal(.EXDEV) }
            hasBegun = true
            current = root
            while i < end, path[i] == UInt8(ascii: "/") { i += 1 }
            if i == end { return toParent ? LastComponent(kind: .root, name: Name([]), hasTrailingSlash: false) : nil }
        }
        hasBegun = true
        guard current.inode.mode.isDirectory else { throw Refusal(.ENOTDIR) }
        while true {
            try current.check(.execute, for: caller)
            let start = i
            while i < end, path[i] != UInt8(ascii: "/") { i += 1 }
            let component = start..<i
            let slash = i < end
            while i < end, path[i] == UInt8(ascii: "/") { i += 1 }
            let isLast = i == end
            let kind = Self.kind(path, component)
            if isLast, toParent {
                return LastComponent(kind: kind, name: Name(path[component]), hasTrailingSlash: slash)
            }
            switch kind {
            case .dot, .root: break
            case .dotDot: try stepUp()
            case .normal:
                try step(path, component, follow: !isLast || slash || followLast, isTrailing: isTrailing && isLast)
            }
            if !isLast || slash, !current.inode.mode.isDirectory { throw Refusal(.ENOTDIR) }
            if isLast { return nil }
        }
    }

    @inline(__always)
    private static func kind(_ path: [UInt8], _ range: Range<Int>) -> LastComponent.Kind {
        guard path[range.lowerBound] == UInt8(ascii: ".") else { return .normal }
        if range.count == 1 { return .dot }
        return range.count == 2 && path[range.lowerBound + 1] == UInt8(ascii: ".") ? .dotDot : .normal
    }

    private mutating func step(
        _ path: [UInt8], _ range: Range<Int>, follow: Bool, isTrailing: Bool
    ) throws(Refusal) {
        guard let dentry = try find(path, range) else { throw Refusal(.ENOENT) }
        var next = Path(mount: current.mount, dentry: dentry)
        try enterMounts(&next)
        guard follow, next.inode.mode.isSymlink else {
            if connected != nil, connected == current, next.mount === current.mount { connected = next }
            current = next
            return
        }
        guard let text = try begin(next, isTrailing: isTrailing) else { return }
        _ = try advance(text, toParent: false, followLast: true, isTrailing: isTrailing)
    }

    /// Counts a link and returns its text, to be walked from `current`; nil when it led straight to a place.
    private mutating func begin(_ link: Path, isTrailing: Bool) throws(Refusal) -> [UInt8]? {
        links += 1
        if links > Self.maximumLinks { throw Refusal(.ELOOP) }
        if isTrailing { try current.checkFollow(link, for: caller) }
        if options.contains(.noSymlinks) { throw Refusal(.ELOOP) }
        if link.mount.flags.contains(.noSymfollow) { throw Refusal(.fileNosymfollowMount) }
        link.touchAccessTime()
        if let place = try link.inode.followLink(for: caller) {
            // nd_jump_link: such a link may lead out of anything.
            if options.contains(.noMagicLinks) { throw Refusal(.ELOOP) }
            if !options.isDisjoint(with: .scoped) { throw Refusal(.EXDEV) }
            if options.contains(.noMountCrossing), place.mount !== current.mount { throw Refusal(.EXDEV) }
            current = place
            return nil
        }
        let text = try link.inode.readLink(for: caller)
        if text.isEmpty { throw Refusal(.ENOENT) }
        return text
    }

    /// The dentry of a name in `current`, remembered or asked of the file system.
    private func find(_ path: [UInt8], _ range: Range<Int>) throws(Refusal) -> Dentry? {
        if range.count > Name.maximumLength { throw Refusal(.ENAMETOOLONG) }
        let directory = current.dentry
        let isRemembered = directory.inode.cachesLookups
        if isRemembered, let known = directory.child(path, range) { return known }
        if directory.isUnlinked { return nil }
        let name = Name(path[range])
        guard let inode = try directory.inode.lookup(name, for: caller) else { return nil }
        if !isRemembered, let known = directory.child(name) ?? directory.inode.livingDentry(name),
            known.inode.isSame(as: inode)
        {
            return known
        }
        let dentry = Dentry(name: name, parent: directory, inode: inode)
        if isRemembered {
            directory.add(dentry)
        } else if inode.mode.isDirectory {
            directory.inode.rememberWhileLiving(dentry)
        }
        return dentry
    }

    private func enterMounts(_ path: inout Path) throws(Refusal) {
        while path.dentry.isMountpoint, let top = path.mount.child(on: path.dentry) {
            if options.contains(.noMountCrossing) { throw Refusal(.EXDEV) }
            path = Path(mount: top, dentry: top.root)
        }
    }

    /// follow_dotdot(): up one directory, out of mounts, never above the root.
    private mutating func stepUp() throws(Refusal) {
        while true {
            if current == root {
                if options.contains(.beneath) { throw Refusal(.EXDEV) }
                break
            }
            if current.dentry !== current.mount.root {
                guard let parent = current.dentry.parent else { break }
                // path_connected(): a rename may have led it out of the part of the file system that is mounted. What is above
                // a place that is in it, and not above its root, is in it as well.
                if current.mount.root.parent != nil, connected != current,
                    !current.mount.root.isAncestorOrSelf(of: parent)
                {
                    throw Refusal(.ENOENT)
                }
                current.dentry = parent
                connected = current
                break
            }
            guard let mount = current.mount.parent, let mountpoint = current.mount.mountpoint else { break }
            if options.contains(.noMountCrossing) { throw Refusal(.EXDEV) }
            current = Path(mount: mount, dentry: mountpoint)
        }
        try enterMounts(&current)
    }
}

extension Caller {
    /// What `path` names, from `base` or the working directory.
    package func lookup(
        _ path: [UInt8], from base: Path? = nil, _ options: LookupOptions = .follow
    ) throws(Refusal) -> Path {
        var walk = PathWalk(self, from: base, options: options)
        try walk.walk(path)
        return walk.current
    }
}
