import CHostLinux
import Glibc
import LinuxABI

/// What a Landlock domain lets through to a file, or below a directory (landlock(7)).
struct LandlockRights: OptionSet, Sendable {
    let rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(_ rights: Int...) { rawValue = rights.reduce(0) { $0 | UInt64(truncatingIfNeeded: $1) } }

    static let read = LandlockRights(CHOST_LANDLOCK_READ_FILE, CHOST_LANDLOCK_READ_DIRECTORY)
    /// Of files that are there.
    static let write = LandlockRights(CHOST_LANDLOCK_WRITE_FILE, CHOST_LANDLOCK_TRUNCATE)
    static let makeFiles = LandlockRights(
        CHOST_LANDLOCK_MAKE_REGULAR, CHOST_LANDLOCK_MAKE_FIFO, CHOST_LANDLOCK_MAKE_SOCKET)
    static let removeFiles = LandlockRights(CHOST_LANDLOCK_REMOVE_FILE)
    static let removeDirectories = LandlockRights(CHOST_LANDLOCK_REMOVE_DIRECTORY)
    static let deviceControl = LandlockRights(CHOST_LANDLOCK_DEVICE_CONTROL)
}

/// A set of rules that a thread lays on itself and on whatever it starts later.
struct Landlock {
    /// The host's version (ABI); 0 without Landlock.
    static var version: Int { Int(chost_landlock_version()) }

    private let ruleset: Int32

    /// A domain in which nothing is allowed yet.
    init() throws(LinuxABI.Errno) { ruleset = try Self.check(chost_landlock_create()) }

    func allow(_ rights: LandlockRights, _ file: Int32) throws(LinuxABI.Errno) {
        _ = try Self.check(chost_landlock_allow(ruleset, file, rights.rawValue))
    }

    /// The same by name; nothing where the host has no such file.
    func allow(_ rights: LandlockRights, _ path: String) throws(LinuxABI.Errno) {
        let file = openHost(path, O_PATH | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        try allow(rights, file)
    }

    /// Encloses the calling thread for good.
    consuming func enforce() throws(LinuxABI.Errno) { _ = try Self.check(chost_landlock_enforce(ruleset)) }

    @discardableResult
    private static func check(_ result: Int32) throws(LinuxABI.Errno) -> Int32 {
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: -result) }
        return result
    }
}
