import Credentials
import Kernel

/// What `nsentry run` was asked for.
package struct RunConfiguration: Sendable {
    /// Where the trace goes.
    package enum TraceTarget: Hashable, Sendable {
        case none
        case stderr
        case file(String)
    }
    /// What stands between a task and the host: the seccomp filter with the model behind it, and Landlock with the tasks'
    /// empty root directory.
    package enum Wall: String, Hashable, Sendable, CaseIterable { case first, second }
    /// A host directory or file that the sandbox sees at `destination`.
    package struct Bind: Hashable, Sendable {
        package var source: String
        package var destination: String
        package var readOnly: Bool
        package init(source: String, destination: String, readOnly: Bool) {
            self.source = source
            self.destination = destination
            self.readOnly = readOnly
        }
    }

    package var command: [String]
    package var uid: UInt32 = 0
    package var gid: UInt32 = 0
    package var groups: [UInt32] = []
    package var capabilities = CapabilitySet.full
    /// The host directory that becomes `/`; nil for the host's system directories.
    package var rootfs: String?
    package var binds: [Bind] = []
    package var workdir: String?
    /// The whole environment of the command, in order.
    package var environment: [(String, String)] = []
    package var hostname = "sandbox"
    package var profile = Profile.linux
    /// How many bytes the sandbox's files may have on the host; nil for what fits the host.
    package var diskLimit: UInt64?
    package var trace = TraceTarget.none
    /// Whether to fail where the host has no Landlock.
    package var requiresLandlock = false
    /// For tests: bytes that the sandbox's kernel objects may take. Nil is what the limits say.
    package var budget: Int?
    /// For tests of the other wall.
    package var withoutWall: Wall?
    package var limits = SandboxLimits()
    /// Of the trace, only refusals.
    package var explainOnly = false

    package init(command: [String]) { self.command = command }
}
