import Credentials
import LinuxABI

/// Host calls that only the caller's own thread can make, such as changes of its address space: how a handler ends that
/// needs some. Nothing but the caller's death keeps them from being made.
package final class HostCallSequence {
    package enum Step {
        /// mmap(2) of a host file, for writing or only for reading.
        case map(HostFile, isWritable: Bool, address: UInt64, size: UInt64, protection: UInt64, flags: UInt64)
        case unmap(Range<UInt64>)
        /// Any host call. Each structure lies in a page that no guest can write, and its address becomes the argument of
        /// that index.
        case call(SyscallNumber, Arguments, structures: [(argument: Int, bytes: [UInt8])] = [])
    }
    package let steps: [Step]
    private var completion: ((Result<UInt64, Errno>) -> Result<Int64, Errno>)?

    /// `completion` gets the last step's result, or the first failure, and makes the call's of it. A failure may be one of
    /// those with which a call ends that a signal interrupts (`Errno.ERESTARTSYS` and its kin).
    package init(_ steps: [Step], completion: @escaping (Result<UInt64, Errno>) -> Result<Int64, Errno>) {
        self.steps = steps
        self.completion = completion
    }

    /// Ends the change, once.
    package func finish(_ result: Result<UInt64, Errno>) -> Result<Int64, Errno> {
        guard let completion else { return .failure(.EINTR) }
        self.completion = nil
        return completion(result)
    }
}

/// A piece of a host file in a task's memory.
package struct MappedPiece: Sendable {
    package let range: Range<UInt64>
    /// Where in the file it begins.
    package let offset: UInt64
    package init(range: Range<UInt64>, offset: UInt64) {
        self.range = range
        self.offset = offset
    }
}
