import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls
import Testing

@Suite struct TraceTests {
    private let sentry: TestSentry

    init() throws { sentry = try TestSentry() }

    private func line(
        _ number: SyscallNumber, _ result: TraceResult, _ arguments: any SyscallArgument...
    ) -> String {
        let task = sentry.initTask
        let values = arguments.map { $0.register(task.memory) } + [UInt64](repeating: 0, count: 6)
        let registers = Arguments(values[0], values[1], values[2], values[3], values[4], values[5])
        let bytes = TraceLine.render(
            UInt32(number.rawValue), registers, result, task: task.task)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func decodesPathsAndFlags() {
        #expect(
            line(.openat, .value(3), -100, "/etc/passwd", 0o2_000_000)
                == "[1] openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3\n")
        #expect(
            line(.openat, .refusal(Refusal(.EACCES)), 5, "x\n\u{1b}", 0o102, 0o644)
                == "[1] openat(5, \"x\\n\\x1b\", O_RDWR|O_CREAT, 0644) = -1 EACCES (Permission denied)\n")
    }

    @Test func namesTheRule() {
        let rule = Rule("two-and-two", .EPERM, "it is not five", source: "arithmetic(7)")
        #expect(
            line(.setns, .refusal(Refusal(rule, explanation: "sum 4")), 3, 0x1000_0000)
                == "[1] setns(3, CLONE_NEWUSER) = -1 EPERM (Operation not permitted) \u{2190} two-and-two: "
                + "it is not five (arithmetic(7)) [sum 4]\n")
    }

    /// Refusals are thrown wherever a name is looked up in vain.
    @Test func refusalsAreTwoWords() {
        #expect(MemoryLayout<Refusal>.size <= 16 && MemoryLayout<Refusal?>.size <= 16)
    }

    @Test func explainsOnlyToListeners() throws {
        let task = sentry.initTask
        #expect(task.call(.setuid, 0) == 0 && task.call(.unshare, CloneFlags.newUser.rawValue) == 0)
        let path = "/proc/1/ns/user"
        let own = Int32(task.call(.open, path, 0))
        #expect(task.call(.setns, own, 0) == -22 && sentry.lastRule == .setnsUserIsCurrent)
        #expect(sentry.lastRefusal?.explanation == nil)
        sentry.kernel.wantsExplanations = true
        #expect(task.call(.setns, own, 0) == -22)
        #expect(sentry.lastRefusal?.explanation == "the caller is in user:[\(task.task.userNamespace.inode)]")
    }

    /// Who owns a namespace and stands beside it is told where ownership would count.
    @Test func tellsOwnersWhereTheyHaveToStand() throws {
        sentry.kernel.wantsExplanations = true
        let task = sentry.initTask
        #expect(task.call(.unshare, CloneFlags.newUser.rawValue | CloneFlags.newMount.rawValue) == 0)
        let beside = try #require(task.task.namespaces?.mount.owner)
        let root = try #require(beside.parent)
        let other = UserNamespace(
            inode: 77, parent: root, ownerUID: beside.ownerUID, ownerGID: beside.ownerGID,
            parentCouldSetFileCapabilities: true)
        task.task.commit(task.task.credentials.enteringUserNamespace(other))
        let mount = Int32(task.call(.open, "/proc/self/ns/mnt", 0))
        #expect(task.call(.setns, mount, 0) == -1 && sentry.lastRule == .setnsMountNeedsCapabilities)
        #expect(
            sentry.lastRefusal?.explanation
                == "the caller has no CAP_SYS_ADMIN in user:[\(beside.inode)], which is not below user:[77], its own user "
                + "namespace; user 0 owns user:[\(beside.inode)], which counts only in its parent user:[\(root.inode)]")
    }

    @Test func printsOtherShapes() {
        #expect(
            line(.mmap, .value(0x7000), 0, 4096, 3, 0x22, -1, 0).contains("PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANON"))
        #expect(line(.mmap, .value(0x7000), 0, 4096, 3, 0x22, -1, 0).hasSuffix(", -1, 0) = 0x7000\n"))
        #expect(line(.clone, .value(7), 0x1000_0011).hasPrefix("[1] clone(CLONE_NEWUSER|SIGCHLD, NULL"))
        #expect(line(.futex, .continued, 0, 0x81, 1).hasPrefix("[1] futex(NULL, FUTEX_WAKE_PRIVATE, 1"))
        #expect(line(.setresuid, .success, 0, -1, 5) == "[1] setresuid(0, -1, 5) = 0\n")
        #expect(line(.wait4, .unfinished, -1, 0, 1, 0) == "[1] wait4(-1, NULL, WNOHANG, NULL) <unfinished ...>\n")
        #expect(line(.kill, .success, 2, 9) == "[1] kill(2, SIGKILL) = 0\n")
        #expect(line(.getpid, .value(-3)) == "[1] getpid() = -1 ESRCH (No such process)\n")
    }

    /// Whatever registers hold, a line comes out.
    @Test func survivesNonsense() {
        var generator = SystemRandomNumberGenerator()
        let edges: [UInt64] = [0, 1, .max, .max - 1, 1 << 63, 1 << 31, 1 << 32, 0xffff_ffff, 0x1000_0000, 4096]
        for number in UInt32(0)..<600 {
            for _ in 0..<20 {
                let values = (0..<6).map { _ in edges.randomElement(using: &generator) ?? 0 }
                let registers = Arguments(values[0], values[1], values[2], values[3], values[4], values[5])
                for result in [TraceResult.value(Int64(bitPattern: values[5])), .refusal(Refusal(.EIO)), .continued] {
                    let bytes = TraceLine.render(number, registers, result, task: sentry.initTask.task)
                    #expect(bytes.last == UInt8(ascii: "\n") && bytes.count < 20000)
                }
            }
        }
    }
}

extension TraceResult {
    fileprivate static var success: TraceResult { .value(0) }
}
