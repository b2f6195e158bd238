import CHostLinux
import Glibc
import LinuxABI

/// Whether the host offers what a sandbox needs.
package enum HostCheck {
    package enum State: Hashable, Sendable { case good, slower, weaker, missing }

    package struct Finding: Sendable {
        package let state: State
        /// One line; for what is missing, with what to do.
        package let text: String
    }

    package static func findings() -> [Finding] {
        [
            kernelVersion(), seccompActions(), tracing(), permit(), memoryFiles(), sealedMappings(), landlock,
            architecture(), memoryLimit(),
        ]
    }

    /// The first thing that is missing.
    package static var problem: String? { findings().first { $0.state == .missing }?.text }

    private static func kernelVersion() -> Finding {
        let release = text("/proc/sys/kernel/osrelease") ?? "unknown"
        let parts = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        let version = parts.count == 2 ? (parts[0], parts[1]) : (0, 0)
        if version < (5, 19) {
            return Finding(
                state: .missing,
                text: "Linux \(release): 5.19 or newer is needed for uninterrupted seccomp notifications")
        }
        if version < (6, 6) {
            return Finding(state: .slower, text: "Linux \(release): from 6.6 on, notifications wake up faster")
        }
        return Finding(state: .good, text: "Linux \(release)")
    }

    private static func seccompActions() -> Finding {
        guard let actions = text("/proc/sys/kernel/seccomp/actions_avail") else {
            return Finding(state: .missing, text: "seccomp: the kernel has no seccomp filters (CONFIG_SECCOMP_FILTER)")
        }
        let words = actions.split(separator: " ")
        for needed in ["user_notif", "trace", "errno", "allow"] where !words.contains(Substring(needed)) {
            return Finding(state: .missing, text: "seccomp: the kernel lacks the action \(needed)")
        }
        return Finding(state: .good, text: "seccomp filters with user notification")
    }

    private static func tracing() -> Finding {
        let scope = text("/proc/sys/kernel/yama/ptrace_scope").flatMap { Int($0) } ?? 0
        if scope >= 2 {
            return Finding(
                state: .missing,
                text: "ptrace: Yama forbids tracing one's own children; set kernel.yama.ptrace_scope to 0 or 1")
        }
        return Finding(state: .good, text: "ptrace of own children (Yama scope \(scope))")
    }

    /// Tries it on a child: some calls are made only so (docs/host-layer.md, "The permit").
    private static func permit() -> Finding {
        let result = chost_permit_supported()
        if result == 0 { return Finding(state: .good, text: "calls permitted at their entry stop") }
        let why = LinuxABI.Errno(rawValue: -result).message
        return Finding(
            state: .missing,
            text: "permit: a child's call cannot be changed by ptrace: \(why); let a container's filter pass ptrace")
    }

    private static func memoryFiles() -> Finding {
        if text("/proc/sys/vm/memfd_noexec") == "2" {
            return Finding(
                state: .missing, text: "memfd: executable memory files are off; set vm.memfd_noexec to 0 or 1")
        }
        return Finding(state: .good, text: "memory files")
    }

    private static func sealedMappings() -> Finding {
        chost_sealing_supported() == 0
            ? Finding(state: .good, text: "sealed memory (mseal)")
            : Finding(
                state: .slower,
                text: "mseal: missing, so programs in time namespaces with offsets run slower (Linux 6.10 has it)")
    }

    /// The second wall. Without it a sandbox starts all the same, unless `--require-landlock` is given.
    static var landlock: Finding {
        let version = Landlock.version
        guard version > 0 else {
            return Finding(
                state: .weaker,
                text: "Landlock: missing, so that the first wall stands alone; boot with lsm=landlock,… (Linux 5.13 or "
                    + "newer), and let a container's filter pass landlock_create_ruleset")
        }
        // What each version added to refusing files by name (landlock(7)).
        let later: [(version: Int, what: String)] = [
            (2, "renames between directories"), (3, "truncation by name"), (4, "TCP"), (5, "controls of devices"),
            (6, "signals and abstract sockets"),
        ]
        let covered = ["files"] + later.filter { $0.version <= version }.map(\.what)
        let open = later.filter { $0.version > version }.map(\.what)
        let text = "Landlock, version \(version): \(covered.joined(separator: ", "))"
        if open.isEmpty { return Finding(state: .good, text: text) }
        return Finding(state: .weaker, text: "\(text); not covered: \(open.joined(separator: ", "))")
    }

    private static func architecture() -> Finding {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return Finding(state: .missing, text: "the machine's type is unknown") }
        let machine = unsafe withUnsafeBytes(of: &name.machine) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return machine == "x86_64"
            ? Finding(state: .good, text: "x86_64")
            : Finding(state: .missing, text: "\(machine): only x86_64 is supported")
    }

    /// Tries to make a cgroup.
    private static func memoryLimit() -> Finding {
        guard let cgroup = HostCgroup(memory: 1 << 30) else {
            return Finding(
                state: .good, text: "memory limit: counted by nsentry, as no memory cgroup can be made here")
        }
        cgroup.remove()
        return Finding(state: .good, text: "memory limit: by a cgroup below \(cgroup.parent), with --memory")
    }

    /// A small file's text without its line end.
    private static func text(_ path: String) -> String? {
        let file = openHost(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return readBytes(file, limit: 512).map { String(decoding: $0, as: UTF8.self).trimmed }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.last == "\n" || text.last == " " { text.removeLast() }
        return String(text)
    }
}
