import Credentials
import Kernel
import LinuxABI

extension ExecPlan {
    /// The new credentials and image, once every file is known.
    static func makeCommit(_ task: Task, _ program: Binary, name: [UInt8]) throws(Refusal) -> ExecCommit {
        let image = ProcessImage(userNamespace: task.credentials.userNamespace)
        image.executable = program.path
        let last = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        return ExecCommit(
            credentials: task.credentials, image: image, comm: Array(name[last...].prefix(15)), isSecure: false)
    }
}
