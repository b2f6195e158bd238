import Credentials
import LinuxABI

/// A regular file of an overlay. Its bytes stay where they are until somebody may write.
final class OverlayFile: OverlayInode {
    override var allowsDirectAccess: Bool { real.allowsDirectAccess }
    override var isOnDisk: Bool { real.isOnDisk }
    override var byteSource: BytesOfFile? { real.byteSource }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        let truncates = flags.contains(.truncate)
        guard flags.writes || truncates else { return try real.open(path, flags: flags, for: caller) }
        let file = try requireUpper().open(path, flags: flags, for: caller)
        forgetLower()
        if truncates { copyFromUpper() }
        return file
    }

    override func reserve(_ range: Range<UInt64>) throws(Refusal) { try real.reserve(range) }

    override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {
        try requireUpper().truncate(to: size, for: caller)
        forgetLower()
        copyFromUpper()
    }

    override func refreshOwnership() {
        guard let upper else { return }
        upper.refreshOwnership()
        mode = upper.mode
    }
}
