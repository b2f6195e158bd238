/// The keyrings that credentials name (credentials(7), keyrings(7)). Nil in the credentials of a task that has none.
package final class Keyrings {
    package let thread: Key?
    package let process: Key?
    package let session: Key?
    /// Where request_key(2) puts what it had to make (KEYCTL_SET_REQKEY_KEYRING).
    package let requestDefault: Int32

    package init(thread: Key? = nil, process: Key? = nil, session: Key? = nil, requestDefault: Int32 = 0) {
        self.thread = thread
        self.process = process
        self.session = session
        self.requestDefault = requestDefault
    }

    /// What a program executed keeps (prepare_exec_creds): the session and the default.
    var afterExec: Keyrings? {
        session == nil && requestDefault == 0 ? nil : Keyrings(session: session, requestDefault: requestDefault)
    }
}

extension Credentials {
    package func with(thread: Key) -> Credentials {
        changed {
            $0.keyrings = Keyrings(
                thread: thread, process: keyrings?.process, session: keyrings?.session,
                requestDefault: keyrings?.requestDefault ?? 0)
        }
    }

    package func with(process: Key) -> Credentials {
        changed {
            $0.keyrings = Keyrings(
                thread: keyrings?.thread, process: process, session: keyrings?.session,
                requestDefault: keyrings?.requestDefault ?? 0)
        }
    }

    package func with(session: Key) -> Credentials {
        changed {
            $0.keyrings = Keyrings(
                thread: keyrings?.thread, process: keyrings?.process, session: session,
                requestDefault: keyrings?.requestDefault ?? 0)
        }
    }

    package func with(requestDefault: Int32) -> Credentials {
        changed {
            $0.keyrings = Keyrings(
                thread: keyrings?.thread, process: keyrings?.process, session: keyrings?.session,
                requestDefault: requestDefault)
        }
    }

    /// copy_creds(): a new thread gets a thread keyring of its own if its maker had one, a new process neither the
    /// thread's nor the process's.
    package func keyringsForChild(isThread: Bool) throws(Refusal) -> Credentials {
        guard let own = keyrings, own.thread != nil || !isThread && own.process != nil else { return self }
        guard isThread, let thread = own.thread else { return changed { $0.keyrings = own.afterExec } }
        return with(thread: try makeThreadKeyring(in: thread.table))
    }

    /// install_thread_keyring_to_cred()
    package func makeThreadKeyring(in table: KeyTable) throws(Refusal) -> Key {
        try table.make(
            .keyring, Array("_tid".utf8), uid: uid, gid: gid, [.possessorAll, .user(.view)], .overrun,
            in: userNamespace)
    }

    /// install_process_keyring_to_cred()
    package func makeProcessKeyring(in table: KeyTable) throws(Refusal) -> Key {
        try table.make(
            .keyring, Array("_pid".utf8), uid: uid, gid: gid, [.possessorAll, .user(.view)], .overrun,
            in: userNamespace)
    }

    /// install_session_keyring_to_cred() without a keyring: a new one without a name.
    package func makeSessionKeyring(in table: KeyTable) throws(Refusal) -> Key {
        try table.make(
            .keyring, Array("_ses".utf8), uid: uid, gid: gid, [.possessorAll, .user(.view, .read)],
            keyrings?.session == nil ? .overrun : .counted, in: userNamespace)
    }

    /// key_fsuid_changed() and key_fsgid_changed(): a thread keyring's owner is who the thread is for file systems.
    package func fixThreadKeyring(after old: Credentials) {
        guard let thread = keyrings?.thread else { return }
        if fsuid != old.fsuid { thread.uid = fsuid }
        if fsgid != old.fsgid { thread.gid = fsgid }
    }
}
