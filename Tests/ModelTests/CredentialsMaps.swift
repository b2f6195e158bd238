import Credentials
import LinuxABI
import SentryTesting
import Testing

/// Map files: grammar, permission and views, as Linux 6.18 answered.
struct CredentialsMaps {
    let initial = UserNamespace()

    private func child(of parent: UserNamespace, owner: UInt32 = 0, setfcap: Bool = true) -> UserNamespace {
        UserNamespace(
            inode: 1, parent: parent, ownerUID: KUID(owner), ownerGID: KGID(owner),
            parentCouldSetFileCapabilities: setfcap)
    }

    /// The rule that refuses the text written by the initial namespace's root; nil when it is taken.
    private func refusal(_ text: [UInt8]) -> Rule? {
        let root = Credentials.root(in: initial)
        do throws(Refusal) {
            try child(of: initial).writeMap(.user, text, offset: 0, opener: root, writer: root)
            return nil
        } catch {
            return error.rule
        }
    }

    @Test(arguments: [
        "0 0 1", "0 0 1\n", "  0   0\t1  \n", "00 0 01", "4294967296 0 1", "0 0 4294967295", "4294967294 0 1",
        "0 0 1\r\n", "0 0 1\n1 1 1", "010 0 1", "18446744073709551616 0 1", "0 0 1\0junk", "0\u{b}0\u{c}1",
    ])
    func taken(_ text: String) {
        #expect(refusal(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        "", "\n", "0 0", "\n0 0 1", "0 0 1\n\n", "0 0 1\n\n1 1 1", "0 0 1 x", "0 0 1x", "+0 0 1", "-1 0 1", "0x0 0 1",
        "0,0,1", "0 0 1 1", " ", "\0", "0 0 1\n ",
    ])
    func syntax(_ text: String) {
        #expect(refusal(Array(text.utf8)) == .mapSyntax)
    }

    @Test(arguments: [
        "0 0 0", "4294967295 0 1", "0 4294967295 1", "1 1 4294967295", "4294967294 0 2", "0 4294967294 2", "0 0 ",
    ])
    func range(_ text: String) {
        #expect(refusal(Array(text.utf8)) == .mapRange)
    }

    @Test(arguments: ["0 0 1\n0 1 1", "0 0 1\n1 0 1", "0 0 10\n9 20 1", "5 0 1\n0 10 6", "10 5 5\n0 0 6"])
    func overlap(_ text: String) {
        #expect(refusal(Array(text.utf8)) == .mapOverlap)
    }

    @Test func sizes() {
        let line: (Int) -> String = { "\($0 * 2) \($0 * 2) 1\n" }
        #expect(refusal(Array((0..<340).map(line).joined().utf8)) == nil)
        #expect(refusal(Array((0..<341).map(line).joined().utf8)) == .mapTooManyLines)
        let padded = [UInt8](repeating: 0x20, count: 4090) + Array("0 0 1".utf8)
        #expect(refusal(padded) == nil)
        #expect(refusal([0x20] + padded) == .mapWriteSize)
        #expect(refusal([UInt8](repeating: 0x20, count: 4096)) == .mapWriteSize)
    }

    @Test func wrappingNumbers() throws {
        let namespace = child(of: initial)
        let root = Credentials.root(in: initial)
        try namespace.writeMap(.user, Array("4294967301 7 1".utf8), offset: 0, opener: root, writer: root)
        #expect(namespace.kuid(UID(5)) == KUID(7))
        #expect(namespace.uid(KUID(7)) == UID(5))
        #expect(namespace.kuid(UID(4)) == nil)
        #expect(namespace.uidOrOverflow(KUID(8)) == .overflow)
    }

    @Test func order() throws {
        let root = Credentials.root(in: initial)
        let text = Array("0 0 1".utf8)
        let garbage = Array("x".utf8)
        func rule(
            _ namespace: UserNamespace, _ text: [UInt8], opener: Credentials, writer: Credentials? = nil,
            kind: IDMapKind = .user, offset: Int64 = 0
        ) -> Rule? {
            do throws(Refusal) {
                try namespace.writeMap(kind, text, offset: offset, opener: opener, writer: writer ?? opener)
                return nil
            } catch {
                return error.rule
            }
        }
        #expect(rule(initial, garbage, opener: root) == .mapOfInitialNamespace)
        let grandparent = child(of: initial)
        let parent = child(of: grandparent)
        #expect(rule(parent, garbage, opener: root, offset: 5) == .mapOpenerElsewhere)
        #expect(rule(grandparent, garbage, opener: root, offset: 5) == .mapWriteSize)
        #expect(rule(grandparent, garbage, opener: root) == .mapSyntax)
        #expect(rule(grandparent, text, opener: root) == nil)
        #expect(rule(grandparent, garbage, opener: root) == .mapAlreadySet)
        // Nothing but user 0 is mapped in the middle, so nothing else can be below.
        let inside = root.enteringUserNamespace(grandparent)
        #expect(rule(parent, Array("0 0 2".utf8), opener: inside) == .mapOutsideUnmapped)
        #expect(rule(parent, Array("0 1 1".utf8), opener: inside) == .mapOutsideUnmapped)
        #expect(rule(parent, text, opener: inside) == nil)
        let stranger = Credentials.plain(uid: 1000, gid: 1000, groups: [], capabilities: nil, initial)
        let fresh = child(of: initial)
        #expect(rule(fresh, garbage, opener: stranger) == .mapOpenerNeedsAdmin)
        // Project maps ask nobody.
        #expect(rule(fresh, Array("0 5 10".utf8), opener: stranger, kind: .project) == nil)
        // Opener and writer both count.
        let wide = Array("0 1 5".utf8)
        #expect(rule(fresh, wide, opener: root, writer: stranger) == .mapNotPermitted)
        #expect(rule(fresh, wide, opener: root) == nil)
    }

    @Test func ownID() throws {
        let user = Credentials.plain(uid: 1000, gid: 100, groups: [], capabilities: nil, initial)
        let namespace = try user.createUserNamespace(inode: 1, isChrooted: false)
        let inside = user.enteringUserNamespace(namespace)
        func rule(_ kind: IDMapKind, _ text: String, opener: Credentials? = nil) -> Rule? {
            do throws(Refusal) {
                try namespace.writeMap(
                    kind, Array(text.utf8), offset: 0, opener: opener ?? inside, writer: opener ?? inside)
                return nil
            } catch {
                return error.rule
            }
        }
        #expect(rule(.user, "0 1001 1") == .mapNotPermitted)
        #expect(rule(.user, "0 1000 2") == .mapNotPermitted)
        #expect(rule(.user, "0 0 1") == .mapOfRootNeedsSetfcap)
        #expect(rule(.user, "0 1000 1\n") == nil)
        #expect(rule(.group, "0 100 1") == .mapNotPermitted)
        try namespace.writeSetgroups(Array("deny  \n".utf8), offset: 0)
        #expect(rule(.group, "0 100 1", opener: user) == nil)
        #expect(
            String(decoding: namespace.mapText(.user, reader: namespace), as: UTF8.self)
                == "         0       1000          1\n")
        #expect(String(decoding: namespace.setgroupsText, as: UTF8.self) == "deny\n")
    }

    @Test func rootMapNeedsSetfcap() {
        let root = Credentials.root(in: initial)
        let namespace = child(of: initial, setfcap: false)
        let inside = root.enteringUserNamespace(namespace)
        #expect(throws: Refusal.self) {
            try namespace.writeMap(.user, Array("0 0 1".utf8), offset: 0, opener: inside, writer: inside)
        }
    }

    @Test func views() throws {
        let root = Credentials.root(in: initial)
        let namespace = child(of: initial)
        try namespace.writeMap(.user, Array("10 0 5\n0 20 5\n".utf8), offset: 0, opener: root, writer: root)
        let own = "        10          0          5\n         0         20          5\n"
        #expect(String(decoding: namespace.mapText(.user, reader: namespace), as: UTF8.self) == own)
        #expect(String(decoding: namespace.mapText(.user, reader: initial), as: UTF8.self) == own)
        #expect(
            String(decoding: initial.mapText(.user, reader: namespace), as: UTF8.self)
                == "         0         10 4294967295\n")
        #expect(
            String(decoding: initial.mapText(.user, reader: initial), as: UTF8.self)
                == "         0          0 4294967295\n")
        let empty = child(of: initial)
        #expect(
            String(decoding: namespace.mapText(.user, reader: empty), as: UTF8.self).hasPrefix(
                "        10 4294967295          5\n"))
    }

    @Test func readOrder() throws {
        let root = Credentials.root(in: initial)
        func firsts(_ count: Int) throws -> [UInt32] {
            let namespace = child(of: initial)
            let text = (0..<count).map { "\((count - $0) * 10) \($0) 1\n" }.joined()
            try namespace.writeMap(.user, Array(text.utf8), offset: 0, opener: root, writer: root)
            return namespace.uidMap.extents.map(\.inside)
        }
        #expect(try firsts(5) == [50, 40, 30, 20, 10])
        #expect(try firsts(6) == [10, 20, 30, 40, 50, 60])
    }

    @Test func setgroupsFile() throws {
        func rule(_ namespace: UserNamespace, _ text: String) -> Rule? {
            do throws(Refusal) {
                try namespace.writeSetgroups(Array(text.utf8), offset: 0)
                return nil
            } catch {
                return error.rule
            }
        }
        let namespace = child(of: initial)
        for text in ["", "x", "denyx", "deny x", "denyallow", "allow   "] {
            #expect(rule(namespace, text) == .setgroupsFileSyntax, "\(text)")
        }
        #expect(rule(namespace, "allow") == nil)
        #expect(rule(namespace, "deny") == nil)
        #expect(rule(namespace, "deny") == nil)
        #expect(rule(namespace, "allow") == .setgroupsAlreadyDenied)
        #expect(rule(initial, "allow") == nil)
        #expect(rule(initial, "deny") == .setgroupsAfterGIDMap)
        #expect(child(of: namespace).setgroupsAllowed == false)
    }

    @Test func translationOfManyExtents() {
        // Inside ascends while outside descends, with gaps on both sides.
        let extents = (0..<340).map {
            IDMap.Extent(inside: UInt32($0) * 100, global: UInt32(1_000_000 - $0 * 100), count: 50)
        }
        let map = IDMap(extents: extents.shuffled())
        for (index, extent) in extents.enumerated() {
            #expect(map.toGlobal(extent.inside) == extent.global)
            #expect(map.toGlobal(extent.inside + 49) == extent.global + 49)
            #expect(map.toGlobal(extent.inside + 50) == nil, "\(index)")
            #expect(map.toLocal(extent.global + 7) == extent.inside + 7)
            #expect(map.toLocal(extent.global + 50) == nil)
        }
        #expect(map.toGlobal(.max) == nil)
        #expect(IDMap.identity.toGlobal(.max) == nil)
        #expect(IDMap.identity.toGlobal(4_294_967_294) == 4_294_967_294)
    }
}
