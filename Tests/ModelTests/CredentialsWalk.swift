import Credentials
import LinuxABI
import SentryTesting
import Testing

/// The capability walk, entering user namespaces, and what a new namespace costs.
struct CredentialsWalk {
    let initial = UserNamespace()
    var root: Credentials { .root(in: initial) }
    private func user(_ id: UInt32) -> Credentials {
        .plain(uid: id, gid: id, groups: [], capabilities: nil, initial)
    }

    @Test func walk() throws {
        let owner = user(1000)
        let child = try owner.createUserNamespace(inode: 1, isChrooted: false)
        let inside = owner.enteringUserNamespace(child)
        #expect(owner.has(.sysAdmin, over: child))
        #expect(!user(1001).has(.sysAdmin, over: child))
        #expect(root.has(.sysAdmin, over: child))
        #expect(inside.has(.sysAdmin, over: child))
        #expect(!inside.has(.sysAdmin, over: initial))
        let sibling = try owner.createUserNamespace(inode: 2, isChrooted: false)
        #expect(!inside.has(.sysAdmin, over: sibling))
        // The owner in the parent has everything below the child, too; the owner's user elsewhere has not.
        try child.writeMap(.user, Array("0 1000 1".utf8), offset: 0, opener: inside, writer: inside)
        try child.writeSetgroups(Array("deny".utf8), offset: 0)
        try child.writeMap(.group, Array("0 1000 1".utf8), offset: 0, opener: inside, writer: inside)
        let grandchild = try inside.createUserNamespace(inode: 3, isChrooted: false)
        #expect(owner.has(.kill, over: grandchild))
        #expect(!owner.enteringUserNamespace(sibling).has(.kill, over: grandchild))
    }

    @Test func entering() throws {
        let bounded = try root.droppingBounding(0).settingSecurebits(3)
        let child = try bounded.createUserNamespace(inode: 1, isChrooted: false)
        let inside = bounded.enteringUserNamespace(child)
        #expect(inside.permitted == .full && inside.effective == .full && inside.bounding == .full)
        #expect(inside.inheritable.isEmpty && inside.ambient.isEmpty && inside.securebits.isEmpty)
        #expect(inside.uid == .root)
        // The creator loses nothing by entering; somebody else's namespace is another matter.
        #expect(!bounded.commitResetsDumpable(to: inside))
        let foreign = try user(1000).createUserNamespace(inode: 2, isChrooted: false)
        #expect(root.commitResetsDumpable(to: root.enteringUserNamespace(foreign)))
    }

    @Test func depth() throws {
        var credentials = root
        var namespaces: [UserNamespace] = []
        for level in 1...33 {
            let made = try credentials.createUserNamespace(inode: UInt32(level), isChrooted: false)
            namespaces.append(made)
            let inside = credentials.enteringUserNamespace(made)
            try made.writeMap(.user, Array("0 0 10".utf8), offset: 0, opener: credentials, writer: credentials)
            try made.writeMap(.group, Array("0 0 10".utf8), offset: 0, opener: credentials, writer: credentials)
            credentials = inside
        }
        #expect(rule(credentials) == .userNamespaceDepth)
        #expect(credentials.has(.sysAdmin, over: namespaces[32]))
        #expect(root.has(.sysAdmin, over: namespaces[32]))
    }

    private func rule(_ credentials: Credentials, chrooted: Bool = false) -> Rule? {
        do throws(Refusal) {
            _ = try credentials.createUserNamespace(inode: 9, isChrooted: chrooted)
            return nil
        } catch {
            return error.rule
        }
    }

    @Test func refusals() throws {
        #expect(rule(root, chrooted: true) == .userNamespaceChrooted)
        let child = try root.createUserNamespace(inode: 1, isChrooted: false)
        let inside = root.enteringUserNamespace(child)
        #expect(rule(inside) == .userNamespaceCreatorUnmapped)
        #expect(rule(inside, chrooted: true) == .userNamespaceChrooted)
    }

    @Test func limits() throws {
        initial.limits[.user] = 1
        var first: UserNamespace? = try user(5).createUserNamespace(inode: 1, isChrooted: false)
        #expect(rule(user(5)) == .namespaceLimit)
        // Each user has its own count.
        #expect(rule(user(6)) == nil)
        #expect(initial.limits.count(.user, KUID(5)) == 1)
        withExtendedLifetime(first) {}
        first = nil
        #expect(initial.limits.count(.user, KUID(5)) == 0)
        #expect(rule(user(5)) == nil)
        // The limit binds descendants in the owner's name, and a refusal leaves no trace.
        initial.limits[.uts] = 1
        let owner = user(7)
        let child = try owner.createUserNamespace(inode: 2, isChrooted: false)
        let charge = try NamespaceCharge(.uts, user: KUID(70), in: child)
        #expect(throws: Refusal.self) { try NamespaceCharge(.uts, user: KUID(71), in: child) }
        #expect(child.limits.count(.uts, KUID(71)) == 0)
        #expect(initial.limits.count(.uts, KUID(7)) == 1)
        withExtendedLifetime(charge) {}
    }
}
