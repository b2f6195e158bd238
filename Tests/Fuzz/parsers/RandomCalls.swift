import Kernel
import LinuxABI
import SentryTesting
import Syscalls

/// Any calls with any arguments, by tasks of one kernel.
enum RandomCalls {
    private static let numbers = (0..<470).compactMap { SyscallNumber(rawValue: $0) }

    static func run(_ input: inout Input, _ sentry: TestSentry, _ first: TestTask) {
        guard let user = try? sentry.spawn(uid: 1000), let thread = try? first.thread() else { return }
        var tasks = [first, user, thread]
        let data = input.bytes + [UInt8](repeating: 0, count: 64)
        let addresses = tasks.map { task in
            let address = task.memory.allocateAtEdge(data)
            task.call(.openat, -100, "/tmp/file", 0o102, 0o666)
            task.call(.socketpair, 1, 1, 0, task.allocate(8))
            task.call(.pipe2, task.allocate(8), 0o4000)
            return address
        }
        var left = 24
        while !input.isEmpty, left > 0 {
            left -= 1
            let index = Int(input.byte()) % tasks.count
            let task = tasks[index]
            let number = numbers[Int(UInt16(input.byte()) | UInt16(input.byte()) << 8) % numbers.count]
            let arguments = (0..<6).map { _ in argument(&input, addresses[min(index, 2)], data.count) }
            if task.task.isExiting || task.isWaiting { continue }
            let made = task.call(
                number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5])
            let clones: [SyscallNumber] = [.clone, .clone3, .fork, .vfork]
            if clones.contains(number), made > 0, tasks.count < 8, let child = sentry.task(made) { tasks.append(child) }
        }
        for task in tasks where !task.task.isExiting { task.end(status: 9) }
    }

    private static func argument(_ input: inout Input, _ data: UserAddress, _ count: Int) -> UInt64 {
        let kind = input.byte(), value = input.byte()
        switch kind % 10 {
        case 0: return UInt64(value % 16)
        case 1, 2: return data.rawValue &+ UInt64(value)
        case 3: return 1 << UInt64(value % 64)
        case 4: return UInt64(bitPattern: -Int64(value))
        case 5: return UInt64(bitPattern: -100)
        case 6: return input.word()
        case 7: return data.rawValue &+ UInt64(max(count - Int(value), 0))
        case 8: return 0
        default: return UInt64(value)
        }
    }
}
