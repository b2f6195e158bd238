import Credentials
import Kernel
import LinuxABI

/// How a traced call ended.
package enum TraceResult {
    case value(Int64)
    case refusal(Refusal)
    /// The host executed it as it stands.
    case continued
    /// It waits; another line follows when it ends.
    case unfinished

}

/// One line of a trace, in the manner of strace(1).
package enum TraceLine {
    /// Renders a call with its decoded arguments and result, and for a refusal the rule that decided it and the
    /// state that mattered. Reads the guest's memory again, so it shows what is there now; it cannot fail.
    package static func render(
        _ number: UInt32, _ arguments: Arguments, _ result: TraceResult, task: Task
    ) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(160)
        out.append(UInt8(ascii: "["))
        out.append(text: String(task.tid))
        out.append(text: "] ")
        let entry = SyscallTable.entry(number)
        out.append(text: entry?.name ?? "syscall_\(number)")
        out.append(UInt8(ascii: "("))
        let shapes = entry?.arguments ?? [.hex, .hex, .hex, .hex, .hex, .hex]
        let printer = ArgumentPrinter(arguments: arguments, result: result, memory: task.memory)
        for (index, shape) in shown(shapes, number, arguments).enumerated() {
            if index > 0 { out.append(text: ", ") }
            printer.append(shape, arguments[index], to: &out)
        }
        out.append(UInt8(ascii: ")"))
        append(result, entry?.returns ?? .value, to: &out)
        if case .refusal(let refusal) = result, let rule = refusal.rule {
            out.append(text: " \u{2190} \(rule.id): \(rule.text) (\(rule.source))")
            if let explanation = refusal.explanation { out.append(text: " [\(explanation)]") }
        }
        out.append(UInt8(ascii: "\n"))
        return out
    }

    /// open(2) takes a mode only when it may create a file.
    private static func shown(_ shapes: [ArgumentShape], _ number: UInt32, _ arguments: Arguments) -> ArraySlice<
        ArgumentShape
    > {
        let creating: UInt64 = 0o100 | 0o20_000_000
        switch SyscallNumber(rawValue: UInt16(clamping: number)) {
        case .open where arguments.a1 & creating == 0, .openat where arguments.a2 & creating == 0:
            return shapes.dropLast()
        default: return shapes[...]
        }
    }

    private static func append(_ result: TraceResult, _ shape: ReturnShape, to out: inout [UInt8]) {
        switch result {
        case .continued: out.append(text: " = (host)")
        case .unfinished: out.append(text: " <unfinished ...>")
        case .refusal(let refusal): append(refusal.errno, to: &out)
        case .value(let value) where (-4095...(-1)).contains(value):
            append(Errno(rawValue: Int32(truncatingIfNeeded: -value)), to: &out)
        case .value(let value):
            out.append(text: " = ")
            switch shape {
            case .address, .hex: out.append(text: "0x" + String(UInt64(bitPattern: value), radix: 16))
            case .octal: out.append(text: "0" + String(value, radix: 8))
            case .never: out.append(text: "?")
            case .value, .fd, .pid: out.append(text: String(value))
            }
        }
    }

    private static func append(_ errno: Errno, to out: inout [UInt8]) {
        out.append(text: " = -1 \(errno.description) (\(errno.message))")
    }
}
