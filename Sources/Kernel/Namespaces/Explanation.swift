import Credentials
import LinuxABI

/// Sentences for `Refusal.explanation`: the state behind a refusal, in global IDs and namespaces' inode numbers.
package enum Explanation {
    /// Who asked, for refusals that explain themselves no further.
    package static func caller(_ task: Task) -> String {
        let credentials = task.credentials
        let held =
            switch credentials.effective {
            case .full: "every capability"
            case []: "no capability"
            default:
                Capability.allCases.filter(credentials.effective.has).map { $0.name.uppercased() }
                    .joined(separator: ", ")
            }
        let users = [credentials.uid, credentials.euid, credentials.suid].map { String($0.rawValue) }
        let groups = [credentials.gid, credentials.egid, credentials.sgid].map { String($0.rawValue) }
        return "the caller's real, effective and saved users are \(users.joined(separator: " ")), its groups "
            + "\(groups.joined(separator: " ")); it is in \(name(credentials.userNamespace)) with \(held)"
    }

    static func name(_ namespace: any Namespace) -> String { "\(namespace.kind.name):[\(namespace.inode)]" }

    /// Why the capability walk from the credentials of `who` to `target` failed.
    static func lacks(
        _ capability: Capability, _ credentials: Credentials, over target: UserNamespace, who: String = "the caller"
    ) -> String {
        let own = credentials.userNamespace
        let missing = "\(who) has no \(capability.name.uppercased())"
        if own === target {
            return "\(missing) in \(name(own)), its own user namespace" + ownedFromElsewhere(target, credentials)
        }
        guard own.isAncestorOrSelf(of: target) else {
            return "\(missing) in \(name(target)), which is not below \(name(own)), its own user namespace"
                + ownedFromElsewhere(target, credentials)
        }
        var child = target
        while let parent = child.parent, parent !== own { child = parent }
        return "\(missing) in \(name(own)), its own user namespace, and its effective user "
            + "\(credentials.euid.rawValue) is not the owner \(child.ownerUID.rawValue) of \(name(child))"
    }

    /// What an owner lacks who does not stand in the parent of its namespace, where alone ownership counts (cap_capable).
    private static func ownedFromElsewhere(_ target: UserNamespace, _ credentials: Credentials) -> String {
        guard let parent = target.parent, target.ownerUID == credentials.euid else { return "" }
        return "; user \(credentials.euid.rawValue) owns \(name(target)), which counts only in its parent "
            + name(parent)
    }

    /// What counted when a user namespace could not be made.
    static func userNamespace(_ refusal: Refusal, _ task: Task) -> String {
        let credentials = task.credentials
        let own = credentials.userNamespace
        switch refusal.rule {
        case Rule.userNamespaceDepth: return "\(name(own)) is at level \(own.level)"
        case Rule.userNamespaceChrooted:
            return "the caller's root is not that of \(task.mountNamespace.map { name($0) } ?? "any mount namespace")"
        case Rule.userNamespaceCreatorUnmapped:
            let missing =
                own.uid(credentials.euid) == nil
                ? "user \(credentials.euid.rawValue)" : "group \(credentials.egid.rawValue)"
            return "the caller's effective \(missing) is not in the map of \(name(own))"
        default: return "effective user \(credentials.euid.rawValue) in \(name(own))"
        }
    }

    /// What counted when a map could not be written.
    static func map(
        _ refusal: Refusal, _ kind: IDMapKind, _ namespace: UserNamespace, _ opener: Credentials, _ writer: Credentials
    ) -> String {
        let file = "\(kind.fileName) of \(name(namespace))"
        guard let parent = namespace.parent else { return "\(name(namespace)) is the initial user namespace" }
        switch refusal.rule {
        case Rule.mapOpenerElsewhere:
            return "\(file) was opened in \(name(opener.userNamespace)); its parent is \(name(parent))"
        case Rule.mapAlreadySet: return "\(file) has \(namespace.map(kind).extents.count) lines"
        case Rule.mapOpenerNeedsAdmin: return lacks(.sysAdmin, opener, over: namespace, who: "the opener")
        case Rule.mapOfRootNeedsSetfcap:
            return opener.userNamespace === namespace
                ? "the creator of \(name(namespace)) had no CAP_SETFCAP"
                : lacks(.setfcap, opener, over: parent, who: "the opener")
        case Rule.mapNotPermitted:
            let capability = kind == .user ? Capability.setuid : .setgid
            let id = kind == .user ? "user is \(opener.euid.rawValue)" : "group is \(opener.egid.rawValue)"
            let writerMay = writer.has(capability, over: parent)
            return
                "the owner of \(name(namespace)) is \(namespace.ownerUID.rawValue), the opener's effective \(id), setgroups "
                + "is \(namespace.setgroupsAllowed ? "allowed" : "denied"), and "
                + lacks(
                    capability, writerMay ? opener : writer, over: parent, who: writerMay ? "the opener" : "the writer")
        case Rule.mapOutsideUnmapped: return "\(kind.fileName) of \(name(parent)) has no line that covers the range"
        default: return file
        }
    }
}
