import Credentials
import Kernel
import LinuxABI

/// PR_SET_MM(2const): where a program's parts lie, as /proc shows it. The strings and the auxiliary vector are the
/// model's; where code, data and heap begin and end is the host's, and not kept.
enum PrctlMemoryLayout {
    private enum Option: UInt64 {
        case startStack = 5
        case argumentsStart = 8
        case argumentsEnd = 9
        case environmentStart = 10
        case environmentEnd = 11
        case auxiliaryVector = 12
        case executable = 13
        case map = 14
        case mapSize = 15
    }
    private static let addresses: Range<UInt64> = 0x10000..<0x7fff_ffff_f000

    static func set(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let option = Option(rawValue: UInt64(Arguments.unsigned(a.a1)))
        // prctl_set_mm(): only the vector and the map have a size.
        let hasSize = option == .auxiliaryVector || option == .map || option == .mapSize
        if a.a4 != 0 || (a.a3 != 0 && !hasSize) { throw Refusal(.EINVAL) }
        if option == .mapSize {
            try task.memory.store(Int32(MemoryMap.size), at: UserAddress(a.a2))
            return .success
        }
        if option == .map {
            guard a.a3 == UInt64(MemoryMap.size) else { throw Refusal(.EINVAL) }
            try apply(MemoryMap(try task.memory.bytes(UserAddress(a.a2), count: MemoryMap.size)), to: task)
            return .success
        }
        guard task.hasGlobally(.sysResource) else { throw Refusal(.processNeedsResource) }
        if option == .executable { try setExecutable(task, Arguments.int(a.a2)) }
        if option == .auxiliaryVector {
            try setAuxiliaryVector(task, at: a.a2, count: a.a3)
            return .success
        }
        guard addresses.contains(a.a2) else { throw Refusal(.EINVAL) }
        let image = task.image
        switch option {
        case .startStack: image.startStack = a.a2
        case .argumentsStart: image.argumentsRange = try range(a.a2, image.argumentsRange.upperBound)
        case .argumentsEnd: image.argumentsRange = try range(image.argumentsRange.lowerBound, a.a2)
        case .environmentStart: image.environmentRange = try range(a.a2, image.environmentRange.upperBound)
        case .environmentEnd: image.environmentRange = try range(image.environmentRange.lowerBound, a.a2)
        default: throw Refusal(.EINVAL)
        }
        task.kernel.generation &+= 1
        return .success
    }

    /// prctl_set_mm_map(): needs no capability, unless it names another executable.
    private static func apply(_ map: MemoryMap, to task: Task) throws(Refusal) {
        // validate_prctl_map_addr().
        for address in map.addresses where !addresses.contains(address) { throw Refusal(.EINVAL) }
        guard map.addresses[0] < map.addresses[1], map.addresses[2] <= map.addresses[3],
            map.addresses[4] <= map.addresses[5]
        else { throw Refusal(.EINVAL) }
        let arguments = try range(map.addresses[7], map.addresses[8])
        let environment = try range(map.addresses[9], map.addresses[10])
        let limit = task.group.limits[2].soft
        if limit != .max {
            let (heap, data) = (map.addresses[5] &- map.addresses[4], map.addresses[3] &- map.addresses[2])
            if heap &+ data > limit { throw Refusal(.EINVAL) }
        }
        if map.auxiliaryCount > 0, map.auxiliaryAddress == 0 { throw Refusal(.EINVAL) }
        if map.executable != -1 {
            guard task.mayRestoreCheckpoints else { throw Refusal(.executableNeedsCheckpointRestore) }
            try setExecutable(task, map.executable)
        }
        if map.auxiliaryCount > 0 {
            try setAuxiliaryVector(task, at: map.auxiliaryAddress, count: UInt64(map.auxiliaryCount))
        }
        let image = task.image
        image.startStack = map.addresses[6]
        image.argumentsRange = arguments
        image.environmentRange = environment
        task.kernel.generation &+= 1
    }

    /// prctl_set_mm_exe_file(): a file that the caller may execute, once nothing maps the present one any more. That is
    /// never so here, as the map is the host's.
    private static func setExecutable(_ task: Task, _ fd: Int32) throws(Refusal) {
        let path = try task.files.file(fd).path
        guard path.inode.mode.isRegular, !path.forbidsExecution else {
            throw Refusal(.EACCES)
        }
        try path.check(.execute, for: task)
        throw Refusal(.EBUSY)
    }

    private static func setAuxiliaryVector(_ task: Task, at address: UInt64, count: UInt64) throws(Refusal) {
        // saved_auxv holds AT_VECTOR_SIZE words; the last two end it whatever was given.
        let size = task.image.auxiliaryVector.count
        guard count <= UInt64(size) else { throw Refusal(.EINVAL) }
        let given = try task.memory.bytes(UserAddress(address), count: Int(count))
        var vector = given + [UInt8](repeating: 0, count: size - given.count)
        for index in max(0, size - 16)..<size { vector[index] = 0 }
        task.image.auxiliaryVector = vector
    }

    private static func range(_ start: UInt64, _ end: UInt64) throws(Refusal) -> Range<UInt64> {
        guard start <= end else { throw Refusal(.EINVAL) }
        return start..<end
    }
}

/// struct prctl_mm_map (include/uapi/linux/prctl.h).
private struct MemoryMap {
    static let size = 104
    /// Code, data and heap, each with its end, the stack, then arguments and environment with theirs.
    let addresses: [UInt64]
    let auxiliaryAddress: UInt64
    let auxiliaryCount: UInt32
    /// An fd, or -1.
    let executable: Int32

    init(_ bytes: [UInt8]) {
        func word(_ offset: Int, _ count: Int) -> UInt64 {
            bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        addresses = (0..<11).map { word($0 * 8, 8) }
        auxiliaryAddress = word(88, 8)
        auxiliaryCount = UInt32(truncatingIfNeeded: word(96, 4))
        executable = Int32(truncatingIfNeeded: word(100, 4))
    }
}
