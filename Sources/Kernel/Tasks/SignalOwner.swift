import Credentials

/// Who is to get a file's SIGIO, and the IDs of the one who said so (fown_struct).
package struct SignalOwner {
    /// F_OWNER_TID 0, F_OWNER_PID 1, F_OWNER_PGRP 2.
    package let type: Int32
    package let pid: PID
    package let uid: KUID
    package let euid: KUID
    package init(type: Int32, pid: PID, uid: KUID, euid: KUID) {
        self.type = type
        self.pid = pid
        self.uid = uid
        self.euid = euid
    }
}
