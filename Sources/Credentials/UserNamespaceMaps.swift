import LinuxABI

/// Which of a user namespace's three maps.
package enum IDMapKind: Sendable {
    case user, group, project

    package var fileName: String {
        switch self {
        case .user: "uid_map"
        case .group: "gid_map"
        case .project: "projid_map"
        }
    }

    /// What maps of more than one's own ID need in the parent; project maps need nothing.
    var capability: Capability? {
        switch self {
        case .user: .setuid
        case .group: .setgid
        case .project: nil
        }
    }
}

extension UserNamespace {
    package func map(_ kind: IDMapKind) -> IDMap {
        switch kind {
        case .user: uidMap
        case .group: gidMap
        case .project: projectMap
        }
    }

    /// A write to a map file at `offset`, checked in map_write()'s order. The map is set whole or not at all.
    ///
    /// Who opened the file and who writes to it may differ, and both count (user_namespaces(7), "Defining user and
    /// group ID mappings").
    package func writeMap(
        _ kind: IDMapKind, _ text: [UInt8], offset: Int64, opener: Credentials, writer: Credentials
    ) throws(Refusal) {
        guard let parent else { throw Refusal(.mapOfInitialNamespace) }
        guard opener.userNamespace === self || opener.userNamespace === parent else {
            throw Refusal(.mapOpenerElsewhere)
        }
        guard offset == 0, text.count < 4096 else { throw Refusal(.mapWriteSize) }
        // Before the text is looked at: even garbage gives EPERM the second time.
        guard map(kind).isEmpty else { throw Refusal(.mapAlreadySet) }
        if kind.capability != nil, !opener.has(.sysAdmin, over: self) { throw Refusal(.mapOpenerNeedsAdmin) }

        var extents = try IDMapParser.parse(text)
        try checkPermitted(kind, extents, parent, opener, writer)

        let parentMap = parent.map(kind)
        for index in extents.indices {
            guard let global = parentMap.toGlobal(extents[index].global, count: extents[index].count) else {
                throw Refusal(.mapOutsideUnmapped)
            }
            extents[index].global = global
        }
        try chargeExtents(extents.count)
        let map = IDMap(extents: extents)
        switch kind {
        case .user: uidMap = map
        case .group: gidMap = map
        case .project: projectMap = map
        }
    }

    /// new_idmap_permitted().
    private func checkPermitted(
        _ kind: IDMapKind, _ extents: [IDMap.Extent], _ parent: UserNamespace, _ opener: Credentials,
        _ writer: Credentials
    ) throws(Refusal) {
        // verify_root_map(): only the literal 0 counts, the parent's root.
        if kind == .user, extents.contains(where: { $0.global == 0 }) {
            let allowed =
                opener.userNamespace === self
                ? parentCouldSetFileCapabilities : opener.has(.setfcap, over: parent)
            guard allowed else { throw Refusal(.mapOfRootNeedsSetfcap) }
        }
        if extents.count == 1, extents[0].count == 1, ownerUID == opener.euid {
            let id = extents[0].global
            switch kind {
            case .user where parent.kuid(UID(id)) == opener.euid: return
            case .group where !setgroupsAllowed && parent.kgid(GID(id)) == opener.egid: return
            default: break
            }
        }
        guard let capability = kind.capability else { return }
        guard writer.has(capability, over: parent), opener.has(capability, over: parent) else {
            throw Refusal(.mapNotPermitted)
        }
    }

    /// What a map file reads as for `reader`, the namespace of who opened it: the outside column is in its terms,
    /// or in the parent's terms when it is this very namespace.
    package func mapText(_ kind: IDMapKind, reader: UserNamespace) -> [UInt8] {
        let view = reader === self ? parent ?? self : reader
        let extents = map(kind).extents
        let viewMap = view.map(kind)
        var text: [UInt8] = []
        text.reserveCapacity(extents.count * 33)
        for extent in extents {
            Self.append(extent.inside, to: &text)
            text.append(0x20)
            // Only the first ID is translated; one that has no name there prints as −1, not as the overflow ID.
            Self.append(viewMap.toLocal(extent.global) ?? .max, to: &text)
            text.append(0x20)
            Self.append(extent.count, to: &text)
            text.append(0x0a)
        }
        return text
    }

    /// Decimal, right-aligned in ten columns.
    private static func append(_ number: UInt32, to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: repeatElement(0x20, count: 10))
        var value = number
        var index = start + 9
        repeat {
            text[index] = UInt8(0x30 + value % 10)
            value /= 10
            index -= 1
        } while value > 0
    }

    // MARK: /proc/[pid]/setgroups

    /// What the setgroups file reads as.
    package var setgroupsText: [UInt8] { Array((setgroupsAllowed ? "allow\n" : "deny\n").utf8) }

    /// A write to the setgroups file (proc_setgroups_write); the capability was checked at open.
    package func writeSetgroups(_ text: [UInt8], offset: Int64) throws(Refusal) {
        guard offset == 0, text.count < 8 else { throw Refusal(.setgroupsFileSyntax) }
        let seen = text.prefix { $0 != 0 }
        let allow: Bool
        let rest: ArraySlice<UInt8>
        if seen.starts(with: "allow".utf8) {
            allow = true
            rest = seen.dropFirst(5)
        } else if seen.starts(with: "deny".utf8) {
            allow = false
            rest = seen.dropFirst(4)
        } else {
            throw Refusal(.setgroupsFileSyntax)
        }
        guard rest.allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) || $0 == 0xa0 }) else {
            throw Refusal(.setgroupsFileSyntax)
        }
        if allow {
            guard setgroupsAllowed else { throw Refusal(.setgroupsAlreadyDenied) }
        } else {
            guard gidMap.isEmpty else { throw Refusal(.setgroupsAfterGIDMap) }
            setgroupsAllowed = false
        }
    }
}
