/// Why a sandbox could not be started, and what the command should exit with.
package struct SandboxError: Error, Sendable {
    package let message: String
    package let exitCode: Int32
    package init(_ message: String, exitCode: Int32 = 125) {
        self.message = message
        self.exitCode = exitCode
    }
}

/// A sandbox for one command.
package enum Sandbox {
    /// Runs the command to its end and gives its exit code (128 + signal when one killed it).
    package static func run(_ configuration: RunConfiguration) throws(SandboxError) -> Int32 {
        throw SandboxError("running programs is not available in this build")
    }
}
