import LinuxABI

// The set*id family (kernel/sys.c). Every function converts the IDs first: one without mapping is EINVAL before any
// permission counts. The result is `self` when nothing changes.
extension Credentials {
    private func kuid(checked uid: UID) throws(Refusal) -> KUID {
        guard let kuid = userNamespace.kuid(uid) else { throw Refusal(.idUnmapped) }
        return kuid
    }

    /// Nil for −1, "leave as it is".
    private func kuid(optional uid: UID) throws(Refusal) -> KUID? {
        uid == .unchanged ? nil : try kuid(checked: uid)
    }

    private func kgid(checked gid: GID) throws(Refusal) -> KGID {
        guard let kgid = userNamespace.kgid(gid) else { throw Refusal(.idUnmapped) }
        return kgid
    }

    private func kgid(optional gid: GID) throws(Refusal) -> KGID? {
        gid == .unchanged ? nil : try kgid(checked: gid)
    }

    private var maySetUID: Bool { has(.setuid, over: userNamespace) }
    private var maySetGID: Bool { has(.setgid, over: userNamespace) }

    // MARK: Users

    /// setuid(2).
    package func settingUID(_ uid: UID) throws(Refusal) -> Credentials {
        let wanted = try kuid(checked: uid)
        let privileged = maySetUID
        guard privileged || wanted == self.uid || wanted == suid else { throw Refusal(.setuidNotPermitted) }
        return changed {
            if privileged {
                $0.uid = wanted
                $0.suid = wanted
            }
            $0.euid = wanted
            $0.fsuid = wanted
            $0.fixCapabilities(after: self)
        }
    }

    /// setreuid(2).
    package func settingUIDs(real: UID, effective: UID) throws(Refusal) -> Credentials {
        let (r, e) = (try kuid(optional: real), try kuid(optional: effective))
        if let r, r != uid, r != euid, !maySetUID { throw Refusal(.setuidNotPermitted) }
        if let e, e != uid, e != euid, e != suid, !maySetUID { throw Refusal(.setuidNotPermitted) }
        return changed {
            if let r { $0.uid = r }
            if let e { $0.euid = e }
            // The saved ID follows as soon as the task could not go back by its real one.
            if r != nil || (e != nil && e != uid) { $0.suid = $0.euid }
            $0.fsuid = $0.euid
            $0.fixCapabilities(after: self)
        }
    }

    /// setresuid(2).
    package func settingUIDs(real: UID, effective: UID, saved: UID) throws(Refusal) -> Credentials {
        let (r, e, s) = (try kuid(optional: real), try kuid(optional: effective), try kuid(optional: saved))
        if r == nil || r == uid, e == nil || (e == euid && e == fsuid), s == nil || s == suid { return self }
        func isNew(_ id: KUID?) -> Bool {
            guard let id else { return false }
            return id != uid && id != euid && id != suid
        }
        if isNew(r) || isNew(e) || isNew(s), !maySetUID { throw Refusal(.setuidNotPermitted) }
        return changed {
            if let r { $0.uid = r }
            if let e { $0.euid = e }
            if let s { $0.suid = s }
            $0.fsuid = $0.euid
            $0.fixCapabilities(after: self)
        }
    }

    /// setfsuid(2), which never fails: what is not allowed changes nothing.
    package func settingFSUID(_ uid: UID) -> Credentials {
        guard let wanted = userNamespace.kuid(uid), wanted != fsuid,
            wanted == self.uid || wanted == euid || wanted == suid || maySetUID
        else { return self }
        return changed {
            $0.fsuid = wanted
            guard !securebits.contains(.noSetuidFixup), let root = userNamespace.kuid(UID(0)) else { return }
            if fsuid == root, wanted != root { $0.effective.subtract(.fileSystem) }
            if fsuid != root, wanted == root { $0.effective.formUnion($0.permitted.intersection(.fileSystem)) }
        }
    }

    // MARK: Groups

    /// setgid(2).
    package func settingGID(_ gid: GID) throws(Refusal) -> Credentials {
        let wanted = try kgid(checked: gid)
        let privileged = maySetGID
        guard privileged || wanted == self.gid || wanted == sgid else { throw Refusal(.setgidNotPermitted) }
        return changed {
            if privileged {
                $0.gid = wanted
                $0.sgid = wanted
            }
            $0.egid = wanted
            $0.fsgid = wanted
        }
    }

    /// setregid(2).
    package func settingGIDs(real: GID, effective: GID) throws(Refusal) -> Credentials {
        let (r, e) = (try kgid(optional: real), try kgid(optional: effective))
        if let r, r != gid, r != egid, !maySetGID { throw Refusal(.setgidNotPermitted) }
        if let e, e != gid, e != egid, e != sgid, !maySetGID { throw Refusal(.setgidNotPermitted) }
        return changed {
            if let r { $0.gid = r }
            if let e { $0.egid = e }
            if r != nil || (e != nil && e != gid) { $0.sgid = $0.egid }
            $0.fsgid = $0.egid
        }
    }

    /// setresgid(2).
    package func settingGIDs(real: GID, effective: GID, saved: GID) throws(Refusal) -> Credentials {
        let (r, e, s) = (try kgid(optional: real), try kgid(optional: effective), try kgid(optional: saved))
        if r == nil || r == gid, e == nil || (e == egid && e == fsgid), s == nil || s == sgid { return self }
        func isNew(_ id: KGID?) -> Bool {
            guard let id else { return false }
            return id != gid && id != egid && id != sgid
        }
        if isNew(r) || isNew(e) || isNew(s), !maySetGID { throw Refusal(.setgidNotPermitted) }
        return changed {
            if let r { $0.gid = r }
            if let e { $0.egid = e }
            if let s { $0.sgid = s }
            $0.fsgid = $0.egid
        }
    }

    /// setfsgid(2), which never fails.
    package func settingFSGID(_ gid: GID) -> Credentials {
        guard let wanted = userNamespace.kgid(gid), wanted != fsgid,
            wanted == self.gid || wanted == egid || wanted == sgid || maySetGID
        else { return self }
        return changed { $0.fsgid = wanted }
    }

    /// may_setgroups(): setgroups(2)'s permission, which is tested before its arguments.
    package func checkSetgroups() throws(Refusal) {
        guard maySetGID else { throw Refusal(.setgroupsNeedsSetgid) }
        guard !userNamespace.gidMap.isEmpty else { throw Refusal(.setgroupsBeforeGIDMap) }
        guard userNamespace.setgroupsAllowed else { throw Refusal(.setgroupsDenied) }
    }

    /// setgroups(2) after `checkSetgroups`.
    package func settingGroups(_ groups: [GID]) throws(Refusal) -> Credentials {
        var global: [KGID] = []
        global.reserveCapacity(groups.count)
        for group in groups { global.append(try kgid(checked: group)) }
        global.sort()
        // A short list is a part of what any credentials take.
        let bytes = Footprint.array(global.count, stride: MemoryLayout<KGID>.stride)
        let charge = global.count > 32 ? try SharedCharge(userNamespace.budget, .groups, bytes) : nil
        return changed {
            $0.groups = global
            $0.groupsCharge = charge
        }
    }
}

extension Credentials.Values {
    /// cap_emulate_setxuid(): what a change of user IDs does to capabilities, where "root" is user 0 of the namespace.
    fileprivate mutating func fixCapabilities(after old: Credentials) {
        guard !old.securebits.contains(.noSetuidFixup), let root = old.userNamespace.kuid(UID(0)) else { return }
        let wasRoot = old.uid == root || old.euid == root || old.suid == root
        let isRoot = uid == root || euid == root || suid == root
        if wasRoot, !isRoot {
            if !old.securebits.contains(.keepCapabilities) {
                permitted = []
                effective = []
            }
            ambient = []
        }
        if old.euid == root, euid != root { effective = [] }
        if old.euid != root, euid == root { effective = permitted }
    }
}

extension CapabilitySet {
    /// What goes and comes with file-system user ID 0 (CAP_FS_SET).
    static let fileSystem: CapabilitySet = [
        .init(.chown), .init(.dacOverride), .init(.dacReadSearch), .init(.fowner), .init(.fsetid),
        .init(.linuxImmutable), .init(.mknod), .init(.macOverride),
    ]
}
