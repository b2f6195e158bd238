import Credentials
import LinuxABI

/// Sentences for `Kernel.explain`: the state behind a refusal, in global IDs and namespaces' inode numbers.
enum Explanation {
    static func name(_ namespace: any Namespace) -> String { "\(namespace.kind.name):[\(namespace.inode)]" }

    /// Why the capability walk from `credentials` to `target` failed.
    static func lacks(_ capability: Capability, _ credentials: Credentials, over target: UserNamespace) -> String {
        let own = credentials.userNamespace
        if own === target {
            return "the caller has no \(capability.name.uppercased()) in its own user namespace \(name(own))"
        }
        guard own.isAncestorOrSelf(of: target) else {
            return "the caller is in \(name(own)), which is no ancestor of \(name(target))"
        }
        var child = target
        while let parent = child.parent, parent !== own { child = parent }
        return "the caller has no \(capability.name.uppercased()) in its own \(name(own)), and its effective user "
            + "\(credentials.euid.rawValue) is not the owner \(child.ownerUID.rawValue) of \(name(child))"
    }

    /// What counted when a user namespace could not be made.
    static func userNamespace(_ refusal: Refusal, _ task: Task) -> String {
        let credentials = task.credentials
        let own = credentials.userNamespace
        switch refusal.rule {
        case Rule.userNamespaceDepth: return "\(name(own)) is at level \(own.level)"
        case Rule.userNamespaceChrooted: return "the caller's root is not that of \(name(task.mountNamespace))"
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
        case Rule.mapOpenerNeedsAdmin: return lacks(.sysAdmin, opener, over: namespace)
        case Rule.mapOfRootNeedsSetfcap:
            return opener.userNamespace === namespace
                ? "the creator of \(name(namespace)) had no CAP_SETFCAP" : lacks(.setfcap, opener, over: parent)
        case Rule.mapNotPermitted:
            let capability = kind == .user ? Capability.setuid : .setgid
            let who = kind == .user ? "user \(opener.euid.rawValue)" : "group \(opener.egid.rawValue)"
            return
                "\(name(namespace)) is owned by \(namespace.ownerUID.rawValue), the opener's effective \(who), setgroups is "
                + "\(namespace.setgroupsAllowed ? "allowed" : "denied"), and "
                + lacks(capability, writer.has(capability, over: parent) ? opener : writer, over: parent)
        case Rule.mapOutsideUnmapped: return "\(kind.fileName) of \(name(parent)) has no line that covers the range"
        default: return file
        }
    }
}
