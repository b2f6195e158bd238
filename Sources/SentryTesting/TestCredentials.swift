import Credentials
import LinuxABI

extension Credentials {
    /// All IDs 0 and every capability, in `namespace`.
    package static func root(in namespace: UserNamespace) -> Credentials {
        plain(uid: 0, gid: 0, groups: [], capabilities: nil, namespace)
    }

    /// One user and group for all four roles; capabilities default to all for user 0 and none for others.
    package static func plain(
        uid: UInt32, gid: UInt32, groups: [UInt32], capabilities: CapabilitySet?, _ namespace: UserNamespace
    ) -> Credentials {
        let (user, group) = (KUID(uid), KGID(gid))
        let held = capabilities ?? (uid == 0 ? .full : [])
        return Credentials(
            Values(
                uid: user, euid: user, suid: user, fsuid: user, gid: group, egid: group, sgid: group, fsgid: group,
                groups: groups.map { KGID($0) }.sorted(), inheritable: [], permitted: held, effective: held,
                bounding: .full, ambient: [], securebits: [], noNewPrivileges: false, userNamespace: namespace))
    }
}
