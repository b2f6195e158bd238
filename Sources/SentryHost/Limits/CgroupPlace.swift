import Glibc

/// Where the host might let us make a memory cgroup.
struct CgroupPlace: Hashable, Sendable {
    let directory: String
    /// Version 2, with all controllers in one tree.
    let isUnified: Bool

    /// By /proc/self/cgroup and /proc/self/mountinfo.
    static func memory() -> CgroupPlace? {
        let text = { (path: String) in String(decoding: HostProc.read(path), as: UTF8.self) }
        let places = candidates(cgroups: text("/proc/self/cgroup"), mounts: text("/proc/self/mountinfo"))
        return places.first { place in
            guard unsafe access(place.directory, W_OK) == 0 else { return false }
            // Version 2 has a controller only where the parent hands it on.
            return !place.isUnified
                || text("\(place.directory)/cgroup.subtree_control").split { $0 == " " || $0 == "\n" }
                    .contains("memory")
        }
    }

    /// In version 1 our own cgroup. In version 2 no cgroup has both processes and children with controllers, so it is
    /// the one above ours, or the root of the tree.
    static func candidates(cgroups: String, mounts: String) -> [CgroupPlace] {
        var places: [CgroupPlace] = []
        for line in cgroups.split(separator: "\n") {
            // hierarchy:controllers:path
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isUnified = fields[0] == "0" && fields[1].isEmpty
            guard isUnified || fields[1].split(separator: ",").contains("memory"),
                let mount = mountPoint(in: mounts, isUnified: isUnified, above: String(fields[2]))
            else { continue }
            var directory = mount.point + mount.rest
            if isUnified, !mount.rest.isEmpty { directory = parent(of: directory) }
            places.append(CgroupPlace(directory: directory, isUnified: isUnified))
        }
        return places
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
    }

    /// Where the hierarchy is mounted, and what of `path` lies below: a container may show a part of it only.
    private static func mountPoint(
        in mounts: String, isUnified: Bool, above path: String
    ) -> (point: String, rest: String)? {
        for line in mounts.split(separator: "\n") {
            // number, parent, device, root, mount point, options, tags…, -, type, source, super options
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3,
                fields[dash + 1] == (isUnified ? "cgroup2" : "cgroup"),
                isUnified || fields[dash + 3].split(separator: ",").contains("memory")
            else { continue }
            let root = fields[3] == "/" ? "" : String(fields[3])
            guard path.hasPrefix(root) else { continue }
            let rest = String(path.dropFirst(root.count))
            guard rest.isEmpty || rest.hasPrefix("/") else { continue }
            return (String(fields[4]), rest == "/" ? "" : rest)
        }
        return nil
    }
}
