import Kernel
import LinuxABI
import Testing

@Suite struct MissingNamesTests {
    private let path = Array("usr/include/none.h".utf8)

    @Test func lastsForASecondOfEitherDirection() {
        var names = MissingNames()
        let asked = Timestamp(seconds: 100, nanoseconds: 900_000_000)
        #expect(!names.contains(path, now: asked))
        names.insert(path, now: asked)
        #expect(names.contains(path, now: asked))
        #expect(names.contains(path, now: Timestamp(seconds: 101, nanoseconds: 899_999_999)))
        #expect(!names.contains(path, now: Timestamp(seconds: 101, nanoseconds: 900_000_000)))
        #expect(!names.contains(path, now: Timestamp(seconds: 100, nanoseconds: 899_999_999)))
        #expect(!names.contains(path, now: Timestamp(seconds: .min)))
        names.insert(path, now: Timestamp(seconds: 200))
        #expect(names.contains(path, now: Timestamp(seconds: 200)))
    }

    @Test func isBounded() {
        var names = MissingNames()
        let now = Timestamp(seconds: 1)
        names.insert(path, now: now)
        for number in 0..<(MissingNames.maximumBytes / 4096 + 1) {
            names.insert(Array("\(number)".utf8) + Array(repeating: 0x61, count: 4090), now: now)
        }
        #expect(!names.contains(path, now: now))
    }
}
