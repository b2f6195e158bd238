import Glibc

// SwiftPM links a program's main under this name.
@_cdecl("ParserFuzzer_main")
public func start(_ count: CInt, _ arguments: Arguments) -> CInt {
    var count = count
    var arguments = unsafe arguments
    return unsafe runDriver(&count, &arguments, fuzzOneInput)
}

public typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// libFuzzer as a library.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: inout CInt, _ arguments: inout Arguments, _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// One input for one parser, whose name is in NSENTRY_PARSER. Without it an input's first byte chooses.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = unsafe Input(Array(UnsafeBufferPointer(start: start, count: count)))
    let all = Parser.allCases
    let parser = chosen ?? all[Int(input.byte()) % all.count]
    parser.run(&input)
    return 0
}

private let chosen: Parser? = unsafe getenv("NSENTRY_PARSER").flatMap { unsafe Parser(rawValue: String(cString: $0)) }

/// An input's bytes, from the front; zeros when there are no more.
struct Input {
    private(set) var rest: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }
    var bytes: [UInt8] { Array(rest) }
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }
    mutating func word() -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(byte()) << shift }
        return value
    }
    mutating func take(_ count: Int) -> [UInt8] {
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Array(taken)
    }
}
