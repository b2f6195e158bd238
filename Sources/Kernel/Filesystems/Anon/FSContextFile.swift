import Credentials
import LinuxABI

/// An open file-system context (fsopen(2), fspick(2)). Reading it tells what went wrong, message by message; as that happens
/// natively and a message is told once, a task whose table holds one stops at every call.
package final class FSContextFile: OpenFile {
    package let setup: FileSystemSetup

    package init(_ setup: FileSystemSetup, in system: AnonInodeFS, credentials: Credentials) {
        self.setup = setup
        let inode = system.makeInode(.special("fscontext"), for: credentials)
        super.init(
            path: system.place(of: inode), flags: .readWrite, credentials: credentials, backing: .inert)
    }

    package override var linkText: [UInt8]? { path.dentry.name.bytes }
    package override var needsFollowing: Bool { true }
}
