import Credentials
import Kernel
import LinuxABI

/// uname(2), sethostname(2) and setdomainname(2).
enum HostnameCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .uname: uname,
        .sethostname: { (task, a) throws(Refusal) in
            let name = try newName(task, a)
            task.namespaces?.uts.hostname = name
            return .success
        },
        .setdomainname: { (task, a) throws(Refusal) in
            let name = try newName(task, a)
            task.namespaces?.uts.domainname = name
            return .success
        },
    ]

    /// __NEW_UTS_LEN; each field of struct new_utsname has a NUL more.
    private static let maximumLength = 64

    private static func uname(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let uts = try task.ownNamespaces().uts
        var bytes: [UInt8] = []
        bytes.reserveCapacity(6 * (maximumLength + 1))
        let fields: [[UInt8]] = [
            Array(KernelIdentity.system.utf8), uts.hostname, release(for: task),
            Array(KernelIdentity.version.utf8), Array(KernelIdentity.machine.utf8), uts.domainname,
        ]
        for field in fields {
            let shown = field.prefix(maximumLength)
            bytes.append(contentsOf: shown)
            bytes.append(contentsOf: repeatElement(0, count: maximumLength + 1 - shown.count))
        }
        try task.memory.store(bytes, at: UserAddress(a.a0))
        return .success
    }

    /// UNAME26 of personality(2): Linux 6.x calls itself 2.6.(60 + x) (override_release).
    private static func release(for task: Task) -> [UInt8] {
        let release = KernelIdentity.release.utf8
        guard task.personality & 0x0020000 != 0 else { return Array(release) }
        var rest = ArraySlice(release)
        var dots = 0
        while let byte = rest.first, (48...57).contains(byte) || byte == UInt8(ascii: ".") {
            if byte == UInt8(ascii: ".") { dots += 1 }
            if dots == 3 { break }
            rest.removeFirst()
        }
        return Array("2.6.\(60 + KernelIdentity.patchLevel)".utf8) + rest
    }

    /// The new name: permission first, then the length, then the bytes.
    private static func newName(_ task: Task, _ a: Arguments) throws(Refusal) -> [UInt8] {
        try task.require(.sysAdmin, over: task.namespaces?.uts.owner, .hostnameNeedsAdmin)
        let length = Arguments.int(a.a1)
        guard (0...Int32(maximumLength)).contains(length) else { throw Refusal(.EINVAL) }
        let bytes = length == 0 ? [] : try task.memory.bytes(UserAddress(a.a0), count: Int(length))
        task.kernel.generation &+= 1
        // The kernel keeps a C string.
        return Array(bytes.prefix { $0 != 0 })
    }
}
