import Credentials
import LinuxABI

extension Task {
    /// join_session_keyring() without a name: a new session keyring.
    @discardableResult
    package func joinSession() throws(Refusal) -> Key {
        let made = try credentials.makeSessionKeyring(in: kernel.keys)
        commit(credentials.with(session: made))
        return made
    }

    /// join_session_keyring() with a name: the keyring of that name, or a new one. Nil when it is the task's already.
    package func joinSession(named name: [UInt8]) throws(Refusal) -> Key? {
        if name.first == UInt8(ascii: ".") { throw Refusal(.keyringNameReserved) }
        let keyring: Key
        if let known = userNamespace.keyrings?.find(name, for: credentials) {
            if known === credentials.keyrings?.session { return nil }
            keyring = known
        } else {
            keyring = try kernel.keys.make(
                .keyring, name, uid: credentials.uid, gid: credentials.gid,
                [.possessorAll, .user(.view, .read, .link)], .counted, in: userNamespace)
        }
        commit(credentials.with(session: keyring))
        return keyring
    }

    /// keyctl_session_to_parent(): the parent gets the caller's session keyring.
    package func giveSessionToParent() throws(Refusal) {
        let session = try key(SpecialKey.session, for: .permission(.link)).key
        guard let parentGroup = group.parent, let parent = group.parentThread ?? parentGroup.liveThread else {
            throw Refusal(.sessionParentIsInit)
        }
        if parent.group.pid.number(in: kernel.initialPIDNamespace) <= 1 { throw Refusal(.sessionParentIsInit) }
        if parent.group.hasOtherThreads(than: parent) { throw Refusal(.sessionParentMultithreaded) }
        let theirs = parent.credentials
        if theirs.keyrings?.session === session { return }
        let (uid, gid) = (credentials.euid, credentials.egid)
        guard theirs.uid == uid, theirs.euid == uid, theirs.suid == uid,
            theirs.gid == gid, theirs.egid == gid, theirs.sgid == gid
        else { throw Refusal(.sessionParentOtherIDs) }
        if let old = theirs.keyrings?.session, old.uid != uid { throw Refusal(.sessionKeyringOfOtherUser) }
        guard session.uid == uid else { throw Refusal(.sessionKeyringOfOtherUser) }
        parent.commit(theirs.with(session: session))
    }
}
