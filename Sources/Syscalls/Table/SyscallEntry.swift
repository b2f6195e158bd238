import LinuxABI

/// All that is known of one system call before it is made.
package struct SyscallEntry: Sendable {
    package let number: SyscallNumber
    package let arguments: [ArgumentShape]
    package let returns: ReturnShape
    package let disposition: Disposition
    /// A handler may decide, after bookkeeping, that the host executes the call as it stands.
    package let mayContinue: Bool
    /// What differs from Linux, in one line.
    package let note: String?

    package var name: String { String(describing: number) }

    private init(
        _ number: SyscallNumber, _ arguments: [ArgumentShape], _ returns: ReturnShape, _ disposition: Disposition,
        mayContinue: Bool = false, note: String?
    ) {
        self.number = number
        self.arguments = arguments
        self.returns = returns
        self.disposition = disposition
        self.mayContinue = mayContinue
        self.note = note
    }
}

// The constructors are named after the dispositions, so that the lists of entries read as a table.
extension SyscallEntry {
    static func native(
        _ number: SyscallNumber, _ arguments: [ArgumentShape], _ returns: ReturnShape = .value, note: String? = nil
    ) -> SyscallEntry {
        SyscallEntry(number, arguments, returns, .native, note: note)
    }

    static func native(
        _ number: SyscallNumber, _ arguments: [ArgumentShape], _ returns: ReturnShape = .value,
        unless test: ArgumentTest,
        otherwise: Disposition.Otherwise = .notify, continues: Bool = true, note: String? = nil
    ) -> SyscallEntry {
        SyscallEntry(
            number, arguments, returns, .nativeUnless(test, otherwise), mayContinue: otherwise == .notify && continues,
            note: note)
    }

    static func emulated(
        _ number: SyscallNumber, _ arguments: [ArgumentShape], _ returns: ReturnShape = .value, note: String? = nil
    ) -> SyscallEntry {
        SyscallEntry(number, arguments, returns, .emulated, note: note)
    }

    /// Emulated, with the mark `mayContinue`.
    static func checked(
        _ number: SyscallNumber, _ arguments: [ArgumentShape], _ returns: ReturnShape = .value, note: String? = nil
    ) -> SyscallEntry {
        SyscallEntry(number, arguments, returns, .emulated, mayContinue: true, note: note)
    }

    static func traced(
        _ number: SyscallNumber, _ arguments: [ArgumentShape], _ returns: ReturnShape = .value, note: String? = nil
    ) -> SyscallEntry {
        SyscallEntry(number, arguments, returns, .traced, note: note)
    }

    static func tracedWhen(
        _ test: ArgumentTest, _ number: SyscallNumber, _ arguments: [ArgumentShape], _ returns: ReturnShape = .value
    ) -> SyscallEntry {
        SyscallEntry(number, arguments, returns, .tracedWhen(test), note: nil)
    }

    static func refused(
        _ number: SyscallNumber, _ arguments: [ArgumentShape], _ errno: Errno = .ENOSYS, note: String? = nil
    ) -> SyscallEntry {
        SyscallEntry(number, arguments, .value, .refused(errno), note: note)
    }
}
