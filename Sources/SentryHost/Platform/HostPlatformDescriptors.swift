import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

// The tasks' host tables of descriptors: what is put into them and what is taken out again. What comes out is whatever
// the task made of it, so it is compared with what went in before anything is done with it.
extension HostPlatform {
    func install(_ file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal) {
        guard let thread = hostThread(of: task) else { throw Refusal(.EBADF) }
        try install(file, at: fd, closeOnExec, thread, answers: false)
    }

    // One call of the host's installs and answers. What follows an answer elsewhere cannot follow this one: a thread that is
    // to be interrupted first is answered otherwise, texts are brought up to date before, and a trace is written in order.
    func answer(installing file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal) {
        guard let thread = hostThread(of: task) else { throw Refusal(.EBADF) }
        let answers = thread.mayBeAnswered && !isTraced && !file.needsFollowing && !lagsBehind(thread)
        if answers { refreshTexts() }
        try install(file, at: fd, closeOnExec, thread, answers: answers)
    }

    private func install(
        _ file: OpenFile, at fd: Int32, _ closeOnExec: Bool, _ thread: HostThread, answers: Bool
    ) throws(Refusal) {
        let task = thread.task
        if fd == task.files.stubNumber { try moveStub(of: thread) }
        switch file.backing {
        case .owned(let host):
            try checkOwn(host.descriptor)
            if file.flags.writes { endFileSizeExceptions() }
            try put(host.descriptor, at: fd, closeOnExec, thread, answers: answers)
            if !file.keepsHostFile {
                file.hostIdentity = host.identity ?? HostIdentity(of: host.descriptor, access: file.flags)
                file.backing = .installed
            }
        case .installed:
            let host = try borrow(file, near: task)
            try put(host.descriptor, at: fd, closeOnExec, thread, answers: answers)
        case .text:
            do throws(Refusal) {
                let host = try texts.descriptor(for: file, generation: kernel?.generation ?? 0)
                try checkOwn(host)
                file.hostIdentity = HostIdentity(of: host)
                try put(host, at: fd, closeOnExec, thread, answers: answers)
            } catch {
                guard let refusing = placeholders.refusing(error.errno) else { throw error }
                try put(refusing, at: fd, closeOnExec, thread, answers: answers)
                file.readRefusal = error
            }
        case .directory: try put(placeholders.directory, at: fd, closeOnExec, thread, answers: answers)
        case .path: try put(placeholders.path, at: fd, closeOnExec, thread, answers: answers)
        case .inert: try put(placeholders.inert, at: fd, closeOnExec, thread, answers: answers)
        }
    }

    /// The sentry keeps a few numbers to work with; the lowest free one tells whether there are enough.
    private func checkOwn(_ descriptor: Int32) throws(Refusal) {
        if descriptor >= files.descriptors.forObjects { throw Refusal(.ENFILE) }
    }

    func uninstall(_ fd: Int32, in task: Task) {
        task.files.leave(fd)
        guard let thread = hostThread(of: task) else { return }
        try? put(placeholders.path, at: fd, true, thread)
    }

    /// Installs in the thread's table; with `answers` the thread's call returns `fd` at once.
    func put(
        _ descriptor: Int32, at fd: Int32, _ closeOnExec: Bool, _ thread: HostThread, answers: Bool = false
    ) throws(Refusal) {
        let result = chost_notification_install(
            listener, thread.notification, descriptor, fd, closeOnExec ? 1 : 0, answers ? 1 : 0)
        if result < 0 { throw Refusal(LinuxABI.Errno(rawValue: -result)) }
        if answers { thread.isAnswered = true }
    }

    // The host chooses as the model does where both tables have the same numbers taken. It does not fail where its table need
    // not grow, and the limit of files is the model's, which is not above the host's.
    func hostMayCopy(to fd: Int32, in task: Task) -> Bool {
        let files = task.files
        guard files.users == 1, !isTraced, fd != files.stubNumber else { return false }
        guard let thread = hostThread(of: task), thread.mayBeAnswered, thread.lentDescriptors.isEmpty else {
            return false
        }
        return fd < FDTable.initialStubNumber || Int(fd) < files.end
    }

    /// The guest wants the number at which the loader stub sits: move the stub out of the way, to a number that nobody
    /// uses, or to one that the guest cannot have.
    private func moveStub(of thread: HostThread) throws(Refusal) {
        let files = thread.task.files
        let lent = allThreads.filter { $0.task.files === files }.flatMap(\.lentDescriptors)
        var number = files.stubNumber &+ 64
        while files[number] != nil || lent.contains(number) { number &+= 1 }
        if Int(number) >= descriptorLimit { number = Int32(clamping: descriptorLimit) }
        try put(placeholders.stub, at: number, false, thread)
        files.stubNumber = number
    }

    // MARK: Taking them out again

    func borrow(_ fd: Int32, of task: Task) throws(Refusal) -> HostFile {
        guard let file = task.files[fd] else { throw Refusal(.EBADF) }
        return try borrow(file, at: fd, of: task)
    }

    private func borrow(_ file: OpenFile, at fd: Int32, of task: Task) throws(Refusal) -> HostFile {
        if case .owned(let host) = file.backing { return host }
        guard let identity = file.hostIdentity, let thread = hostThread(of: task) else { throw Refusal(.EBADF) }
        // The thread's own table, which need not be its process's.
        let pidfd = thread.pidfd >= 0 ? thread.pidfd : chost_pidfd_open(thread.tid, thread.tgid)
        guard pidfd >= 0 else { throw Refusal(-pidfd == EMFILE ? .ENFILE : .ESRCH) }
        thread.pidfd = pidfd
        // Threads may be more than the sentry has numbers.
        defer { if pidfd >= files.descriptors.forObjects { thread.dropPIDFD() } }
        let copy = chost_pidfd_getfd(pidfd, task.files.settled(fd))
        guard copy >= 0 else { throw Refusal(copy == -EMFILE ? .ENFILE : LinuxABI.Errno(rawValue: -copy)) }
        let host = HostFile(owning: copy)
        // A call that waits may keep it.
        if copy >= files.descriptors.forCalls { throw Refusal(.ENFILE) }
        // The same file, with no more access than was given.
        guard let found = HostIdentity(of: copy), identity.admits(found) else { throw Refusal(.EBADF) }
        return host
    }

    /// The host description of a file that is open somewhere: in the caller's table first.
    func borrow(_ file: OpenFile, near task: Task) throws(Refusal) -> HostFile {
        if let fd = task.files.number(of: file) { return try borrow(file, at: fd, of: task) }
        return try borrow(file)
    }

    /// The same, from whoever has it.
    func borrow(_ file: OpenFile) throws(Refusal) -> HostFile {
        for thread in allThreads {
            if let fd = thread.task.files.number(of: file) { return try borrow(file, at: fd, of: thread.task) }
        }
        throw Refusal(.EBADF)
    }

    func reopen(_ file: OpenFile, flags: OpenFlags, for task: Task) throws(Refusal) -> HostFile {
        let host = try borrow(file, near: task)
        let kept = O_ACCMODE | O_APPEND | O_NONBLOCK | O_TRUNC | O_DIRECT
        let wanted = Int32(bitPattern: flags.rawValue) & kept | O_CLOEXEC | O_NOCTTY
        let descriptor = openHost("/proc/self/fd/\(host.descriptor)", wanted)
        guard descriptor >= 0 else { throw Refusal(LinuxABI.Errno(rawValue: errno)) }
        return HostFile(owning: descriptor)
    }

    func setFlags(_ flags: OpenFlags, of fd: Int32, in task: Task) throws(Refusal) {
        let host = try borrow(fd, of: task)
        guard fcntl(host.descriptor, F_SETFL, Int32(bitPattern: flags.rawValue)) == 0 else {
            throw Refusal(LinuxABI.Errno(rawValue: errno))
        }
    }

    // MARK: What only the host knows of one

    func descriptorInformation(_ fd: Int32, of task: Task) -> [UInt8] {
        guard let thread = hostThread(of: task) else { return [] }
        return HostProc.read("/proc/\(thread.tid)/fdinfo/\(task.files.settled(fd))")
    }

    func position(of fd: Int32, in task: Task) -> Int64 {
        guard let file = try? borrow(fd, of: task) else { return 0 }
        return max(0, Int64(lseek(file.descriptor, 0, SEEK_CUR)))
    }

    func size(of file: OpenFile, near task: Task) -> Int64? {
        guard let host = try? borrow(file, near: task) else { return nil }
        return fileStatus(host.descriptor).map { Int64($0.st_size) }
    }
}

extension HostIdentity {
    /// Nil for what is no open file. `access` spares asking for the access mode where it is known.
    init?(of descriptor: Int32, access: OpenFlags? = nil) {
        var device: UInt64 = 0, inode: UInt64 = 0
        guard unsafe chost_identity(descriptor, &device, &inode) == 0 else { return nil }
        let flags = access.map { Int32(bitPattern: $0.rawValue) } ?? fcntl(descriptor, F_GETFL)
        guard flags >= 0 else { return nil }
        self.init(
            device: device, inode: inode, access: OpenFlags(rawValue: UInt32(bitPattern: flags & O_ACCMODE)))
    }

    init(_ status: stat, access flags: Int32) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            access: OpenFlags(rawValue: UInt32(bitPattern: flags & O_ACCMODE)))
    }
}
