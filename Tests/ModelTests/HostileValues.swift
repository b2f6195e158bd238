import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls
import Testing

/// Values that no honest program gives, and what they may not reach.
@Suite struct HostileValues {
    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

    @Test func theLoadersPagesAreInherited() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let page: UInt64 = 4096, sealed: UInt64 = 0x7dff_0000_0000, stub: UInt64 = 0x7e00_0000_0000
        for advice in [10, 18] {
            for (start, length) in [
                (sealed, page), (sealed + 0x1f_f000, 1), (sealed - page, page + 1), (stub, page), (0, UInt64(1) << 47),
                (stub - page, 2 * page), (stub | 0x7e00_0000_0000_0000, page), (sealed | 0x0200_0000_0000_0000, page),
                (stub, UInt64.max), (1 << 60, UInt64.max - 4095),
            ] {
                #expect(task.call(.madvise, start, length, advice) == failed(.EINVAL), "\(start) \(length)")
            }
            for (start, length) in [
                (sealed - page, page), (sealed + 0x20_0000, page), (stub + page, page), (stub - page, page),
                (page, UInt64(0)), (stub, 0),
            ] { #expect(task.call(.madvise, start, length, advice) == 0, "\(start) \(length)") }
        }
    }

    @Test func hugeCountsAreRefused() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let place = task.allocate(64)
        #expect(throws: Refusal.self) { try task.task.memory.bytes(place, count: .max) }
        sentry.kernel.initialNamespaces.ipc.settings["kernel/sem"] = [
            Int64(Int32.max), Int64(Int32.max), Int64(Int32.max), 32000,
        ]
        #expect(task.call(.semget, 5, Int32.max, 0o1600) == failed(.ENOMEM))
        let set = task.call(.semget, 6, 1, 0o1600)
        #expect(task.call(.semop, set, place, UInt64(Int32.max)) == failed(.ENOMEM))
    }

    /// No handler lets the host execute what the table does not say.
    @Test func onlyMarkedCallsGoOn() {
        for number: UInt32 in [46, 47, 44, 45, 222, 226, 228, 306] {
            #expect(!SyscallTable.mayContinue(number), "\(number)")
        }
        for number: UInt32 in [3, 16, 28, 32, 33, 72, 230, 292] {
            #expect(SyscallTable.mayContinue(number), "\(number)")
        }
        #expect(!SyscallTable.mayContinue(.max))
    }

    // MARK: Everything at once

    /// SplitMix64: the same numbers in every run.
    private struct Numbers {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
        mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
    }

    private static let extremes: [UInt64] = [
        0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 63, 64, 65, 127, 128, 255, 256, 4095, 4096, 65535, 65536, 1 << 20, 1 << 30,
        1 << 31, (1 << 31) - 1, (1 << 32) - 1, 1 << 32, 1 << 47, 0x7fff_ffff_f000, 1 << 62, (1 << 63) - 1, 1 << 63,
        .max,
        .max - 1, .max - 4095, UInt64(bitPattern: -100), UInt64(bitPattern: -22),
    ]
    private static let strings = [
        "", ".", "..", "/", "/tmp", "/tmp/a", "/tmp/a/b", "/proc/self/status", "/proc/self/fd/3", "/proc/self/ns/user",
        "/proc/1/root", "/proc/sys/kernel/sem", "/proc/self/uid_map", "/proc/self/timens_offsets",
        "/proc/self/fdinfo/3",
        "/proc/sys/kernel/hostname", "user.x", "security.capability", "keyring", "user", "/queue",
        String(repeating: "x", count: 300), String(repeating: "a/", count: 2100),
    ]
    /// Each is fed one after the other to the same tasks, so that later ones find what earlier ones made.
    private static let numbers = SyscallTable.entries.map(\.number).filter {
        Dispatcher.linux.answers($0) || [.clone, .clone3, .fork, .vfork, .execve, .execveat].contains($0)
    }

    /// A page with words that may be sizes, pointers into it, or small numbers.
    private func fill(_ task: TestTask, _ numbers: inout Numbers, at page: UserAddress) {
        for offset in stride(from: 0, to: 4096, by: 8) {
            let word: UInt64 =
                switch numbers.below(6) {
                case 0: page.rawValue + UInt64(numbers.below(4096))
                case 1: numbers.pick(Self.extremes)
                case 2: UInt64(numbers.below(64))
                case 3: numbers.next()
                case 4: UInt64(numbers.below(5)) << 32 | UInt64(numbers.below(5))
                default: 0
                }
            try? task.task.memory.store(word, at: page.advanced(by: offset))
        }
    }

    @Test(arguments: 1...4) func nothingTraps(seed: UInt64) throws {
        var numbers = Numbers(state: seed)
        for _ in 0..<4 {
            let sentry = try TestSentry()
            sentry.platform.socketsSeemToCarry = true
            var tasks: [TestTask] = []
            for step in 0..<1500 {
                tasks.removeAll { $0.task.isDead }
                if tasks.count < 3 || step % 200 == 0 {
                    tasks.append(try sentry.spawn(uid: numbers.pick([0, 0, 1000])))
                    if numbers.below(2) == 0, let last = tasks.last { tasks.append(try last.thread()) }
                }
                let task = numbers.pick(tasks)
                // A signal ends its wait.
                sentry.kernel.unpark(task.task)
                let page = task.allocate(8192)
                fill(task, &numbers, at: page)
                let arguments = (0..<6).map { _ -> UInt64 in
                    switch numbers.below(7) {
                    case 0: numbers.pick(Self.extremes)
                    case 1: page.rawValue
                    case 2: page.rawValue + UInt64(numbers.below(4096))
                    case 3: (numbers.pick(Self.strings) as any SyscallArgument).register(task.memory)
                    case 4: UInt64(numbers.below(12))
                    case 5: UInt64(numbers.below(200))
                    default: numbers.below(2) == 0 ? UInt64(numbers.below(16)) << numbers.below(32) : 0
                    }
                }
                let number = numbers.pick(Self.numbers)
                _ = task.call(
                    number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5])
                sentry.kernel.deadlinePassed(numbers.pick(tasks).task)
            }
        }
    }
}
