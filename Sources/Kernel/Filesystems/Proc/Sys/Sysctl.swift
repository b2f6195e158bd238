import Credentials
import LinuxABI

/// One setting below /proc/sys: a row of the tables in this folder's subfolders, which mirror its path.
package struct Sysctl: Sendable {
    /// Whose root owns a setting, and in which namespace its value is.
    package enum Scope: Sendable {
        /// The machine's: only global root counts, whatever its capabilities (test_perm).
        case system
        /// The PID namespace's, for its owner's root and CAP_SYS_ADMIN.
        case pid
        /// The IPC namespace's, for its owner's root.
        case ipc
        /// The IPC namespace's next identifiers, for CAP_CHECKPOINT_RESTORE.
        case ipcCheckpoint
        /// The network namespace's, for CAP_NET_ADMIN.
        case net
        /// The user namespace's, for CAP_SYS_RESOURCE.
        case user
    }

    package typealias Read = @Sendable (SysctlView) -> [UInt8]
    package typealias Write = @Sendable (SysctlView, [UInt8], Int64) throws(Refusal) -> Int

    /// Below /proc/sys, with slashes.
    let path: String
    let mode: UInt32
    let scope: Scope
    let read: Read
    let write: Write?

    init(_ path: String, _ mode: UInt32, _ scope: Scope = .system, read: @escaping Read, write: Write? = nil) {
        self.path = path
        self.mode = mode
        self.scope = scope
        self.read = read
        self.write = write
    }

    /// A text that never changes.
    static func fixed(_ path: String, _ text: String, _ scope: Scope = .system, mode: UInt32 = 0o444) -> Sysctl {
        let bytes = Array(text.utf8) + [0x0a]
        return Sysctl(path, mode, scope, read: { _ in bytes })
    }

    /// Integers that are remembered, `initial.count` of them, each in `range` (proc_dointvec_minmax).
    static func integers(
        _ path: String, _ initial: [Int64], _ scope: Scope = .system, mode: UInt32 = 0o644,
        in range: ClosedRange<Int64> = Int64(Int32.min)...Int64(Int32.max)
    ) -> Sysctl {
        Sysctl(
            path, mode, scope, read: { SysctlText.line(SysctlStore.value(path, scope, $0) ?? initial) },
            write: { view, bytes, offset throws(Refusal) in
                var values = SysctlStore.value(path, scope, view) ?? initial
                let count = try SysctlText.parse(bytes, offset, into: &values, range)
                SysctlStore.set(path, scope, view, values)
                return count
            })
    }

    /// One integer that is remembered.
    static func integer(
        _ path: String, _ initial: Int64, _ scope: Scope = .system, mode: UInt32 = 0o644,
        in range: ClosedRange<Int64> = Int64(Int32.min)...Int64(Int32.max)
    ) -> Sysctl { integers(path, [initial], scope, mode: mode, in: range) }

    /// One integer kept in the model.
    static func variable(
        _ path: String, _ scope: Scope = .system, mode: UInt32 = 0o644, in range: ClosedRange<Int64>,
        get: @escaping @Sendable (SysctlView) -> Int64,
        set: @escaping @Sendable (SysctlView, Int64) throws(Refusal) -> Void
    ) -> Sysctl {
        Sysctl(
            path, mode, scope, read: { SysctlText.line([get($0)]) },
            write: { view, bytes, offset throws(Refusal) in
                var values = [get(view)]
                let count = try SysctlText.parse(bytes, offset, into: &values, range)
                if offset == 0 { try set(view, values[0]) }
                return count
            })
    }

    /// A line of text kept in the model, of at most `limit` bytes (proc_dostring).
    static func text(
        _ path: String, _ scope: Scope = .system, limit: Int, get: @escaping @Sendable (SysctlView) -> [UInt8],
        set: @escaping @Sendable (SysctlView, [UInt8]) -> Void
    ) -> Sysctl {
        Sysctl(
            path, 0o644, scope, read: { get($0) + [0x0a] },
            write: { view, bytes, offset throws(Refusal) in
                let old = get(view)
                // A write further on adds to what is there; one beyond the end does nothing.
                guard offset >= 0, offset <= old.count else { return bytes.count }
                let line = bytes.prefix { $0 != 0 && $0 != 0x0a }
                set(view, Array((old.prefix(Int(offset)) + line).prefix(limit)))
                return bytes.count
            })
    }
}

/// Whose settings are meant: the namespaces of who opened the file, or now writes to it.
package struct SysctlView {
    package let kernel: Kernel
    package let user: UserNamespace
    package let pid: PIDNamespace
    package let uts: UTSNamespace
    package let ipc: IPCNamespace
    package let net: NetNamespace
    package let credentials: Credentials

    /// Who is no task has no namespaces of its own, and the machine's are not anybody's.
    init(_ kernel: Kernel, _ caller: any Caller) throws(Refusal) {
        guard let task = caller as? Task else { throw Refusal(.ESRCH) }
        let namespaces = try task.ownNamespaces()
        self.kernel = kernel
        user = caller.credentials.userNamespace
        pid = task.pidNamespace
        uts = namespaces.uts
        ipc = namespaces.ipc
        net = namespaces.net
        credentials = caller.credentials
    }
}

/// Where settings without a place in the model are remembered once they were written.
enum SysctlStore {
    static func value(_ path: String, _ scope: Sysctl.Scope, _ view: SysctlView) -> [Int64]? {
        switch scope {
        case .ipc, .ipcCheckpoint: view.ipc.settings[path]
        case .net: view.net.settings[path]
        case .system, .pid, .user: view.kernel.settings.values[path]
        }
    }

    static func set(_ path: String, _ scope: Sysctl.Scope, _ view: SysctlView, _ value: [Int64]) {
        switch scope {
        case .ipc, .ipcCheckpoint: view.ipc.settings[path] = value
        case .net: view.net.settings[path] = value
        case .system, .pid, .user: view.kernel.settings.values[path] = value
        }
    }
}

/// Numbers of settings as text and back.
enum SysctlText {
    static func line(_ values: [Int64]) -> [UInt8] {
        var text = TextBuffer(capacity: 24)
        for (index, value) in values.enumerated() {
            if index > 0 { text.tab() }
            text.append(Int(value))
        }
        text.newline()
        return text.bytes
    }

    /// __do_proc_dointvec(): replaces as many of `values` as the text has; returns how many bytes that took. A write
    /// that does not begin at 0 is taken and ignored (sysctl_writes_strict).
    static func parse(
        _ bytes: [UInt8], _ offset: Int64, into values: inout [Int64], _ range: ClosedRange<Int64>
    ) throws(Refusal) -> Int {
        if offset != 0 { return bytes.count }
        let text = bytes.prefix { $0 != 0 }
        var scanner = NumberScanner(text)
        var index = 0
        scanner.skipBlanks()
        while index < values.count, !scanner.isAtEnd {
            // Whatever follows a number must be blank.
            guard let value = scanner.integer(anyBase: true), scanner.next.map({ NumberScanner.isBlank($0) }) ?? true,
                range.contains(value)
            else { throw Refusal(.EINVAL) }
            values[index] = value
            index += 1
            scanner.skipBlanks()
        }
        guard index > 0 else { throw Refusal(.EINVAL) }
        return scanner.isAtEnd ? bytes.count : scanner.consumed
    }
}
