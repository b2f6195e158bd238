import Credentials
import Glibc

/// What the user is told when a guest's objects have reached the sandbox's limit.
enum BudgetReport {
    /// One line on standard error, unless somebody would have to wait for it to be read.
    static func print(_ kind: BudgetKind, limit: Int) {
        var output = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&output, 1, 0) == 1, output.revents & Int16(POLLOUT) != 0 else { return }
        let line = "nsentry: the sandbox's kernel objects reached their limit of \(limit >> 20) MiB (\(kind.name))\n"
        _ = Array(line.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
