import Credentials
import LinuxABI

/// What stands behind a FIFO's inode while it exists: a FIFO of the host, and who has it open (fifo(7)).
///
/// Bytes, end of file and SIGPIPE are the host's; the sentry keeps no end open, so all of them come when they should.
final class FIFO {
    fileprivate let file: PrivateFile
    /// Open ends, waiting ones included, and how many there ever were: an opener waits for the other count to move.
    fileprivate var readers = 0
    fileprivate var writers = 0
    fileprivate var readerOpens: UInt64 = 0
    fileprivate var writerOpens: UInt64 = 0
    fileprivate let queue = WaitQueue()
    /// What it may hold, while an end is open: until the last is closed the host keeps it as it is.
    fileprivate weak var pages: PipePages?

    init(_ tmp: TmpFS) throws(Refusal) {
        let id = tmp.allocatePrivateFile(), storage = tmp.storage
        try storageCall { () throws(Errno) in try storage.createFIFO(id) }
        file = PrivateFile(id: id, storage: storage)
    }

    /// fifo_open(): counts the new end, wakes who waits for it, and finds out whether it must wait itself.
    func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        let reads = flags.reads, writes = flags.writes
        guard reads || writes else { throw Refusal(.EINVAL) }
        let waits = !flags.contains(.nonblock)
        if writes, !reads, !waits, readers == 0 { throw Refusal(.ENXIO) }
        // A reader is one from now on, also while it waits; a writer without a reader has no host description yet.
        let known = pages, kernel = (caller as? Task)?.kernel
        let taken = known == nil ? try kernel?.takePipe() : nil
        let host = reads || readers > 0 ? try open(flags) : nil
        if taken?.isSmall == true, let host { kernel?.makeSmall(host) }
        let end = FIFOFile(path: path, flags: flags, credentials: caller.credentials, fifo: self, host: host)
        end.pages = known ?? taken?.pages
        pages = end.pages
        if waits, reads != writes {
            if reads, writers == 0 { end.awaited = writerOpens }
            if writes, readers == 0 { end.awaited = readerOpens }
        }
        if reads {
            readers += 1
            readerOpens &+= 1
        }
        if writes {
            writers += 1
            writerOpens &+= 1
        }
        if let task = caller as? Task { task.kernel.wake(queue) }
        return end
    }

    fileprivate func open(_ flags: OpenFlags) throws(Refusal) -> HostFile {
        try storageCall { () throws(Errno) in try file.storage.openFIFO(file.id, flags: flags) }
    }
}

/// An open end of a FIFO.
package final class FIFOFile: OpenFile {
    private let fifo: FIFO
    private let end: OpenFlags
    /// The count of the other side's openings that must move first; nil when nothing is waited for.
    fileprivate var awaited: UInt64?
    package fileprivate(set) var pages: PipePages?

    fileprivate init(path: Path, flags: OpenFlags, credentials: Credentials, fifo: FIFO, host: HostFile?) {
        self.fifo = fifo
        end = flags
        super.init(
            path: path, flags: flags, credentials: credentials, backing: host.map { .owned($0) } ?? .inert)
    }

    deinit {
        if end.reads { fifo.readers -= 1 }
        if end.writes { fifo.writers -= 1 }
    }

    /// What the opener must wait on before it gets its fd; nil once the other side was opened (wait_for_partner).
    package var waitQueue: WaitQueue? {
        guard let awaited else { return nil }
        return awaited == (end.reads ? fifo.writerOpens : fifo.readerOpens) ? fifo.queue : nil
    }

    /// Opens the host's end for a writer that waited.
    package func finishOpening() throws(Refusal) {
        if case .inert = backing { backing = .owned(try fifo.open(end)) }
    }
}
