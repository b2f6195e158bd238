import Credentials

/// Who asks: what the VFS needs to know of a task. `Kernel.Task` is the one that conforms.
package protocol Caller: AnyObject {
    /// The subjective credentials.
    var credentials: Credentials { get }
    /// Root and working directory.
    var fs: FSContext { get }
    /// In which its mounts are; nil for who has none any more.
    var mountNamespace: MountNamespace? { get }
    /// Its fds, to which its record locks belong (fcntl_locking(2)); nil for who takes none.
    var fileTable: FDTable? { get }
    /// The settings fs/protected_*.
    var protections: FileProtections { get }
    /// What the call in progress has asked of the host; nil for who asks under the lock.
    var hostAnswers: HostAnswers? { get }
    /// Whether somebody reads the state behind refusals.
    var wantsExplanations: Bool { get }
}

extension Caller {
    package var protections: FileProtections { FileProtections() }
    package var fileTable: FDTable? { nil }
    package var hostAnswers: HostAnswers? { nil }

    /// capable(): the capability in the initial user namespace.
    package func hasGlobally(_ capability: Capability) -> Bool {
        credentials.userNamespace.isInitial && credentials.effective.has(capability)
    }

    /// The refusal by `rule` with the state that mattered, whose text is only built when somebody listens.
    package func refusal(_ rule: Rule, _ explanation: @autoclosure () -> String) -> Refusal {
        Refusal(rule, explanation: wantsExplanations ? explanation() : nil)
    }
}
