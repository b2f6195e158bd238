import Credentials
import LinuxABI

/// Who stands behind a socket or a message: a process and its IDs at one moment.
package final class SocketCredentials {
    /// The process; nil for nobody.
    package let pid: PID?
    package let uid: KUID
    package let gid: KGID
    package let groups: [KGID]
    private let groupsCharge: SharedCharge?

    package init(pid: PID?, uid: KUID, gid: KGID, groups: [KGID] = [], groupsCharge: SharedCharge? = nil) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.groupsCharge = groupsCharge
    }

    /// What SO_PEERCRED remembers: the effective IDs (init_peercred).
    package convenience init(peer task: Task) {
        let credentials = task.credentials
        self.init(
            pid: task.group.pid, uid: credentials.euid, gid: credentials.egid, groups: credentials.groups,
            groupsCharge: credentials.groupsCharge)
    }

    /// What a message carries when its sender attached none: the real IDs (unix_maybe_add_creds).
    package convenience init(senderOf task: Task) {
        self.init(pid: task.group.pid, uid: task.credentials.uid, gid: task.credentials.gid)
    }

    /// struct ucred as `reader` is shown it, in numbers of its own PID and user namespace; `absent` stands for IDs of nobody.
    package func bytes(for reader: Task, absent: UInt32) -> [UInt8] {
        let namespace = reader.userNamespace
        let number = pid?.number(in: reader.pidNamespace) ?? 0
        let uid = self.uid.isValid ? namespace.uidOrOverflow(self.uid).rawValue : absent
        let gid = self.gid.isValid ? namespace.gidOrOverflow(self.gid).rawValue : absent
        return LittleEndian.bytes([UInt32(bitPattern: number), uid, gid])
    }

    /// A socket without a peer, or a message without a sender.
    package static var nobody: SocketCredentials { SocketCredentials(pid: nil, uid: .invalid, gid: .invalid) }

    /// SCM_CREDENTIALS as `task` attaches it: it may only tell the truth, unless it is privileged (unix(7), scm_send).
    package convenience init(claimedPID: Int32, uid: UInt32, gid: UInt32, by task: Task) throws(Refusal) {
        let own = task.credentials
        let namespace = task.userNamespace
        guard let kuid = namespace.kuid(UID(uid)), let kgid = namespace.kgid(GID(gid)) else {
            throw Refusal(.socketCredentialsUnmapped)
        }
        // scm_check_creds
        let mayClaimPID =
            claimedPID == task.tgid || own.has(.sysAdmin, over: task.pidNamespace.owner ?? namespace)
        guard mayClaimPID else { throw Refusal(.socketCredentialsForeignPID) }
        guard kuid == own.uid || kuid == own.euid || kuid == own.suid || own.has(.setuid, over: namespace) else {
            throw Refusal(.socketCredentialsForeignUID)
        }
        guard kgid == own.gid || kgid == own.egid || kgid == own.sgid || own.has(.setgid, over: namespace) else {
            throw Refusal(.socketCredentialsForeignGID)
        }
        guard let pid = task.pidNamespace.numbers[claimedPID] else { throw Refusal(.ESRCH) }
        self.init(pid: pid, uid: kuid, gid: kgid)
    }
}
