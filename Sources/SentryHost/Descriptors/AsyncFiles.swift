import CHostLinux
import Credentials
import Kernel

/// A file whose readiness the host tells the sentry by a queued signal, as it was open when O_ASYNC was set.
struct AsyncFile {
    weak var file: OpenFile?
    /// The host's siginfo names the number only; two files of one number are both told.
    let fd: Int32
}

extension HostPlatform {
    /// Makes the sentry the host's owner of the description: the host knows nothing of the model's users, so the model
    /// decides who is signalled.
    func watchReadiness(of file: OpenFile, at fd: Int32, in task: Task) {
        asyncFiles.removeAll { $0.file == nil || ($0.file === file && $0.fd == fd) }
        guard let host = try? borrow(fd, of: task), chost_own_signals(host.descriptor, tracerTID) == 0 else { return }
        asyncFiles.append(AsyncFile(file: file, fd: fd))
    }

    /// The host's signal came.
    func becameReady(fd: Int32, code: Int32, band: UInt64) {
        for entry in asyncFiles where entry.fd == fd {
            if let file = entry.file { kernel?.sendIO(file, fd: fd, code: code, band: band) }
        }
        settle()
    }

    /// The host's queue of those signals was full, and told so by a SIGIO: whoever is ready is told again.
    func someBecameReady() {
        for entry in asyncFiles {
            guard let file = entry.file, let host = try? borrow(file) else { continue }
            let events = chost_ready_events(host.descriptor)
            guard events != 0 else { continue }
            // POLL_IN, POLL_OUT and POLL_HUP (sigaction(2)).
            let code: Int32 = events & 0x1 != 0 ? 1 : events & 0x4 != 0 ? 2 : 6
            kernel?.sendIO(file, fd: entry.fd, code: code, band: UInt64(events))
        }
        settle()
    }
}
