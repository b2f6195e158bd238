import Kernel
import LinuxABI
import Syscalls

/// The part of the page of system calls that says what a task can have the host execute, from the table.
enum NativeCallsSection {
    static func markdown() -> String {
        let always = SyscallTable.entries.filter { $0.disposition == .native }
        let sometimes = SyscallTable.entries.filter {
            if case .nativeUnless = $0.disposition { return true }
            return false
        }
        let traced = SyscallTable.entries.filter {
            switch $0.disposition {
            case .traced, .tracedWhen: true
            default: false
            }
        }
        let checked = SyscallTable.entries.filter { isChecked($0) }
        var page = """

            ## What the host executes

            Of the \(SyscallTable.entries.count) calls a task's own \(always.count + sometimes.count) may reach the host's \
            kernel without nsentry hearing of them: \(always.count) with any arguments, \(sometimes.count) with some. The \
            filter sees registers alone, and every condition is one on registers. Another \(checked.count) go on to the host \
            after nsentry has looked at them, where nothing that matters is in memory. All others the host never executes as \
            a task made them.

            With any arguments: \(list(always)).

            | call | not executed when | then |
            |---|---|---|

            """
        for entry in sometimes {
            guard case .nativeUnless(let test, let otherwise) = entry.disposition else { continue }
            page += "| `\(entry.name)` | \(words(test, entry)) | \(words(otherwise, entry)) |\n"
        }
        page += "\nAfter a check: \(list(checked)).\n"
        page +=
            "\nStopped by the tracer, which lets the host execute a call of its own in their place: \(list(traced)).\n"
        return page
    }

    /// Whether the host may get a call that nsentry was asked about.
    private static func isChecked(_ entry: SyscallEntry) -> Bool {
        if case .nativeUnless = entry.disposition { return false }
        return entry.mayContinue && Dispatcher.linux.answers(entry.number)
    }

    private static func list(_ entries: [SyscallEntry]) -> String {
        entries.map { "`\($0.name)`" }.joined(separator: ", ")
    }

    private static func words(_ otherwise: Disposition.Otherwise, _ entry: SyscallEntry) -> String {
        switch otherwise {
        case .refuse(let errno): errno.description
        case .notify: entry.mayContinue ? "asked, and perhaps executed" : "answered by nsentry"
        }
    }

    private static func words(_ test: ArgumentTest, _ entry: SyscallEntry) -> String {
        var alternatives: [String] = []
        for alternative in test.alternatives {
            let text = alternative.map { words($0) }.joined(separator: " and ")
            if !alternatives.contains(text) { alternatives.append(text) }
        }
        return alternatives.joined(separator: "; or ")
    }

    /// One comparison. Arguments are counted from 1, as manual pages list them.
    private static func words(_ condition: ArgumentCondition) -> String {
        let name = "argument \(condition.index + 1)"
        let shown = hex(condition.value)
        let whole = condition.mask == .max || condition.mask == 0xffff_ffff
        let subject = whole ? name : "\(name) & \(hex(condition.mask))"
        return switch condition.comparison {
        case .equal: condition.value == 0 ? "\(subject) is 0" : "\(subject) is \(shown)"
        case .notEqual: condition.value == 0 ? "\(subject) is not 0" : "\(subject) is not \(shown)"
        case .less: "\(subject) is less than \(shown)"
        case .greaterOrEqual: "\(subject) is at least \(shown)"
        }
    }

    private static func hex(_ value: UInt64) -> String {
        value < 10 || value == SyscallTable.interceptedWriteLimit ? String(value) : "0x" + String(value, radix: 16)
    }
}
