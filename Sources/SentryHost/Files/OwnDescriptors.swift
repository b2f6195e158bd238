/// Which of its own numbers the sentry gives away, as all that it looks after takes some: what stops a guest is read from /proc.
/// The lowest free number tells how many are taken.
struct OwnDescriptors: Sendable {
    /// From here on nothing is kept that lives as long as the guest wants.
    let forObjects: Int32
    /// From here on no call of a guest's has any: it may wait, and there may be many.
    let forCalls: Int32

    init(limit: UInt64, kept: UInt64) {
        forObjects = Int32(clamping: limit - min(limit, kept))
        forCalls = Int32(clamping: limit - min(limit, kept / 2))
    }
}
