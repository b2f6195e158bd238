import LinuxABI

/// A task's credentials (credentials(7)): IDs, capabilities and the user namespace they count in.
///
/// Immutable once made: a change makes a new object, so open files and other tasks may keep the old one. Read
/// a field as `credentials.euid`; change by `credentials.changed { $0.euid = … }`.
package final class Credentials: Sendable {
    package struct Values: @unchecked Sendable {
        package var uid: KUID
        package var euid: KUID
        package var suid: KUID
        package var fsuid: KUID
        package var gid: KGID
        package var egid: KGID
        package var sgid: KGID
        package var fsgid: KGID
        /// Supplementary groups, sorted.
        package var groups: [KGID]
        /// What a long list of groups is charged for.
        package var groupsCharge: SharedCharge?
        package var inheritable: CapabilitySet
        package var permitted: CapabilitySet
        package var effective: CapabilitySet
        package var bounding: CapabilitySet
        package var ambient: CapabilitySet
        package var securebits: Securebits
        package var noNewPrivileges: Bool
        package var userNamespace: UserNamespace
        /// Nil while there are none.
        package var keyrings: Keyrings?

        package init(
            uid: KUID, euid: KUID, suid: KUID, fsuid: KUID, gid: KGID, egid: KGID, sgid: KGID, fsgid: KGID,
            groups: [KGID], inheritable: CapabilitySet, permitted: CapabilitySet, effective: CapabilitySet,
            bounding: CapabilitySet, ambient: CapabilitySet, securebits: Securebits, noNewPrivileges: Bool,
            userNamespace: UserNamespace
        ) {
            self.uid = uid
            self.euid = euid
            self.suid = suid
            self.fsuid = fsuid
            self.gid = gid
            self.egid = egid
            self.sgid = sgid
            self.fsgid = fsgid
            self.groups = groups
            self.inheritable = inheritable
            self.permitted = permitted
            self.effective = effective
            self.bounding = bounding
            self.ambient = ambient
            self.securebits = securebits
            self.noNewPrivileges = noNewPrivileges
            self.userNamespace = userNamespace
        }
    }

    private let values: Values

    package init(_ values: Values) { self.values = values }

    package var uid: KUID { values.uid }
    package var euid: KUID { values.euid }
    package var suid: KUID { values.suid }
    package var fsuid: KUID { values.fsuid }
    package var gid: KGID { values.gid }
    package var egid: KGID { values.egid }
    package var sgid: KGID { values.sgid }
    package var fsgid: KGID { values.fsgid }
    package var groups: [KGID] { values.groups }
    package var groupsCharge: SharedCharge? { values.groupsCharge }
    package var inheritable: CapabilitySet { values.inheritable }
    package var permitted: CapabilitySet { values.permitted }
    package var effective: CapabilitySet { values.effective }
    package var bounding: CapabilitySet { values.bounding }
    package var ambient: CapabilitySet { values.ambient }
    package var securebits: Securebits { values.securebits }
    package var noNewPrivileges: Bool { values.noNewPrivileges }
    package var userNamespace: UserNamespace { values.userNamespace }
    package var keyrings: Keyrings? { values.keyrings }

    /// A copy with `change` applied.
    package func changed(_ change: (inout Values) -> Void) -> Credentials {
        var copy = values
        change(&copy)
        return Credentials(copy)
    }
}

/// `PR_SET_SECUREBITS` flags (capabilities(7), "The securebits flags").
package struct Securebits: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let noRoot = Securebits(rawValue: 1 << 0)
    package static let noRootLocked = Securebits(rawValue: 1 << 1)
    package static let noSetuidFixup = Securebits(rawValue: 1 << 2)
    package static let noSetuidFixupLocked = Securebits(rawValue: 1 << 3)
    package static let keepCapabilities = Securebits(rawValue: 1 << 4)
    package static let keepCapabilitiesLocked = Securebits(rawValue: 1 << 5)
    package static let noAmbientRaise = Securebits(rawValue: 1 << 6)
    package static let noAmbientRaiseLocked = Securebits(rawValue: 1 << 7)
    package static let execRestrictFile = Securebits(rawValue: 1 << 8)
    package static let execRestrictFileLocked = Securebits(rawValue: 1 << 9)
    package static let execDenyInteractive = Securebits(rawValue: 1 << 10)
    package static let execDenyInteractiveLocked = Securebits(rawValue: 1 << 11)
}

extension Credentials {
    /// cap_capable(): whether these credentials hold `capability` over `target` (user_namespaces(7), "Capabilities").
    package func has(_ capability: Capability, over target: UserNamespace) -> Bool {
        if target === values.userNamespace { return values.effective.has(capability) }
        // Capabilities never reach upward or sideways.
        guard let owner = values.userNamespace.ownerOfChild(toward: target) else { return false }
        // The owner of a namespace, standing in its parent, has every capability over all below.
        return owner == values.euid || values.effective.has(capability)
    }

    /// Whether `group` is the file-system group or a supplementary one (in_group_p).
    package func isMember(of group: KGID) -> Bool {
        values.fsgid == group || contains(values.groups, group)
    }

    /// vfsgid_in_group_p().
    package func isMember(of group: VFSGID) -> Bool { group.isValid && isMember(of: group.kgid) }

    /// Whether `group` is the effective group or a supplementary one (in_egroup_p).
    package func isEffectiveMember(of group: KGID) -> Bool {
        values.egid == group || contains(values.groups, group)
    }

    private func contains(_ sorted: [KGID], _ group: KGID) -> Bool {
        var low = 0, high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] == group { return true }
            if sorted[middle] < group { low = middle + 1 } else { high = middle }
        }
        return false
    }
}
