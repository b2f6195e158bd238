import Credentials
import Kernel
import LinuxABI
import Testing

/// What a time namespace makes of the host's clocks.
@Suite struct TimeNamespaces {
    private func namespace(monotonic: (Int64, Int64), boottime: (Int64, Int64)) -> TimeNamespace {
        let made = TimeNamespace(inode: 1, owner: UserNamespace(), copying: nil)
        (made.monotonic.seconds, made.monotonic.nanoseconds) = monotonic
        (made.boottime.seconds, made.boottime.nanoseconds) = boottime
        return made
    }

    @Test func onlyTheClocksSinceTheStartAreShifted() {
        let time = namespace(monotonic: (10, 5), boottime: (-3, 500_000_000))
        #expect(time.hasOffsets)
        for clock: Int32 in [1, 4, 6] { #expect(time.shift(ofClock: clock) == 10_000_000_005) }
        for clock: Int32 in [7, 9] { #expect(time.shift(ofClock: clock) == -2_500_000_000) }
        for clock: Int32 in [0, 2, 3, 5, 8, 11, -1] { #expect(time.shift(ofClock: clock) == 0) }
        #expect(!namespace(monotonic: (0, 0), boottime: (0, 0)).hasOffsets)
    }

    @Test func timesBeforeTheStartHavePassedAndNoneOverflows() {
        let time = namespace(monotonic: (10, 0), boottime: (-9_223_372_036, 0))
        #expect(time.hostTime(11_000_000_000, ofClock: 1) == 1_000_000_000)
        #expect(time.hostTime(3, ofClock: 1) == 1)
        #expect(time.hostTime(.max, ofClock: 7) == .max)
        #expect(namespace(monotonic: (.max, .max), boottime: (0, 0)).shift(ofClock: 1) == .max)
    }
}
