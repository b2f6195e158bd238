import Credentials
import LinuxABI

/// clone(2), clone3(2), fork(2) and vfork(2) in one form, decoded and copied from the guest.
package struct CloneRequest {
    package var flags: CloneFlags
    /// Sent to the parent at exit; 0 for none.
    package var exitSignal: Int32
    /// clone3's set_tid: numbers wanted, innermost PID namespace first.
    package var setTID: [Int32]
    /// True for clone3, whose rules differ from clone's.
    package var isClone3: Bool
    package init(flags: CloneFlags, exitSignal: Int32, setTID: [Int32] = [], isClone3: Bool = false) {
        self.flags = flags
        self.exitSignal = exitSignal
        self.setTID = setTID
        self.isClone3 = isClone3
    }
}

/// What execve(2) changes once nothing can fail any more.
package struct ExecCommit {
    package var credentials: Credentials
    package var image: AddressSpace
    /// The last component of the path, at most 15 bytes.
    package var comm: [UInt8]
    /// AT_SECURE: the parent-death signal is cleared.
    package var isSecure: Bool
    package init(credentials: Credentials, image: AddressSpace, comm: [UInt8], isSecure: Bool) {
        self.credentials = credentials
        self.image = image
        self.comm = comm
        self.isSecure = isSecure
    }
}
