import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls
import Testing

/// What a program finds on its stack beside its arguments (getauxval(3)).
@Suite struct AuxiliaryVectorTests {
    private let sentry: TestSentry
    private let image: ELFImage

    init() throws {
        sentry = try TestSentry()
        // One program header, from its 64 bytes of ELF header on: PT_LOAD of the first page, readable and executable.
        var file = [UInt8](repeating: 0, count: 120)
        func put(_ value: UInt64, _ count: Int, at offset: Int) {
            for index in 0..<count { file[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
        }
        file.replaceSubrange(0..<7, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
        put(3, 2, at: 16)  // ET_DYN
        put(62, 2, at: 18)  // EM_X86_64
        put(0x78, 8, at: 24)  // e_entry
        put(64, 8, at: 32)  // e_phoff
        put(56, 2, at: 54)  // e_phentsize
        put(1, 2, at: 56)  // e_phnum
        put(1, 4, at: 64)  // PT_LOAD
        put(5, 4, at: 68)
        put(120, 8, at: 96)
        put(120, 8, at: 104)
        put(4096, 8, at: 112)
        image = try ELFImage(header: Array(file[..<64]), programHeaders: Array(file[64...]))
    }

    private static let host: [(UInt64, UInt64)] = [
        (33, 0x7fff_0000), (51, 3376), (16, 0x178b_fbff), (6, 8192), (17, 1000), (3, 1), (4, 2), (5, 3), (7, 4), (8, 5),
        (9, 6), (11, 7), (12, 8), (13, 9), (14, 10), (23, 1), (25, 0x7ffe_1000), (26, 2), (31, 0x7ffe_2000),
        (15, 0x7ffe_3000), (27, 28), (28, 32), (99, 1),
    ]

    private func vector(_ credentials: Credentials, isSecure: Bool = false) -> AuxiliaryVector {
        var host = HostAuxiliaries()
        for (type, value) in Self.host { host.take(type, value) }
        return AuxiliaryVector(
            image, at: 0x5555_0000, loaderBase: 0x7d00_0000, credentials, isSecure: isSecure, host)
    }

    @Test func hasLinuxOrder() {
        let types = vector(sentry.initTask.task.credentials).entries.map(\.type.rawValue)
        #expect(types == [33, 51, 16, 6, 17, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14, 23, 25, 26, 31, 15, 27, 28])
    }

    /// Of the host's vector, which is that of the loader, only what the host alone can know is told on.
    @Test func takesOnlyTheMachineFromTheHost() {
        let vector = vector(sentry.initTask.task.credentials)
        let machine: [(AuxiliaryType, UInt64)] = [
            (.vdso, 0x7fff_0000), (.minimumSignalStack, 3376), (.capabilities, 0x178b_fbff), (.random, 0x7ffe_1000),
            (.capabilities2, 2), (.platform, 0x7ffe_3000), (.rseqFeatureSize, 28), (.rseqAlignment, 32),
        ]
        for (type, value) in machine { #expect(vector[type] == value) }
        let program: [(AuxiliaryType, UInt64)] = [
            (.pageSize, 4096), (.clockTicks, 100), (.programHeaders, 0x5555_0040), (.programHeaderSize, 56),
            (.programHeaderCount, 1), (.base, 0x7d00_0000), (.flags, 0), (.entry, 0x5555_0078), (.uid, 0), (.secure, 0),
        ]
        for (type, value) in program { #expect(vector[type] == value) }
        #expect(vector[.capabilities3] == nil && vector[.basePlatform] == nil)
    }

    /// IDs are those of the program's own user namespace, or the overflow IDs.
    @Test func numbersIDsInTheNamespace() {
        let task = sentry.initTask
        #expect(task.call(.setresgid, 5, 6, 6) == 0 && task.call(.setresuid, 7, 8, 8) == 0)
        var told = vector(task.task.credentials, isSecure: true)
        #expect([told[.uid], told[.euid], told[.gid], told[.egid], told[.secure]] == [7, 8, 5, 6, 1])
        #expect(task.call(.unshare, CloneFlags.newUser.rawValue) == 0)
        told = vector(task.task.credentials)
        #expect([told[.uid], told[.euid], told[.gid], told[.egid]] == [65534, 65534, 65534, 65534])
    }

    /// The whole way: the stack of the loader is read, and the program's written below it.
    @Test func isWrittenBelowTheOldStack() throws {
        let task = sentry.initTask.task
        let memory = task.memory
        let top: UInt64 = 0x2000_0000
        (memory as? FakeMemory)?.map(UserAddress(top - 0x8000), count: 0x10000)
        let argument = top + 0x1000, variable = top + 0x1004, path = top + 0x1008
        try memory.store(Array("arg\0A=B\0/stub\0".utf8), at: UserAddress(argument))
        var words: [UInt64] = [1, argument, 0, variable, 0]
        for (type, value) in Self.host { words += [type, type == 31 ? path : value] }
        words += [0, 0]
        try memory.store(
            words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }, at: UserAddress(top))

        var stack = try InitialStack(at: UserAddress(top), of: task)
        stack.filename = Array("/bin/program".utf8)
        let vector = AuxiliaryVector(
            image, at: 0x5555_0000, loaderBase: 0, task.credentials, isSecure: false, stack.host)
        let placed = try stack.write(vector, below: UserAddress(top))
        #expect(placed.pointer < top && placed.pointer % 16 == 0)
        #expect(placed.arguments == argument..<variable && placed.environment == variable..<path)
        func word(_ index: Int) throws -> UInt64 {
            try memory.load(UserAddress(placed.pointer + UInt64(index) * 8), as: UInt64.self)
        }
        #expect(try (0..<5).map(word) == Array(words[..<5]))
        var found: [UInt64: UInt64] = [:]
        for index in vector.entries.indices { found[try word(5 + 2 * index)] = try word(6 + 2 * index) }
        #expect(found.count == vector.entries.count && found[6] == 4096 && found[25] == 0x7ffe_1000 && found[99] == nil)
        #expect(try memory.string(UserAddress(found[31] ?? 0), limit: 100) == stack.filename)
        #expect(try word(5 + 2 * vector.entries.count) == 0)
        #expect(placed.auxiliaryVector.count == (vector.entries.count + 1) * 16)
    }
}
