import Kernel
import LinuxABI

/// One step of the loader stub; the layout is the stub's (CHostLinux).
package struct LoadStep: BitwiseCopyable, Sendable {
    package var kind: UInt64
    package var w0: UInt64 = 0
    package var w1: UInt64 = 0
    package var w2: UInt64 = 0
    package var w3: UInt64 = 0
    package var w4: UInt64 = 0
    package var w5: UInt64 = 0
    package var w6: UInt64 = 0

    static func call(
        _ number: UInt64, _ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0, _ d: UInt64 = 0, _ e: UInt64 = 0,
        _ f: UInt64 = 0
    ) -> LoadStep {
        LoadStep(kind: 0, w0: number, w1: a, w2: b, w3: c, w4: d, w5: e, w6: f)
    }
    /// The call that this step makes.
    package var call: (number: UInt32, arguments: Arguments)? {
        guard kind == 0 else { return nil }
        return (UInt32(truncatingIfNeeded: w0), Arguments(w1, w2, w3, w4, w5, w6))
    }

    static func zero(_ address: UInt64, count: UInt64) -> LoadStep { LoadStep(kind: 1, w0: address, w1: count) }
    static func jump(stack: UInt64, entry: UInt64) -> LoadStep { LoadStep(kind: 2, w0: stack, w1: entry) }
}

/// Turns ELF images into the stub's steps: what fs/binfmt_elf.c does with vm_mmap.
package struct LoadSteps {
    package private(set) var steps: [LoadStep] = []
    /// What the stub's buffer holds.
    package static let maximum = 256

    package init() {}

    private static let protectNone: UInt64 = 0
    private static let protectExecute: UInt64 = 4
    private static let protectRead: UInt64 = 1
    private static let mapShared: UInt64 = 0x01
    private static let mapPrivate: UInt64 = 0x02
    private static let mapFixed: UInt64 = 0x10
    private static let mapAnonymous: UInt64 = 0x20
    private static let mapFixedNoReplace: UInt64 = 0x100000
    private static let noFile = UInt64.max

    /// Maps `image`, open at `fd` in the task, at `base`.
    package mutating func map(_ image: ELFImage, fd: Int32, base: UInt64) {
        let file = UInt64(UInt32(bitPattern: fd))
        let span = image.span
        // Reserve all of it first, so that a conflict fails before anything is mapped.
        steps.append(
            .call(
                9, base &+ span.lowerBound, span.upperBound - span.lowerBound, Self.protectNone,
                Self.mapPrivate | Self.mapAnonymous | Self.mapFixedNoReplace, Self.noFile, 0))
        for segment in image.segments {
            let start = base &+ (segment.address & ~4095)
            let slack = segment.address & 4095
            let fileEnd = segment.address &+ segment.fileSize
            let memoryEnd = segment.address &+ segment.memorySize
            let fileEndPage = (fileEnd &+ 4095) & ~4095
            let memoryEndPage = (memoryEnd &+ 4095) & ~4095
            if segment.fileSize > 0 {
                let executes = segment.protection & Self.protectExecute != 0
                let size = slack &+ segment.fileSize
                steps.append(
                    .call(
                        9, start, size, segment.protection & ~Self.protectExecute, Self.mapPrivate | Self.mapFixed,
                        file,
                        segment.fileOffset & ~4095))
                if executes { protect(start, size, segment.protection) }
                // The rest of the file's last page must read as zero; only a writable segment may have such a rest.
                if memoryEnd > fileEnd, fileEndPage > fileEnd, segment.protection & 2 != 0 {
                    steps.append(.zero(base &+ fileEnd, count: fileEndPage - fileEnd))
                }
            }
            let anonymousStart = segment.fileSize > 0 ? fileEndPage : segment.address & ~4095
            if memoryEndPage > anonymousStart {
                steps.append(
                    .call(
                        9, base &+ anonymousStart, memoryEndPage - anonymousStart, segment.protection,
                        Self.mapPrivate | Self.mapFixed | Self.mapAnonymous, Self.noFile, 0))
            }
        }
    }

    /// Maps the pages that no guest may write, open at `fd`, where they belong, and seals the mapping where the host can.
    package mutating func map(sealedPages range: Range<UInt64>, fd: Int32, seals: Bool) {
        let size = range.upperBound - range.lowerBound
        steps.append(
            .call(
                9, range.lowerBound, size, Self.protectRead, Self.mapShared | Self.mapFixedNoReplace,
                UInt64(UInt32(bitPattern: fd)), 0))
        protect(range.lowerBound, size, Self.protectRead | Self.protectExecute)
        if seals { steps.append(.call(UInt64(SyscallNumber.mseal.rawValue), range.lowerBound, size)) }
    }

    /// The sentry is asked about a file that is mapped for execution at once, and not when that is added.
    private mutating func protect(_ start: UInt64, _ size: UInt64, _ protection: UInt64) {
        steps.append(.call(UInt64(SyscallNumber.mprotect.rawValue), start, size, protection))
    }

    /// A call without arguments.
    package mutating func call(_ number: UInt64) { steps.append(.call(number, 0)) }

    package mutating func close(_ numbers: ClosedRange<Int32>) {
        steps.append(
            .call(
                UInt64(SyscallNumber.close_range.rawValue), UInt64(UInt32(bitPattern: numbers.lowerBound)),
                UInt64(UInt32(bitPattern: numbers.upperBound))))
    }

    /// prctl(PR_SET_NAME), so that the host's own tools show the program's name.
    package mutating func setName(at address: UInt64) { steps.append(.call(157, 15, address)) }

    package mutating func jump(stack: UInt64, entry: UInt64) { steps.append(.jump(stack: stack, entry: entry)) }
}
