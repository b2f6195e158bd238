import Credentials
import Kernel
import LinuxABI

/// open_tree(2), open_tree_attr(2) and move_mount(2).
enum TreeCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .open_tree: { (task, a) throws(Refusal) in
            let flags = OpenTreeFlags(rawValue: Arguments.unsigned(a.a2))
            let file = try open(task, a.a0, a.a1, flags)
            return try task.answer(installing: file, closeOnExec: flags.contains(.closeOnExec))
        },
        .open_tree_attr: { (task, a) throws(Refusal) in
            if a.a3 == 0, a.a4 != 0 { throw Refusal(.EINVAL) }
            let flags = OpenTreeFlags(rawValue: Arguments.unsigned(a.a2))
            let file = try open(task, a.a0, a.a1, flags)
            if a.a3 != 0,
                let change = try MountAttributeCalls.change(
                    task, UserAddress(a.a3), size: a.a4, recursively: flags.contains(.recursive),
                    replacesMap: flags.contains(.clone))
            {
                try task.setAttributes(of: file.path, change)
            }
            return try task.answer(installing: file, closeOnExec: flags.contains(.closeOnExec))
        },
        .move_mount: moveMount,
    ]

    private struct OpenTreeFlags: OptionSet {
        let rawValue: UInt32
        static let clone = OpenTreeFlags(rawValue: 1)
        static let noFollow = OpenTreeFlags(rawValue: 0x100)
        static let noAutomount = OpenTreeFlags(rawValue: 0x800)
        static let emptyPath = OpenTreeFlags(rawValue: 0x1000)
        static let recursive = OpenTreeFlags(rawValue: 0x8000)
        static let closeOnExec = OpenTreeFlags(rawValue: 0x80000)
        static let all: OpenTreeFlags = [.clone, .noFollow, .noAutomount, .emptyPath, .recursive, .closeOnExec]
    }

    /// vfs_open_tree()
    private static func open(
        _ task: Task, _ dirfd: UInt64, _ address: UInt64, _ flags: OpenTreeFlags
    ) throws(Refusal) -> OpenFile {
        guard flags.isSubset(of: .all) else { throw Refusal(.mountUnknownFlags) }
        if flags.contains(.recursive), !flags.contains(.clone) { throw Refusal(.mountFlagsCombination) }
        if flags.contains(.clone) { try task.checkMayMount() }
        let path = try task.mountPath(
            dirfd, address, follows: !flags.contains(.noFollow), allowsEmpty: flags.contains(.emptyPath))
        if flags.contains(.clone) { return try task.openCopy(of: path, recursively: flags.contains(.recursive)) }
        return PathFile(path: path, flags: .path, credentials: task.credentials)
    }

    private struct MoveMountFlags: OptionSet {
        let rawValue: UInt32
        static let fromSymlinks = MoveMountFlags(rawValue: 1)
        static let fromEmptyPath = MoveMountFlags(rawValue: 4)
        static let toSymlinks = MoveMountFlags(rawValue: 0x10)
        static let toEmptyPath = MoveMountFlags(rawValue: 0x40)
        static let setGroup = MoveMountFlags(rawValue: 0x100)
        static let beneath = MoveMountFlags(rawValue: 0x200)
        /// With both for automounts.
        static let all = MoveMountFlags(rawValue: 0x377)
    }

    private static let moveMount: Handler = { (task, a) throws(Refusal) in
        try task.checkMayMount()
        let flags = MoveMountFlags(rawValue: Arguments.unsigned(a.a4))
        guard flags.isSubset(of: .all) else { throw Refusal(.mountUnknownFlags) }
        if flags.contains([.setGroup, .beneath]) { throw Refusal(.mountFlagsCombination) }
        // The place is looked up before what goes there.
        let to = try task.mountPath(
            a.a2, a.a3, follows: flags.contains(.toSymlinks), allowsEmpty: flags.contains(.toEmptyPath),
            allowsNull: true)
        let from = try task.mountPath(
            a.a0, a.a1, follows: flags.contains(.fromSymlinks), allowsEmpty: flags.contains(.fromEmptyPath),
            allowsNull: true)
        if flags.contains(.setGroup) {
            try task.setGroup(of: to, from: from)
        } else {
            try task.moveMount(from, to: to, beneath: flags.contains(.beneath))
        }
        task.kernel.generation &+= 1
        return .success
    }
}
