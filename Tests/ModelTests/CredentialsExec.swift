import Credentials
import LinuxABI
import SentryTesting
import Testing

/// execve's recalculation of credentials, and security.capability.
struct CredentialsExec {
    let initial = UserNamespace()
    var root: Credentials { .root(in: initial) }
    var user: Credentials { .plain(uid: 1000, gid: 1000, groups: [7], capabilities: nil, initial) }

    private func program(
        _ mode: UInt32 = 0o755, owner: UInt32 = 0, group: UInt32 = 0, capabilities: [UInt8]? = nil,
        nosuid: Bool = false, readable: Bool = true, fileSystem: UserNamespace? = nil
    ) -> ExecTransition.Program {
        ExecTransition.Program(
            owner: VFSUID(owner), group: VFSGID(group), mode: FileMode(.regular, mode), capabilities: capabilities,
            isOnNoSetuidMount: nosuid, fileSystem: fileSystem ?? initial, isReadable: readable)
    }

    private func exec(
        _ old: Credentials, _ program: ExecTransition.Program,
        _ circumstances: ExecTransition.Circumstances = .init()
    ) throws -> ExecTransition {
        try ExecTransition(from: old, to: program, circumstances)
    }

    /// A value of revision 2, or 3 with a root.
    private func value(
        _ permitted: CapabilitySet, inheritable: CapabilitySet = [], effective: Bool, root: UInt32? = nil
    ) -> [UInt8] {
        var words: [UInt32] = [
            (root == nil ? 0x0200_0000 : 0x0300_0000) | (effective ? 1 : 0),
            UInt32(truncatingIfNeeded: permitted.rawValue), UInt32(truncatingIfNeeded: inheritable.rawValue),
            UInt32(truncatingIfNeeded: permitted.rawValue >> 32),
            UInt32(truncatingIfNeeded: inheritable.rawValue >> 32),
        ]
        if let root { words.append(root) }
        return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (UInt32($0) * 8)) } }
    }

    @Test func plain() throws {
        let mine = try exec(user, program())
        #expect(mine.credentials.permitted.isEmpty && mine.credentials.effective.isEmpty)
        #expect(!mine.isSecure && mine.isDumpable)
        let roots = try exec(root, program())
        #expect(roots.credentials.permitted == .full && roots.credentials.effective == .full)
        #expect(!roots.isSecure && roots.isDumpable)
    }

    @Test func setUserID() throws {
        let gained = try exec(user, program(0o4755))
        #expect(gained.credentials.euid == .root && gained.credentials.suid == .root)
        #expect(gained.credentials.uid == KUID(1000))
        #expect(gained.credentials.effective == .full)
        #expect(gained.isSecure && !gained.isDumpable)
        let refused = try exec(user.settingNoNewPrivileges(), program(0o4755))
        #expect(refused.credentials.euid == KUID(1000) && !refused.isSecure)
        #expect(try exec(user, program(0o4755, nosuid: true)).credentials.euid == KUID(1000))
        var shared = ExecTransition.Circumstances()
        shared.sharesFS = true
        let downgraded = try exec(user, program(0o4755), shared)
        #expect(downgraded.credentials.euid == KUID(1000) && downgraded.credentials.permitted.isEmpty)
    }

    @Test func setGroupID() throws {
        #expect(try exec(user, program(0o2755, group: 9)).credentials.egid == KGID(9))
        #expect(try exec(user, program(0o2745, group: 9)).credentials.egid == KGID(1000))
        // A group that the caller is in anyway is no change of identity.
        let known = try exec(user, program(0o2755, group: 7))
        #expect(known.credentials.egid == KGID(7) && known.isSecure)
    }

    @Test func fileCapabilities() throws {
        let net = CapabilitySet(.netRaw)
        let full = try exec(user, program(capabilities: value(net, effective: true)))
        #expect(full.credentials.permitted == net && full.credentials.effective == net)
        #expect(full.isSecure && !full.isDumpable)
        let quiet = try exec(user, program(capabilities: value(net, effective: false)))
        #expect(quiet.credentials.permitted == net && quiet.credentials.effective.isEmpty)
        let bounded = user.changed { $0.bounding = [] }
        do {
            _ = try exec(bounded, program(capabilities: value(net, effective: true)))
            Issue.record("ran without its capabilities")
        } catch let error as Refusal {
            #expect(error.rule == .execCapabilitiesIncomplete)
        }
        #expect(try exec(bounded, program(capabilities: value(net, effective: false))).credentials.permitted.isEmpty)
        let inheriting = user.changed { $0.inheritable = net }
        #expect(
            try exec(inheriting, program(capabilities: value([], inheritable: net, effective: true)))
                .credentials.effective == net)
        // no_new_privs takes the gain away but not the mark of a secure execution.
        let held = try exec(user.settingNoNewPrivileges(), program(capabilities: value(net, effective: true)))
        #expect(held.credentials.permitted.isEmpty && held.isSecure)
        #expect(throws: Refusal.self) { try exec(user, program(capabilities: [1, 2, 3])) }
        #expect(throws: Refusal.self) { try exec(user, program(capabilities: [])) }
        // Another root's capabilities are as if they were not there.
        let other = try exec(user, program(capabilities: value(net, effective: true, root: 1000)))
        #expect(other.credentials.permitted.isEmpty && !other.isSecure)
    }

    @Test func setuidRootWithFileCapabilities() throws {
        let net = CapabilitySet(.netRaw)
        let mixed = try exec(user, program(0o4755, capabilities: value(net, effective: true)))
        #expect(mixed.credentials.euid == .root && mixed.credentials.permitted == net)
    }

    @Test func ambient() throws {
        let net = CapabilitySet(.netRaw)
        let holder = user.changed {
            $0.permitted = net
            $0.inheritable = net
            $0.ambient = net
        }
        let kept = try exec(holder, program())
        #expect(kept.credentials.effective == net && kept.credentials.ambient == net && !kept.isSecure)
        #expect(try exec(holder, program(0o4755, owner: 5)).credentials.ambient.isEmpty)
        #expect(try exec(holder, program(capabilities: value([], effective: false))).credentials.ambient.isEmpty)
        // Since 6.18 a difference between real and effective IDs that was there before is none.
        let mixed = holder.changed { $0.euid = KUID(1001) }
        let result = try exec(mixed, program())
        #expect(result.credentials.ambient == net && result.isSecure && !result.isDumpable)
    }

    @Test func noRoot() throws {
        let plain = try root.settingSecurebits(1)
        #expect(try exec(plain, program()).credentials.permitted.isEmpty)
        let keeper = try root.settingKeepCapabilities(true)
        #expect(!(try exec(keeper, program()).credentials.securebits.contains(.keepCapabilities)))
    }

    @Test func inUserNamespace() throws {
        let namespace = try user.createUserNamespace(inode: 1, isChrooted: false)
        let inside = user.enteringUserNamespace(namespace)
        // Nobody is root before user 0 is mapped.
        #expect(try exec(inside, program()).credentials.permitted.isEmpty)
        try namespace.writeMap(.user, Array("0 1000 1".utf8), offset: 0, opener: inside, writer: inside)
        let rooted = try exec(inside, program())
        #expect(rooted.credentials.effective == .full && !rooted.isSecure && rooted.isDumpable)
        // The real root has no number here, so its set-user-ID bit does not count.
        #expect(try exec(inside, program(0o4755)).credentials.euid == KUID(1000))
        // Revision 3 for this namespace's root, and revision 2 of an ancestor's.
        let net = CapabilitySet(.netRaw)
        let v3 = value(net, effective: true, root: 1000)
        #expect(try exec(inside, program(capabilities: v3)).credentials.permitted == .full)
        let unreadable = try exec(inside, program(readable: false))
        #expect(!unreadable.isDumpable && unreadable.imageNamespace === initial)
        #expect(rooted.imageNamespace === namespace)
        // A file system mounted by another namespace gives nothing.
        let sibling = try user.createUserNamespace(inode: 2, isChrooted: false)
        #expect(
            try exec(user, program(0o4755, owner: 5, fileSystem: sibling)).credentials.euid == KUID(1000))
    }

    @Test func attribute() throws {
        let net = CapabilitySet(.netRaw)
        let v2 = value(net, effective: true)
        func stored(_ value: [UInt8], by caller: Credentials, owner: UInt32 = 1000) throws -> [UInt8] {
            try FileCapabilities.converted(
                settingTo: value, by: caller, owner: KUID(owner), group: KGID(1000), fileSystem: initial)
        }
        func rule(_ value: [UInt8], by caller: Credentials, owner: UInt32 = 1000) -> Rule? {
            do throws(Refusal) {
                _ = try FileCapabilities.converted(
                    settingTo: value, by: caller, owner: KUID(owner), group: KGID(1000), fileSystem: initial)
                return nil
            } catch {
                return error.rule
            }
        }
        #expect(try stored(v2, by: root) == v2)
        #expect(try stored([], by: user) == [])
        #expect(rule([1], by: user) == .fileCapabilitiesMalformed)
        #expect(rule(v2, by: user) == .fileCapabilitiesNeedSetfcap)
        let namespace = try user.createUserNamespace(inode: 1, isChrooted: false)
        let inside = user.enteringUserNamespace(namespace)
        #expect(rule(v2, by: inside) == .fileCapabilitiesNeedSetfcap)
        try namespace.writeMap(.user, Array("0 1000 1".utf8), offset: 0, opener: inside, writer: inside)
        try namespace.writeSetgroups(Array("deny".utf8), offset: 0)
        try namespace.writeMap(.group, Array("0 1000 1".utf8), offset: 0, opener: inside, writer: inside)
        let v3 = value(net, effective: true, root: 1000)
        #expect(try stored(v2, by: inside) == v3)
        #expect(rule(v2, by: inside, owner: 0) == .fileCapabilitiesNeedSetfcap)
        #expect(rule(value(net, effective: true, root: 9), by: inside) == .fileCapabilitiesRootUnmapped)
        func shown(_ value: [UInt8], in reader: UserNamespace) throws -> [UInt8] {
            try FileCapabilities.converted(reading: value, in: reader, fileSystem: initial)
        }
        #expect(try shown(v3, in: namespace) == v2)
        #expect(try shown(v3, in: initial) == v3)
        #expect(try shown(v2, in: namespace) == v2)
        let stranger = try root.createUserNamespace(inode: 2, isChrooted: false)
        #expect(throws: Refusal.self) { try shown(v3, in: stranger) }
    }
}
