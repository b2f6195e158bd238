import Credentials
import LinuxABI

/// The pages that a pipe may hold, of those that the sandbox's pipes may hold together: to the host they are all one user's,
/// who has other programs too (pipe(7), "/proc/sys/fs/pipe-user-pages-soft").
package final class PipePages {
    private let total: QuotaTotal
    private(set) var count: Int

    fileprivate init(_ count: Int, _ total: QuotaTotal) {
        self.count = count
        self.total = total
        total.used += count
    }

    /// What the host made of a change. While there are bytes in it a pipe does not always shrink, so it counts on.
    fileprivate func grow(to count: Int) {
        guard count > self.count else { return }
        total.used += count - self.count
        self.count = count
    }

    deinit { total.used -= count }
}

extension Kernel {
    /// PIPE_DEF_BUFFERS and PIPE_MIN_DEF_BUFFERS.
    private static let usualPages = 16
    private static let fewPages = 2
    private static let pageSize = 4096

    /// alloc_pipe_info(): beyond the soft limit a pipe gets few pages, which are set on the host's by one of its `ends`, and
    /// beyond half as many again there is none.
    package func takePipe() throws(Refusal) -> (pages: PipePages, isSmall: Bool) {
        let limit = platform.pipePageLimit
        if pipePages.used <= limit - Self.usualPages { return (PipePages(Self.usualPages, pipePages), false) }
        let (hard, isEndless) = limit.addingReportingOverflow(limit / 2)
        guard isEndless || pipePages.used <= hard - Self.fewPages else {
            throw Refusal(.ENFILE)
        }
        return (PipePages(Self.fewPages, pipePages), true)
    }

    /// Shrinks a new pipe on the host.
    package func makeSmall(_ end: HostFile) {
        _ = try? platform.resizePipe(end, to: UInt32(Self.fewPages * Self.pageSize))
    }

    /// pipe_set_size(): the host does it for the sentry, as a number of the task's might mean another pipe by then.
    package func resizePipe(
        _ end: HostFile, _ pages: PipePages?, to size: UInt32, by task: Task
    ) throws(Refusal) -> Int64 {
        // round_pipe_size()
        guard size <= 1 << 31 else { throw Refusal(.EINVAL) }
        var rounded = UInt32(Self.pageSize)
        while rounded < size { rounded <<= 1 }
        let wanted = Int(rounded) / Self.pageSize
        if let pages, wanted > pages.count {
            let most = settings.values["fs/pipe-max-size"]?.first ?? 1 << 20
            if Int64(rounded) > most, !task.hasGlobally(.sysResource) { throw Refusal(.EPERM) }
            // too_many_pipe_buffers_hard()
            if pipePages.used - pages.count + wanted > platform.pipePageLimit { throw Refusal(.EPERM) }
        }
        do throws(Errno) {
            let result = try platform.resizePipe(end, to: size)
            pages?.grow(to: Int(clamping: result) / Self.pageSize)
            return result
        } catch {
            throw Refusal(error)
        }
    }
}
