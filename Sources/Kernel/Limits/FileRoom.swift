import Credentials
import LinuxABI

/// How many open file descriptions there are.
package final class FileTotal {
    package fileprivate(set) var used = 0
    package init() {}
}

/// One open file description, counted from when a task first has it until nobody has, be it a table or a socket.
package final class FileUse {
    private let total: FileTotal

    fileprivate init(_ total: FileTotal) {
        self.total = total
        total.used += 1
    }

    deinit { total.used -= 1 }
}

extension Kernel {
    private static let fileSetting = "fs/file-max"

    /// How many there may be: what /proc/sys/fs/file-max was set to, and never more than the sandbox may have.
    package var fileLimit: Int {
        let chosen = settings.values[Self.fileSetting]?.first.map { Int(clamping: $0) } ?? limits.files
        return min(chosen, limits.files)
    }

    /// alloc_empty_file(), for who is about to make `count` files. On Linux CAP_SYS_ADMIN goes past file-max; here the limit
    /// is the sandbox's own, and nobody does.
    package func checkFileRoom(_ count: Int = 1) throws(Refusal) {
        if openFiles.used + count <= fileLimit { return }
        guard fileLimit == limits.files else {
            throw refusal(.tooManyOpenFiles, "\(openFiles.used) open files, and fs.file-max was set to \(fileLimit)")
        }
        reached(.files)
        throw refusal(
            .tooManyOpenFiles,
            "the sandbox has \(openFiles.used) open files; --files raises the limit of \(limits.files)")
    }

    /// Counts `file` once, however many fds refer to it.
    package func count(_ file: OpenFile) throws(Refusal) {
        if file.use != nil { return }
        try checkFileRoom()
        file.use = FileUse(openFiles)
    }
}
