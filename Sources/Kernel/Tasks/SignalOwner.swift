import Credentials
import LinuxABI

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

extension Kernel {
    /// send_sigio(): tells a file's owner that it is ready, if whoever became the owner then may signal the receiver.
    /// No capability counts, only users: the setter's real or effective one against the receiver's real and saved ones
    /// (sigio_perm). `code` is POLL_IN … POLL_HUP and `band` the poll events.
    package func sendIO(_ file: OpenFile, fd: Int32, code: Int32, band: UInt64) {
        guard let owner = file.signalOwner else { return }
        var info = SignalInfo(.io, code: SignalInfo.kernelCode, pid: 0, uid: 0)
        if let chosen = Signal(checked: file.signalNumber) {
            // With F_SETSIG the siginfo carries the band and the fd in the places of pid, uid and value.
            info = SignalInfo(
                chosen, code: code, pid: Int32(truncatingIfNeeded: band), uid: UInt32(truncatingIfNeeded: band >> 32),
                value: UInt64(UInt32(bitPattern: fd)))
        }
        switch owner.type {
        case 0:
            if let task = owner.pid.task, !task.isExiting, owner.maySignal(task.credentials) {
                platform.deliver(info, to: task, wholeGroup: false)
            }
        case 1:
            if let group = owner.pid.task?.group, let task = group.liveThread, owner.maySignal(task.credentials) {
                platform.deliver(info, to: task, wholeGroup: true)
            }
        default:
            for group in owner.pid.groupMembers {
                guard let task = group.liveThread, owner.maySignal(task.credentials) else { continue }
                platform.deliver(info, to: task, wholeGroup: true)
            }
        }
    }
}

extension SignalOwner {
    /// sigio_perm().
    fileprivate func maySignal(_ receiver: Credentials) -> Bool {
        euid == .root || euid == receiver.suid || euid == receiver.uid || uid == receiver.suid || uid == receiver.uid
    }
}
