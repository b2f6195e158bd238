import Credentials
import Kernel
import LinuxABI

/// shmat(2) and shmdt(2): what is mapped where; the caller makes the mapping itself.
enum SharedMemoryAttach {
    private static let readOnly: UInt32 = 0o10000
    private static let rounds: UInt32 = 0o20000
    private static let replaces: UInt32 = 0o40000
    private static let executes: UInt32 = 0o100000
    private static let pageMask: UInt64 = 4095

    /// do_shmat().
    @Sendable static func attach(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let id = Arguments.int(a.a0), flags = Arguments.unsigned(a.a2)
        guard id >= 0 else { throw Refusal(.EINVAL) }
        let isReplacing = flags & replaces != 0
        var address: UInt64?
        if a.a1 != 0 {
            var given = a.a1
            if given & pageMask != 0 {
                guard flags & rounds != 0 else { throw Refusal(.EINVAL) }
                given &= ~pageMask
                if given == 0, isReplacing { throw Refusal(.EINVAL) }
            }
            address = given
        } else if isReplacing {
            throw Refusal(.EINVAL)
        }
        let isWritable = flags & readOnly == 0, isExecutable = flags & executes != 0
        let segment = try SharedMemoryCalls.segment(id, try task.ipcNamespace(), task.kernel)
        try segment.check(0o444 | (isWritable ? 0o222 : 0) | (isExecutable ? 0o111 : 0), by: task)
        if let address, !isReplacing, address.addingReportingOverflow(segment.size).overflow { throw Refusal(.EINVAL) }
        return .callHost(
            try segment.attach(
                task, address: address, replaces: isReplacing, isWritable: isWritable, isExecutable: isExecutable))
    }

    /// ksys_shmdt(): the first piece whose segment would begin at the address tells the segment; all its pieces go that
    /// are where that attach put them.
    @Sendable static func detach(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let address = a.a0
        guard address & pageMask == 0 else { throw Refusal(.EINVAL) }
        var found: (segment: SharedSegment, pieces: [MappedPiece])?
        for segment in task.image.attachedSegments {
            guard let memory = segment.memory else { continue }
            let pieces = task.kernel.platform.mappings(of: memory, in: task).filter {
                $0.range.lowerBound >= address && $0.range.lowerBound - address == $0.offset
            }
            guard let first = pieces.first else { continue }
            if let known = found?.pieces.first, known.range.lowerBound < first.range.lowerBound { continue }
            found = (segment, pieces)
        }
        guard let (segment, pieces) = found, let first = pieces.first else { throw Refusal(.EINVAL) }
        let length = segment.pages &* 4096
        let steps = pieces.filter {
            $0.range == first.range || $0.range.upperBound &- address <= length
        }.map { HostCallSequence.Step.unmap($0.range) }
        return .callHost(
            HostCallSequence(steps) { result in
                segment.recount(task.kernel)
                return result.map { _ in 0 }
            })
    }
}
