import Credentials
import LinuxABI

/// Options of a tmpfs being read (struct shmem_options).
final class TmpFSContext: FileSystemContext {
    private(set) var options: TmpFSOptions
    private let memory: UInt64
    private let made: (TmpFSContext, any Caller) throws(Refusal) -> Root
    // What was said at all.
    private var saysBlocks = false, saysInodes = false, saysNumbers = false, saysHugePages = false

    /// `made` makes the instance that the options ask for. The machine has `memory` pages.
    init(
        _ type: FileSystemType, _ purpose: Purpose, _ flags: SuperBlockFlags, _ mask: SuperBlockFlags, memory: UInt64,
        for caller: any Caller, make made: @escaping (TmpFSContext, any Caller) throws(Refusal) -> Root
    ) {
        self.memory = memory
        self.made = made
        options = TmpFSOptions(
            uid: caller.credentials.fsuid, gid: caller.credentials.fsgid, memoryPages: memory)
        super.init(type, purpose, flags: flags, mask: mask, for: caller)
    }

    override func makeRoot(for caller: any Caller) throws(Refusal) -> Root { try made(self, caller) }

    /// shmem_next_opt(): a comma before a digit belongs to the value, for lists of memory nodes.
    override func optionEnd(_ data: ArraySlice<UInt8>) -> Int {
        var end = data.startIndex
        while let comma = data[end...].firstIndex(of: UInt8(ascii: ",")) {
            guard comma + 1 < data.endIndex, (0x30...0x39).contains(data[comma + 1]) else { return comma }
            end = comma + 1
        }
        return data.endIndex
    }

    /// shmem_parse_one()
    override func take(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> Bool {
        switch parameter.key {
        case "size":
            var (size, rest) = KernelNumber.size(try string(parameter))
            if rest.first == UInt8(ascii: "%") {
                size = (size &<< 12).multipliedReportingOverflow(by: memory).partialValue / 100
                rest.removeFirst()
            }
            guard rest.isEmpty else { throw badValue(parameter) }
            // Rounded up with the overflow that the kernel's sum has.
            options.blocks = (size &+ 4095) / 4096
            saysBlocks = true
        case "nr_blocks":
            let (count, rest) = KernelNumber.size(try string(parameter))
            guard rest.isEmpty, count <= UInt64(Int64.max) else { throw badValue(parameter) }
            options.blocks = count
            saysBlocks = true
        case "nr_inodes":
            let (count, rest) = KernelNumber.size(try string(parameter))
            guard rest.isEmpty, count <= UInt64.max / TmpFSLimits.inodeBytes else { throw badValue(parameter) }
            options.inodes = count
            saysInodes = true
        case "mode": options.mode = try number(parameter, base: 8) & 0o7777
        case "uid":
            let uid = try retelling(parameter) { () throws(Refusal) in try self.uid(parameter, for: caller) }
            if userNamespace.uid(uid) == nil { throw badValue(parameter) }
            options.uid = uid
        case "gid":
            let gid = try retelling(parameter) { () throws(Refusal) in try self.gid(parameter, for: caller) }
            if userNamespace.gid(gid) == nil { throw badValue(parameter) }
            options.gid = gid
        case "huge":
            options.hugePages = try choice(
                parameter,
                ["never": .never, "always": .always, "within_size": .withinSize, "advise": .advise])
            saysHugePages = true
        case "mpol":
            let text = try string(parameter)
            do throws(MemoryPolicy.InvalidPolicy) {
                options.policy = try MemoryPolicy.parse(text)
            } catch {
                throw badValue(parameter)
            }
        case "inode32", "inode64":
            try flag(parameter)
            options.has64BitNumbers = parameter.key == "inode64"
            saysNumbers = true
        case "noswap":
            try flag(parameter)
            guard userNamespace.isInitial, caller.hasGlobally(.sysAdmin) else {
                throw invalid(
                    .tmpfsNoSwapNotPermitted, "Turning off swap in unprivileged tmpfs mounts unsupported")
            }
            options.staysInMemory = true
        case "casefold", "strict_encoding":
            throw invalid(.mountOptionValue, "tmpfs: Kernel not built with CONFIG_UNICODE\n")
        default: return false
        }
        return true
    }

    /// An ID that is no number is complained about twice, by the reader of numbers and by that of IDs.
    private func retelling<T>(
        _ parameter: FileSystemParameter, _ read: () throws(Refusal) -> T
    ) throws(Refusal) -> T {
        let isNumber = parameter.text.flatMap { KernelNumber.unsigned32($0) } != nil
        do throws(Refusal) { return try read() } catch { throw isNumber ? error : badValue(parameter) }
    }

    /// shmem_reconfigure(): what is not said stays, and no limit can be set where there was none.
    override func change(_ fileSystem: FileSystem, for caller: any Caller) throws(Refusal) {
        guard let limits = fileSystem.tmpfs else { return }
        let now = limits.options
        if saysBlocks, options.blocks > 0 {
            if now.blocks == 0 { throw invalid(.tmpfsUnlimited, "Cannot retroactively limit size") }
            if limits.usedBlocks > options.blocks {
                throw invalid(.tmpfsLimitBelowUse, "Too small a size for current use")
            }
        }
        if saysInodes, options.inodes > 0 {
            if now.inodes == 0 { throw invalid(.tmpfsUnlimited, "Cannot retroactively limit inodes") }
            if limits.usedInodes > options.inodes {
                throw invalid(.tmpfsLimitBelowUse, "Too few inodes for current use")
            }
        }
        if options.staysInMemory, !now.staysInMemory {
            throw invalid(.tmpfsNoSwapNotPermitted, "Cannot disable swap on remount")
        }
        if saysBlocks { limits.options.blocks = options.blocks }
        if saysInodes { limits.options.inodes = options.inodes }
        if saysNumbers { limits.options.has64BitNumbers = options.has64BitNumbers }
        if saysHugePages { limits.options.hugePages = options.hugePages }
        if let policy = options.policy { limits.options.policy = policy }
        limits.apply()
    }
}
