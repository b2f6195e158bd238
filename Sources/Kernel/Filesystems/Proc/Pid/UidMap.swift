import Credentials
import LinuxABI

/// /proc/[pid]/uid_map, gid_map and projid_map (user_namespaces(7)).
///
/// The task's user namespace is taken at open; what the task does later does not matter to the open file.
package final class IDMapFile: OpenFile {
    private let kind: IDMapKind
    private weak var kernel: Kernel?
    package let namespace: UserNamespace

    init(_ kind: IDMapKind, of task: Task, _ path: Path, _ flags: OpenFlags, _ credentials: Credentials) {
        self.kind = kind
        kernel = task.kernel
        namespace = task.userNamespace
        super.init(path: path, flags: flags, credentials: credentials, backing: .text)
    }

    package override func contents() throws(Refusal) -> [UInt8] {
        namespace.mapText(kind, reader: credentials.userNamespace)
    }
    package override var interceptsWrites: Bool { true }
    package override var allowsPositionedWrites: Bool { false }
    package override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        guard let kernel else { throw Refusal(.EIO) }
        let writer = caller.credentials
        do throws(Refusal) {
            try namespace.writeMap(kind, bytes, offset: offset, opener: credentials, writer: writer)
        } catch {
            throw kernel.wantsExplanations
                ? error.explained(Explanation.map(error, kind, namespace, credentials, writer)) : error
        }
        kernel.generation &+= 1
        return bytes.count
    }
}

extension ProcPidEntry {
    static let uidMap = map("uid_map", .user)
    static let gidMap = map("gid_map", .group)
    static let projectMap = map("projid_map", .project)

    private static func map(_ name: Name, _ kind: IDMapKind) -> ProcPidEntry {
        ProcPidEntry(name, 0o644) { task, reader, path, flags throws(Refusal) in
            IDMapFile(kind, of: task, path, flags, reader.credentials)
        }
    }
}
