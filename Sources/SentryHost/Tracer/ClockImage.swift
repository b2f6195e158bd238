import CHostLinux
import Kernel
import LinuxABI

/// How a task whose clocks are shifted gets the vDSO image of chost_vdso.h in place of the host's.
///
/// The vDSO and the data pages before it are moved to another place, with their distances kept; code at the old one
/// jumps there. So pointers to its functions that the program keeps stay right. A child inherits all of it by fork.
///
/// The image lies in the task's own memory: who changes it, or calls the moved vDSO, deceives only himself.
struct ClockImage {
    /// As many bytes as the moved pages need at most.
    static let room: UInt64 = 1 << 16

    let steps: [Chain.Step]
    /// Where the offsets are, which another time namespace changes.
    let offsetsAddress: UInt64
    /// Where the host's vDSO is from now on. It makes a system call for a clock that it cannot tell itself:
    /// CLOCK_BOOTTIME_ALARM always, all of them on a host whose clock source needs the kernel. The answer to a call with
    /// an instruction pointer in here must be the host's time, because the image adds the offset to it.
    let movedFunctions: Range<UInt64>

    /// The steps that move the host's pages, each with the one that moves them back.
    private let moves: [(there: Chain.Step, back: Chain.Step)]

    /// Plans for a task with this /proc/PID/maps, read while nobody else runs in its memory; `vdso` is its
    /// AT_SYSINFO_EHDR, and `destination` begins `room` bytes that are not mapped.
    ///
    /// Nil where the maps are not as expected: without a vDSO, or with one that has been moved, by us or by the program.
    /// So who has carried out a plan keeps it, until the next exec, for offsets that change.
    init?(maps: [UInt8], vdso: UInt64, destination: UInt64, offsets: chost_clock_offsets) {
        guard let pages = Self.pages(in: maps, vdso: vdso, destination: destination),
            let start = pages.first?.lowerBound, let functions = pages.last
        else { return nil }
        let gap = functions.lowerBound - start
        let size = functions.upperBound - functions.lowerBound
        let codeSize = UInt64(CHOST_VDSO_CODE_SIZE)
        // One page stays free, or both would be one mapping.
        guard gap >= 2 * codeSize, gap + size <= Self.room,
            let (code, image) = Self.replacement(size: size, moved: destination + gap, gap: gap, offsets: offsets)
        else { return nil }
        moves = pages.map { page in
            let new = destination + (page.lowerBound - start)
            let size = page.upperBound - page.lowerBound
            return (Self.move(page.lowerBound, to: new, size: size), Self.move(new, to: page.lowerBound, size: size))
        }
        offsetsAddress = start + UInt64(chost_vdso_offsets_position())
        movedFunctions = (destination + gap)..<(destination + gap + size)
        steps =
            moves.map(\.there) + [
                // PROT_READ | PROT_WRITE; MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS.
                .call(.mmap, Arguments(start, gap + size, 3, 0x32, .max, 0)),
                .write(address: start, bytes: code),
                .write(address: functions.lowerBound, bytes: image),
                // PROT_READ | PROT_EXEC
                .call(.mprotect, Arguments(start, codeSize, 5)),
                .call(.mprotect, Arguments(functions.lowerBound, size, 5)),
            ]
    }

    /// What gives the task its own vDSO again after the first `count` steps, of which the next one failed. mremap is
    /// refused where mappings of the system are sealed, and mprotect under PR_SET_MDWE.
    func undoing(_ count: Int) -> [Chain.Step] { moves.prefix(count).reversed().map(\.back) }

    /// The write by which a task that has the image already gets other offsets. The page is not writable, so this is a
    /// debugger's write too.
    func change(to offsets: chost_clock_offsets) -> Chain.Step {
        .write(address: offsetsAddress, bytes: unsafe withUnsafeBytes(of: offsets) { unsafe Array($0) })
    }

    /// For a task that cannot have the image: its vDSO's clock_gettime becomes a plain system call, which tells shifted
    /// time. The page is not writable, so a debugger's write is needed (PTRACE_POKEDATA), which copies the page.
    static func systemCall(vdso: UInt64) -> Chain.Step? {
        var size = 0
        let own = unsafe chost_vdso_self(&size)
        let position = unsafe chost_vdso_function(own, size, "__vdso_clock_gettime")
        guard vdso != 0, position != 0 else { return nil }
        // mov $228, %eax; syscall; ret
        return .write(address: vdso &+ position, bytes: [0xb8, 0xe4, 0, 0, 0, 0x0f, 0x05, 0xc3])
    }

    /// The data pages and, last, the functions, one after the other; nil unless the destination is free.
    private static func pages(in maps: [UInt8], vdso: UInt64, destination: UInt64) -> [Range<UInt64>]? {
        guard destination % 4096 == 0, destination <= .max - room else { return nil }
        var pages: [Range<UInt64>] = []
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            // Address range, permissions, offset, device, inode, name (proc_pid_maps(5)).
            let fields = line.split(separator: 0x20, maxSplits: 5)
            let ends = fields.first?.split(separator: UInt8(ascii: "-")).map { HostProc.hexadecimal($0) } ?? []
            guard ends.count == 2, ends[0] < ends[1], !(ends[0]..<ends[1]).overlaps(destination..<(destination + room))
            else { return nil }
            // No file's path and no name that a task gives begins like this.
            guard fields.count > 5 else { continue }
            let name = fields[5].drop { $0 == 0x20 }
            guard name.starts(with: "[vvar".utf8) || name.elementsEqual("[vdso]".utf8) else { continue }
            if let last = pages.last, last.upperBound != ends[0] || last.lowerBound == vdso { return nil }
            guard name.elementsEqual("[vdso]".utf8) == (ends[0] == vdso) else { return nil }
            pages.append(ends[0]..<ends[1])
        }
        return pages.last?.lowerBound == vdso ? pages : nil
    }

    /// The page of code, and the image of the sentry's own vDSO.
    private static func replacement(size: UInt64, moved: UInt64, gap: UInt64, offsets: chost_clock_offsets) -> (
        code: [UInt8], image: [UInt8]
    )? {
        var ownSize = 0
        guard let own = unsafe chost_vdso_self(&ownSize), size == ownSize else { return nil }
        var code = [UInt8](repeating: 0, count: Int(CHOST_VDSO_CODE_SIZE))
        var image = [UInt8](repeating: 0, count: ownSize)
        return unsafe withUnsafePointer(to: offsets) {
            unsafe chost_vdso_replace(own, ownSize, moved, gap, $0, &code, &image)
        } == 0 ? (code, image) : nil
    }

    private static func move(_ old: UInt64, to new: UInt64, size: UInt64) -> Chain.Step {
        .call(.mremap, Arguments(old, size, size, 3, new))  // MREMAP_MAYMOVE | MREMAP_FIXED
    }
}

extension chost_clock_offsets {
    init(_ namespace: TimeNamespace) {
        self.init(
            monotonic_seconds: namespace.monotonic.seconds, monotonic_nanoseconds: namespace.monotonic.nanoseconds,
            boottime_seconds: namespace.boottime.seconds, boottime_nanoseconds: namespace.boottime.nanoseconds)
    }
}
