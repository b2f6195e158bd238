import LinuxABI

extension Credentials {
    /// access_override_creds(): the real IDs, with the capabilities that a set-user-ID program's user would have.
    package func forAccessCheck() -> Credentials {
        // Root is user 0 of the caller's own namespace, which may number nobody so.
        let isRoot = userNamespace.kuid(UID(0)) == uid
        var effective = self.effective
        if !securebits.contains(.noSetuidFixup) { effective = isRoot ? permitted : [] }
        if fsuid == uid, fsgid == gid, self.effective == effective { return self }
        return changed { values in
            values.fsuid = values.uid
            values.fsgid = values.gid
            values.effective = effective
        }
    }
}
