import Credentials
import LinuxABI
import SentryTesting
import Testing

/// The set*id family and its effect on capabilities, as pure functions.
struct CredentialsSetID {
    let initial = UserNamespace()
    var root: Credentials { .root(in: initial) }
    var user: Credentials { .plain(uid: 1000, gid: 1000, groups: [4, 5], capabilities: nil, initial) }

    private func ids(_ c: Credentials) -> [UInt32] { [c.uid, c.euid, c.suid, c.fsuid].map(\.rawValue) }
    private func rule(_ body: () throws(Refusal) -> Credentials) -> Rule? {
        do throws(Refusal) {
            _ = try body()
            return nil
        } catch {
            return error.rule
        }
    }

    @Test func setuid() throws {
        let dropped = try root.settingUID(UID(1000))
        #expect(ids(dropped) == [1000, 1000, 1000, 1000])
        #expect(dropped.permitted.isEmpty && dropped.effective.isEmpty)
        #expect(dropped.bounding == .full)
        #expect(root.commitResetsDumpable(to: dropped))
        #expect(rule { () throws(Refusal) in try user.settingUID(UID(0)) } == .setuidNotPermitted)
        #expect(rule { () throws(Refusal) in try user.settingUID(.unchanged) } == .idUnmapped)
        #expect(try ids(user.settingUID(UID(1000))) == [1000, 1000, 1000, 1000])
    }

    @Test func savedID() throws {
        let away = try root.settingUIDs(real: .unchanged, effective: UID(1000))
        #expect(ids(away) == [0, 1000, 1000, 1000])
        #expect(away.effective.isEmpty)
        #expect(away.permitted == .full)
        let back = try away.settingUIDs(real: .unchanged, effective: UID(0))
        #expect(ids(back) == [0, 0, 1000, 0])
        #expect(back.effective == .full)
    }

    @Test func setresuid() throws {
        let mixed = try root.settingUIDs(real: UID(1), effective: UID(2), saved: UID(3))
        #expect(ids(mixed) == [1, 2, 3, 2])
        #expect(mixed.permitted.isEmpty)
        let turned = try mixed.settingUIDs(real: UID(3), effective: UID(1), saved: UID(2))
        #expect(ids(turned) == [3, 1, 2, 1])
        #expect(
            rule { () throws(Refusal) in
                try mixed.settingUIDs(real: UID(4), effective: .unchanged, saved: .unchanged)
            }
                == .setuidNotPermitted)
        // Nothing to do: not even the capabilities are looked at.
        #expect(try mixed.settingUIDs(real: UID(1), effective: .unchanged, saved: UID(3)) === mixed)
    }

    @Test func keepCapabilities() throws {
        let keeper = try root.settingKeepCapabilities(true).settingUID(UID(1000))
        #expect(keeper.permitted == .full)
        #expect(keeper.effective.isEmpty)
        let fixed = try root.settingSecurebits(UInt64(Securebits.noSetuidFixup.rawValue)).settingUID(UID(1000))
        #expect(fixed.effective == .full)
    }

    @Test func fsuid() throws {
        let away = root.settingFSUID(UID(1000))
        #expect(away.fsuid == KUID(1000))
        #expect(!away.effective.has(.dacOverride) && away.effective.has(.sysAdmin))
        #expect(away.settingFSUID(UID(0)).effective == .full)
        #expect(user.settingFSUID(UID(7)).fsuid == KUID(1000))
        #expect(user.settingFSUID(.unchanged).fsuid == KUID(1000))
    }

    @Test func unmappedComesFirst() throws {
        let namespace = try user.createUserNamespace(inode: 1, isChrooted: false)
        let inside = user.enteringUserNamespace(namespace)
        #expect(rule { () throws(Refusal) in try inside.settingUID(UID(0)) } == .idUnmapped)
        #expect(rule { () throws(Refusal) in try inside.settingGID(GID(1000)) } == .idUnmapped)
        #expect(
            rule { () throws(Refusal) in
                try inside.settingUIDs(real: .unchanged, effective: .unchanged, saved: .unchanged)
            }
                == nil)
        do throws(Refusal) { try inside.checkSetgroups() } catch {
            #expect(error.rule == .setgroupsBeforeGIDMap)
        }
        #expect(inside.groups == [KGID(4), KGID(5)])
    }

    @Test func groups() throws {
        let grouped = try root.settingGroups([GID(9), GID(3), GID(9)])
        #expect(grouped.groups == [KGID(3), KGID(9), KGID(9)])
        #expect(grouped.isMember(of: KGID(9)))
        #expect(!grouped.isMember(of: KGID(4)))
        #expect(
            rule { () throws(Refusal) in try user.settingGIDs(real: GID(5), effective: .unchanged) }
                == .setgidNotPermitted)
    }

    @Test func capset() throws {
        let some: CapabilitySet = [.init(.chown), .init(.kill)]
        let less = try root.settingCapabilities(effective: [], permitted: some, inheritable: some)
        #expect(less.permitted == some && less.inheritable == some)
        func rule(_ c: Credentials, _ e: CapabilitySet, _ p: CapabilitySet, _ i: CapabilitySet) -> Rule? {
            self.rule { () throws(Refusal) in try c.settingCapabilities(effective: e, permitted: p, inheritable: i) }
        }
        #expect(rule(less, [], .full, some) == .capsetPermittedGrows)
        #expect(rule(less, .full, some, some) == .capsetEffectiveNotPermitted)
        #expect(rule(less, [], some, .full) == .capsetInheritableNotPermitted)
        let bounded = try root.droppingBounding(UInt64(Capability.sysBoot.rawValue))
        #expect(rule(bounded, .full, .full, CapabilitySet(.sysBoot)) == .capsetInheritableBounded)
        let raised = try less.raisingAmbient(.kill)
        #expect(raised.ambient == CapabilitySet(.kill))
        #expect(try raised.settingCapabilities(effective: [], permitted: some, inheritable: []).ambient.isEmpty)
        #expect(self.rule { () throws(Refusal) in try less.raisingAmbient(.sysAdmin) } == .ambientRaise)
    }

    @Test func securebits() throws {
        func rule(_ c: Credentials, _ value: UInt64) -> Rule? {
            self.rule { () throws(Refusal) in try c.settingSecurebits(value) }
        }
        #expect(rule(user, 0) == .securebitsNeedSetpcap)
        #expect(rule(user, 1) == .securebitsNeedSetpcap)
        #expect(rule(user, 0x100) == nil)
        #expect(rule(root, 0) == nil)
        #expect(rule(root, 0x1000) == .securebitsLocked)
        let locked = try root.settingSecurebits(3)
        #expect(rule(locked, 2) == .securebitsLocked)
        #expect(rule(locked, 1) == .securebitsLocked)
        #expect(rule(locked, 7) == nil)
    }
}
