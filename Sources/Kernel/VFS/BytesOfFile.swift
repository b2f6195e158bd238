import LinuxABI

/// How the bytes of a regular file are come by, for who copies them.
package struct BytesOfFile: Sendable {
    let question: HostQuestion
    /// The copy is made off the kernel's lock.
    let takesLong: Bool
    let open: @Sendable () throws(Errno) -> HostFile

    /// A file of this size, in bytes, takes long to be copied.
    static let longCopy: Int64 = 1 << 20
}
