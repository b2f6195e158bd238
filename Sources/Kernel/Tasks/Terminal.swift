import Credentials
import LinuxABI

/// The one terminal that a sandbox may have been given: the session that it controls, and who is in front
/// (tty_ioctl(4), "Controlling terminal", "Process group and session ID"; drivers/tty/tty_jobctrl.c).
package struct Terminal {
    /// As stat(2) shows it; nil where the sandbox has none.
    package internal(set) var device: DeviceNumber?
    package fileprivate(set) var session: PID?
    package fileprivate(set) var foreground: PID?
}

extension Kernel {
    /// Makes `group`'s session the terminal's, as whoever starts a sandbox has it (proc_set_tty).
    func giveTerminal(to group: ThreadGroup) {
        terminal.session = group.session
        terminal.foreground = group.processGroup
        group.hasTerminal = true
    }

    /// TIOCSCTTY (tiocsctty): the caller, a session leader without a terminal, gets it. `steals` takes it from another
    /// session, for which CAP_SYS_ADMIN in the initial user namespace is needed, as for a terminal that it cannot read.
    package func takeTerminal(_ task: Task, readable: Bool, steals: Bool) throws(Refusal) {
        let group = task.group
        if group.isSessionLeader, terminal.session === group.session { return }
        guard group.isSessionLeader, !group.hasTerminal else { throw Refusal(.terminalNeedsSessionLeader) }
        let isAdministrator = task.credentials.has(.sysAdmin, over: initialUserNamespace)
        if let session = terminal.session {
            guard steals, isAdministrator else { throw Refusal(.terminalOfOtherSession) }
            removeTerminal(from: session)
        }
        guard readable || isAdministrator else { throw Refusal(.terminalOfOtherSession) }
        giveTerminal(to: group)
        generation &+= 1
    }

    /// TIOCNOTTY (no_tty): the caller loses it; with a session's leader all of the session do.
    package func leaveTerminal(_ task: Task) throws(Refusal) {
        guard task.group.hasTerminal else { throw Refusal(.ENOTTY) }
        if task.group.isSessionLeader { abandonTerminal(task.group) }
        task.group.hasTerminal = false
    }

    /// disassociate_ctty(): the leader of the terminal's session goes, and who is in front is hung up.
    func abandonTerminal(_ leader: ThreadGroup) {
        guard leader.hasTerminal, leader.isSessionLeader, let session = terminal.session else { return }
        for signal in [Signal.hup, Signal.cont] {
            let info = SignalInfo(signal, code: SignalInfo.kernelCode, pid: 0, uid: 0)
            for member in terminal.foreground?.groupMembers ?? OrderedMembers() where !member.isZombie {
                deliver(info, to: member)
            }
        }
        removeTerminal(from: session)
        generation &+= 1
    }

    /// session_clear_tty().
    private func removeTerminal(from session: PID) {
        for member in session.sessionMembers { member.hasTerminal = false }
        terminal.session = nil
        terminal.foreground = nil
    }

    /// TIOCSPGRP (tiocspgrp): puts a process group of the caller's session in front. A caller in the background is stopped
    /// first, unless it blocks or ignores SIGTTOU.
    package func setForeground(_ task: Task, to number: Int32) throws(Refusal) {
        guard task.group.hasTerminal else { throw Refusal(.ENOTTY) }
        try checkForeground(task)
        guard number >= 0 else { throw Refusal(.EINVAL) }
        guard terminal.session === task.group.session else { throw Refusal(.ENOTTY) }
        guard let group = task.pidNamespace.pid(number), let member = group.groupMembers.first else {
            throw Refusal(.ESRCH)
        }
        guard member.session === task.group.session else {
            throw refusal(
                .terminalGroupOfOtherSession,
                "process group \(group.number(in: initialPIDNamespace)) is of session "
                    + "\(member.session.number(in: initialPIDNamespace))")
        }
        terminal.foreground = group
        generation &+= 1
    }

    /// tty_check_change().
    private func checkForeground(_ task: Task) throws(Refusal) {
        let processGroup = task.group.processGroup
        guard let foreground = terminal.foreground, foreground !== processGroup else { return }
        let state = platform.statistics(of: task)
        guard (state.blocked | state.ignored) & Signal.ttou.bit == 0 else { return }
        if isOrphaned(processGroup) { throw Refusal(.ENOTTY) }
        let info = SignalInfo(.ttou, code: SignalInfo.kernelCode, pid: 0, uid: 0)
        for member in processGroup.groupMembers where !member.isZombie { deliver(info, to: member) }
        throw Refusal(.ERESTARTSYS)
    }
}
