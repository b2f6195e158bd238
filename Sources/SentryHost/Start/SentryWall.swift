import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// The second wall around the sentry itself: should a guest ever make it open a wrong name or a wrong descriptor, the
/// host's kernel still refuses what the sandbox was not granted.
enum SentryWall {
    /// Encloses the calling thread and all that it starts later. The files that it opened before keep their rights.
    static func raise(_ files: HostFiles) throws(LinuxABI.Errno) {
        let wall = try Landlock()
        for grant in files.grants() {
            try wall.allow(grant.isWritable ? [.read, .write] : .read, grant.file.descriptor)
        }
        for directory in files.privateDirectories {
            try wall.allow([.read, .write, .makeFiles, .removeFiles], directory.descriptor)
        }
        try wall.allow(.read, "/proc")
        try wall.allow(.read, "/sys/devices/system/cpu")
        for device in HostDevice.withoutTerminal {
            try wall.allow([.read, .write, .deviceControl], "/dev/\(device.rawValue)")
        }
        for stream in Int32(0)...2 { try wall.allow(rights(toReopen: stream), stream) }
        try wall.enforce()
    }

    /// /dev/stdout and its kin open the file behind a stream again, and never for more than it is open for; /dev/tty opens
    /// a terminal for reading and writing. A directory as a stream opens nothing below it.
    private static func rights(toReopen stream: Int32) -> LandlockRights {
        guard let status = fileStatus(stream), status.st_mode & S_IFMT != S_IFDIR else { return [] }
        let flags = fcntl(stream, F_GETFL)
        guard flags >= 0, flags & O_PATH == 0 else { return [] }
        if isatty(stream) == 1 { return [.read, .write, .deviceControl] }
        switch flags & O_ACCMODE {
        case O_RDONLY: return [.read, .deviceControl]
        case O_WRONLY: return [.write, .deviceControl]
        default: return [.read, .write, .deviceControl]
        }
    }
}

extension HostDevice {
    fileprivate static let withoutTerminal: [HostDevice] = [.null, .zero, .full, .random, .urandom]
}
