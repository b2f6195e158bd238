import LinuxABI

/// The one declarative table of system calls. The seccomp program, the trace printer, `nsentry syscalls` and
/// docs/syscalls.md come from it.
package enum SyscallTable {
    /// One entry for each `SyscallNumber`, sorted by number.
    package static let entries: [SyscallEntry] = {
        let topics = [
            pathEntries, descriptorEntries, socketEntries, memoryEntries, processEntries, identityEntries,
            signalEntries, ipcEntries, keyEntries,
            timeEntries, schedulingEntries, mountEntries, refusedEntries,
        ]
        return topics.joined().sorted { $0.number.rawValue < $1.number.rawValue }
    }()

    private static let byNumber: [SyscallEntry?] = {
        var table = [SyscallEntry?](repeating: nil, count: 512)
        for entry in entries { table[Int(entry.number.rawValue)] = entry }
        return table
    }()

    /// Nil for numbers that Linux does not have.
    package static func entry(_ number: UInt32) -> SyscallEntry? {
        number < byNumber.count ? byNumber[Int(number)] : nil
    }

    private static let continues: [Bool] = byNumber.map { entry in
        switch entry?.disposition {
        case .traced, .tracedWhen: true
        default: entry?.mayContinue ?? false
        }
    }

    /// Whether the host may ever execute the call as its task made it, once the sentry has been asked.
    package static func mayContinue(_ number: UInt32) -> Bool {
        number < continues.count && continues[Int(number)]
    }

    private static let asksHost: [Bool] = byNumber.map { entry in
        guard let entry else { return false }
        return entry.arguments.contains { [.path, .dirfd, .string, .structure(.sockaddr)].contains($0) }
    }

    /// Whether a call may have to ask the host about files: it names some.
    package static func mayAskHost(_ number: UInt32) -> Bool { number < asksHost.count && asksHost[Int(number)] }

    /// What happens to a call; numbers that Linux does not have are ENOSYS.
    package static func disposition(_ number: UInt32) -> Disposition {
        entry(number)?.disposition ?? .refused(.ENOSYS)
    }
}
