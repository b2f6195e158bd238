import Credentials
import LinuxABI

extension Task {
    /// RLIMIT_NOFILE's soft limit, as a number of fds, as far as the platform can follow.
    package var openFileLimit: Int {
        min(Int(clamping: group.limits[ResourceLimit.openFiles].soft), kernel.platform.descriptorLimit)
    }

    /// Installs `file` at the lowest free fd from `minimum`, in the host's table and in the model's; throws EMFILE.
    package func install(_ file: OpenFile, from minimum: Int32 = 0, closeOnExec: Bool) throws(Refusal) -> Int32 {
        let fd = try files.lowestFree(from: minimum, limit: openFileLimit)
        try kernel.count(file)
        try makeRoom(fd)
        try kernel.platform.install(file, at: fd, closeOnExec: closeOnExec, in: self)
        files.set(fd, file, closeOnExec: closeOnExec)
        return fd
    }

    /// Installs `file` at exactly `fd`, replacing what was there (dup2).
    package func install(_ file: OpenFile, at fd: Int32, closeOnExec: Bool) throws(Refusal) {
        try kernel.count(file)
        try makeRoom(fd)
        try kernel.platform.install(file, at: fd, closeOnExec: closeOnExec, in: self)
        files.set(fd, file, closeOnExec: closeOnExec)?.flush(by: self)
    }

    /// Takes back a number of which nobody has been told.
    package func discard(_ fd: Int32) {
        files.remove(fd)
        kernel.platform.uninstall(fd, in: self)
    }

    /// Ends a call that returns a new fd and has nothing more to do: with `file` at the lowest free one.
    package func answer(installing file: OpenFile, closeOnExec: Bool) throws(Refusal) -> Outcome {
        let fd = try files.lowestFree(limit: openFileLimit)
        return try answer(installing: file, at: fd, closeOnExec: closeOnExec)
    }

    /// The same at exactly `fd`, where nothing is.
    package func answer(installing file: OpenFile, at fd: Int32, closeOnExec: Bool) throws(Refusal) -> Outcome {
        try kernel.count(file)
        try makeRoom(fd)
        try kernel.platform.answer(installing: file, at: fd, closeOnExec: closeOnExec, in: self)
        files.set(fd, file, closeOnExec: closeOnExec)
        return .value(Int64(fd))
    }

    /// Ends a call that copies an fd of the caller's to the lowest free one from `minimum`.
    package func duplicate(_ file: OpenFile, from minimum: Int32 = 0, closeOnExec: Bool) throws(Refusal) -> Outcome {
        let fd = try files.lowestFree(from: minimum, limit: openFileLimit)
        try makeRoom(fd)
        if files.isLikeTheHosts, kernel.platform.hostMayCopy(to: fd, in: self) {
            files.setCopy(fd, file, closeOnExec: closeOnExec)
            return .continueOnHost
        }
        return try answer(installing: file, at: fd, closeOnExec: closeOnExec)
    }

    /// Ends a call that copies an fd of the caller's to exactly `fd`.
    package func duplicate(_ file: OpenFile, to fd: Int32, closeOnExec: Bool) throws(Refusal) -> Outcome {
        try makeRoom(fd)
        if kernel.platform.hostMayCopy(to: fd, in: self) {
            files.setCopy(fd, file, closeOnExec: closeOnExec)?.flush(by: self)
            return .continueOnHost
        }
        try install(file, at: fd, closeOnExec: closeOnExec)
        return .value(Int64(fd))
    }

    /// Open files are charged as they are made; here the budget must still have room, for the table as well.
    private func makeRoom(_ fd: Int32) throws(Refusal) {
        try kernel.budget.check(.openFiles)
        try files.makeRoom(fd)
    }

    /// Gives the task an fd table of its own (unshare_fd); the host's is the platform's to copy.
    package func unshareFiles() {
        guard files.users > 1 else { return }
        files.users -= 1
        files = files.copy(budget: kernel.budget)
    }
}

extension Kernel {
    /// /proc/sys/fs/nr_open.
    package var maximumFiles: UInt64 {
        settings.values["fs/nr_open"]?.first.map { UInt64(clamping: $0) } ?? 1 << 20
    }

    /// dup_fd(): a copy of a table, in whole words of 64 files, may not be larger than fs.nr_open is by now.
    func checkFilesFit(_ files: FDTable) throws(Refusal) {
        let size = (UInt64(clamping: files.end) + 63) & ~63
        guard size <= 64 || size <= maximumFiles & ~63 else { throw Refusal(.EMFILE) }
    }
}
