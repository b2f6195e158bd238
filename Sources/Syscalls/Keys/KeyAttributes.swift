import Credentials
import Kernel
import LinuxABI

/// The operations of keyctl(2) on a key's owner, mask, time and description.
enum KeyAttributes {
    private static func key(_ task: Task, _ a: Arguments) throws(Refusal) -> Key {
        try task.key(Arguments.int(a.a1), for: .permission(.setAttributes), creating: true, partial: true).key
    }

    @Sendable static func changeOwner(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let uid = UID(Arguments.unsigned(a.a2)), gid = GID(Arguments.unsigned(a.a3))
        let newUID = uid == .unchanged ? nil : task.userNamespace.kuid(uid)
        let newGID = gid == .unchanged ? nil : task.userNamespace.kgid(gid)
        if uid != .unchanged, newUID == nil { throw Refusal(.idUnmapped) }
        if gid != .unchanged, newGID == nil { throw Refusal(.idUnmapped) }
        if newUID == nil, newGID == nil { return .success }
        try task.changeOwner(of: try key(task, a), uid: newUID, gid: newGID)
        return .success
    }

    @Sendable static func setPermissions(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let mask = KeyPermissions(rawValue: Arguments.unsigned(a.a2))
        guard mask.isSubset(of: .all) else { throw Refusal(.EINVAL) }
        try task.setPermissions(mask, of: try key(task, a))
        return .success
    }

    /// keyctl_set_timeout()
    @Sendable static func setTimeout(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let seconds = Arguments.unsigned(a.a2)
        try key(task, a).setExpiry(seconds == 0 ? nil : task.kernel.realSeconds &+ Int64(seconds))
        return .success
    }

    /// keyctl_describe_key(): `type;uid;gid;mask;description`, if all of it fits.
    @Sendable static func describe(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let key = try task.key(Arguments.int(a.a1), for: .permission(.view), partial: true).key
        let uid = task.userNamespace.uidOrOverflow(key.uid), gid = task.userNamespace.gidOrOverflow(key.gid)
        let mask = String(key.permissions.rawValue, radix: 16)
        var text = Array(key.type.name)
        // The IDs as C's int, as the kernel prints them.
        let numbers = "\(Int32(bitPattern: uid.rawValue));\(Int32(bitPattern: gid.rawValue))"
        text += Array(";\(numbers);\(String(repeating: "0", count: 8 - mask.count))\(mask);".utf8)
        text += key.description + [0]
        if a.a2 != 0, Arguments.unsigned(a.a3) >= text.count { try task.memory.store(text, at: UserAddress(a.a2)) }
        return .value(Int64(text.count))
    }

    /// keyctl_get_security() without a security module: an empty text.
    @Sendable static func securityLabel(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        do throws(Refusal) {
            _ = try task.key(Arguments.int(a.a1), for: .permission(.view), partial: true)
        } catch {
            // An authority to instantiate the key would do as well, and its lack is what is told.
            throw error.errno == .EACCES ? Refusal(.ENOKEY) : error
        }
        if a.a2 != 0, a.a3 > 0 { try task.memory.store([0], at: UserAddress(a.a2)) }
        return .value(1)
    }
}
