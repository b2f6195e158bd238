import Kernel
import LinuxABI
import Syscalls

/// The table of system calls as text and as a page.
enum SyscallsPage {
    /// How a call is supported, as a reader cares about it.
    enum Support: String, CaseIterable {
        case sentry = "answered by nsentry"
        case host = "run by the host"
        case refused = "refused"
        case missing = "not yet supported"
    }

    static func support(_ entry: SyscallEntry) -> Support {
        switch entry.disposition {
        case .native: .host
        case .nativeUnless(_, .refuse): .host
        case .nativeUnless(_, .notify): .host
        case .traced, .tracedWhen: .sentry
        case .emulated: Dispatcher.linux.answers(entry.number) ? .sentry : .missing
        case .refused: .refused
        }
    }

    /// Who answers, in a few words.
    static func describe(_ entry: SyscallEntry) -> String {
        switch entry.disposition {
        case .native: return "host"
        case .nativeUnless(_, .notify): return "host; nsentry for some arguments"
        case .nativeUnless(_, .refuse(let errno)): return "host; \(errno) for some operations"
        case .tracedWhen: return "nsentry"
        case .traced: return "nsentry, which has the host do a part of it"
        case .refused(let errno): return errno.description
        case .emulated where !Dispatcher.linux.answers(entry.number): return "ENOSYS: not yet supported"
        case .emulated: return entry.mayContinue ? "nsentry, or the host after a check" : "nsentry"
        }
    }

    static func text() -> String {
        SyscallTable.entries.map { entry in
            padded(String(entry.number.rawValue), 4) + padded(name(entry), 24) + describe(entry)
                + (entry.note.map { "; " + $0 } ?? "") + "\n"
        }.joined()
    }

    static func markdown() -> String {
        var page = """
            # System calls

            <!-- Made by `nsentry syscalls --markdown`; `make check` fails when it is stale. -->

            Every x86-64 system call and who answers it. "host" means that the call touches nothing but the caller's own \
            memory, threads, time, signal state and the files it was granted. Numbers that are not listed are ENOSYS, and so \
            is every call in 32-bit or x32 form.

            | number | call | answered by | note |
            |---:|---|---|---|

            """
        for entry in SyscallTable.entries {
            page += "| \(entry.number.rawValue) | `\(name(entry))` | \(describe(entry)) | \(cell(entry.note ?? "")) |\n"
        }
        return page + NativeCallsSection.markdown()
    }

    /// The part of README.md between its markers.
    static func summary() -> String {
        var text = ""
        for kind in Support.allCases {
            let entries = SyscallTable.entries.filter { support($0) == kind }
            if entries.isEmpty { continue }
            text += "**\(entries.count) system calls \(kind.rawValue)**"
            if kind == .missing { text += ": " + entries.map { "`\(name($0))`" }.joined(separator: ", ") }
            text += ".\n\n"
        }
        text += "Known limits, from the table:\n\n"
        for entry in SyscallTable.entries {
            if let note = entry.note { text += "- `\(name(entry))`: \(note)\n" }
        }
        return text
    }

    private static func name(_ entry: SyscallEntry) -> String { entry.name }
}
