import Credentials
import Kernel
import LinuxABI

/// The initial stack that the host's exec of the stub left: argument and environment pointers and the auxiliary vector.
/// It is read once, and written below its old place as the program is to find it.
package struct InitialStack {
    private var arguments: [UInt64]
    private var environment: [UInt64]
    /// What the host alone can tell the program.
    package private(set) var host = HostAuxiliaries()
    /// Where the host has put the path of what it executes, which follows the environment.
    private var hostFilename: UInt64?
    private let memory: any GuestMemory
    private var newArguments: [[UInt8]]?
    package var filename: [UInt8] = []
    package var name: [UInt8] = []

    /// What was written, and where.
    package struct Placed {
        package var pointer: UInt64
        package var name: UInt64
        package var arguments: Range<UInt64>
        package var environment: Range<UInt64>
        package var auxiliaryVector: [UInt8]
    }

    /// More pointers than any exec can pass: arguments are limited to 6 MiB of strings and pointers.
    private static let maximumWords = 1 << 20
    private static let maximumStrings: UInt64 = 8 << 20
    /// AT_VECTOR_SIZE is less.
    private static let maximumAuxiliaries = 64

    package init(at address: UserAddress, of task: Task) throws(Refusal) {
        memory = task.memory
        var words = WordReader(memory, address)
        let count = try words.next()
        guard count < UInt64(Self.maximumWords) else { throw Refusal(.E2BIG) }
        arguments = []
        for _ in 0..<Int(count) { arguments.append(try words.next()) }
        _ = try words.next()
        environment = []
        while case let pointer = try words.next(), pointer != 0 {
            environment.append(pointer)
            guard environment.count < Self.maximumWords else { throw Refusal(.E2BIG) }
        }
        for _ in 0..<Self.maximumAuxiliaries {
            let type = try words.next()
            if type == 0 { break }
            let value = try words.next()
            if type == AuxiliaryType.filename.rawValue { hostFilename = value }
            host.take(type, value)
        }
    }

    /// A script: its interpreter's arguments take the place of argv[0] (execve(2), "Interpreter scripts").
    package mutating func replaceFirstArgument(with replacement: [[UInt8]]) {
        if !replacement.isEmpty { newArguments = replacement }
    }

    package mutating func write(
        _ auxiliaries: AuxiliaryVector, below address: UserAddress
    ) throws(Refusal) -> Placed {
        var strings: [UInt8] = []
        let stringsStart: UInt64
        var argumentsRange = try range(of: arguments, until: environment.first)
        let environmentRange = try range(of: environment, until: hostFilename)
        // Strings first: their size tells where the pointers go.
        let argumentsOffset = strings.count
        var relativeArguments: [Int]?
        if let newArguments {
            var offsets: [Int] = []
            for text in newArguments {
                offsets.append(strings.count)
                strings += text + [0]
            }
            // The other arguments move along, so that /proc/[pid]/cmdline is one piece.
            if arguments.count > 1, arguments[1] <= argumentsRange.upperBound {
                let rest = arguments[1]..<argumentsRange.upperBound
                guard rest.upperBound - rest.lowerBound <= Self.maximumStrings else { throw Refusal(.E2BIG) }
                for pointer in arguments.dropFirst() {
                    guard rest.contains(pointer) else { throw Refusal(.EFAULT) }
                    offsets.append(strings.count + Int(pointer - rest.lowerBound))
                }
                strings += try memory.bytes(UserAddress(rest.lowerBound), count: rest.count)
            }
            relativeArguments = offsets
        }
        let argumentsEnd = strings.count
        let filenameOffset = strings.count
        strings += filename + [0]
        let nameOffset = strings.count
        strings += name + [0]
        stringsStart = (address.rawValue &- UInt64(strings.count)) & ~15
        if let relativeArguments {
            arguments = relativeArguments.map { stringsStart &+ UInt64($0) }
            let first = stringsStart &+ UInt64(argumentsOffset)
            argumentsRange = first..<max(first, stringsStart &+ UInt64(argumentsEnd))
        }
        var words: [UInt64] = [UInt64(arguments.count)] + arguments + [0] + environment + [0]
        let auxiliaryStart = words.count
        words += auxiliaries.words(filename: stringsStart &+ UInt64(filenameOffset))
        let pointer = (stringsStart &- UInt64(words.count * 8)) & ~15
        try memory.store(LittleEndian.bytes(words), at: UserAddress(pointer))
        try memory.store(strings, at: UserAddress(stringsStart))
        return Placed(
            pointer: pointer, name: stringsStart &+ UInt64(nameOffset), arguments: argumentsRange,
            environment: environmentRange, auxiliaryVector: LittleEndian.bytes(words[auxiliaryStart...]))
    }

    /// The bytes from the first string to the next group's start, which follows without a gap.
    private func range(of pointers: [UInt64], until next: UInt64?) throws(Refusal) -> Range<UInt64> {
        guard let first = pointers.first, let last = pointers.last else { return 0..<0 }
        if let next, next >= last, next >= first, next - first <= 8 << 20 { return first..<next }
        let text = try memory.string(UserAddress(last), limit: 131_072)
        return first..<max(first, last &+ UInt64(text.count) &+ 1)
    }
}

/// Reads consecutive words of guest memory by the page.
private struct WordReader {
    private let memory: any GuestMemory
    private var address: UserAddress
    private var buffer: [UInt64] = []
    private var index = 0

    init(_ memory: any GuestMemory, _ address: UserAddress) {
        self.memory = memory
        self.address = address
    }

    mutating func next() throws(Refusal) -> UInt64 {
        if index == buffer.count {
            buffer = LittleEndian.all(memory.prefix(address, count: 4096))
            guard !buffer.isEmpty else { throw Refusal(.EFAULT) }
            address = address.advanced(by: buffer.count * 8)
            index = 0
        }
        defer { index += 1 }
        return buffer[index]
    }
}
