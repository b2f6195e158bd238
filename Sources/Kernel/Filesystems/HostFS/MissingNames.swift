import LinuxABI

/// Paths that a granted tree did not have when the host was last asked. Programs ask for the same missing names again and
/// again: along search paths, for links that are none.
///
/// Only the host's answer is remembered, below what the sandbox itself has made or removed, so nothing that a guest does
/// makes an answer wrong. What the host does makes it wrong for a second at most. So it serves trees that change rarely; in
/// others a program of the host may make a file and tell the guest of it, who is to find it at once.
package struct MissingNames {
    private var askedAt: [[UInt8]: Timestamp] = [:]
    private var bytes = 0

    /// In nanoseconds.
    private static let lifetime: Int64 = 1_000_000_000
    /// How many bytes of paths are remembered; beyond that all are forgotten.
    package static let maximumBytes = 1 << 19
    /// What an entry costs besides its path, roughly.
    private static let overhead = 64

    package init() {}

    /// Whether `path` was missing a moment ago.
    package func contains(_ path: [UInt8], now: Timestamp) -> Bool {
        guard let asked = askedAt[path] else { return false }
        // The clock may have been set in either direction.
        let (seconds, overflows) = now.seconds.subtractingReportingOverflow(asked.seconds)
        guard !overflows, (0...1).contains(seconds) else { return false }
        let elapsed = seconds &* 1_000_000_000 &+ Int64(now.nanoseconds) &- Int64(asked.nanoseconds)
        return elapsed >= 0 && elapsed < Self.lifetime
    }

    package mutating func insert(_ path: [UInt8], now: Timestamp) {
        if askedAt.updateValue(now, forKey: path) != nil { return }
        bytes &+= path.count &+ Self.overhead
        if bytes > Self.maximumBytes {
            askedAt = [path: now]
            bytes = path.count &+ Self.overhead
        }
    }
}
