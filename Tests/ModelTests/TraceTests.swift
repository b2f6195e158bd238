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
        _ number: SyscallNumber, _ result: TraceResult, _ arguments: any SyscallArgument..., explanation: String? = nil
    ) -> String {
        let task = sentry.initTask
        let values = arguments.map { $0.register(task.memory) } + [UInt64](repeating: 0, count: 6)
        let registers = Arguments(values[0], values[1], values[2], values[3], values[4], values[5])
        let bytes = TraceLine.render(
            UInt32(number.rawValue), registers, result, explanation: explanation, task: task.task)
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
            line(.setns, .refusal(Refusal(rule)), 3, 0x1000_0000, explanation: "sum 4")
                == "[1] setns(3, CLONE_NEWUSER) = -1 EPERM (Operation not permitted) \u{2190} two-and-two: "
                + "it is not five (arithmetic(7)) [sum 4]\n")
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
