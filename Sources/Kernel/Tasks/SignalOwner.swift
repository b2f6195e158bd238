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
        let receivers: [Task?] =
            switch owner.type {
            case 0: [owner.pid.task.flatMap { $0.isExiting ? nil : $0 }]
            case 1: [owner.pid.task?.group.liveThread]
            default: owner.pid.groupMembers.map(\.liveThread)
            }
        for case let task? in receivers where owner.maySignal(task.credentials) {
            // A siginfo with a band names no sender, so nothing of it is forced upon the init of a PID namespace
            // (send_signal_locked).
            if isImmune(task, to: info.signal, isForced: false) { continue }
            platform.deliver(info, to: task, wholeGroup: owner.type != 0)
        }
    }
}

extension SignalOwner {
    /// sigio_perm().
    fileprivate func maySignal(_ receiver: Credentials) -> Bool {
        euid == .root || euid == receiver.suid || euid == receiver.uid || uid == receiver.suid || uid == receiver.uid
    }
}
