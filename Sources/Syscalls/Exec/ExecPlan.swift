import Credentials
import Kernel
import LinuxABI

/// Everything about an execve(2) that is decided before anything changes: what will be mapped, with which arguments,
/// and as whom.
package struct ExecPlan {
    /// A program file to map: its image and the open host file behind it.
    package struct Binary {
        package let image: ELFImage
        package let file: HostFile
        package let path: Path
    }
    package let program: Binary
    /// The program's dynamic loader, from the sandbox's root.
    package let interpreter: Binary?
    /// The path as given, be it a script's: AT_EXECFN (bprm->filename).
    package let filename: [UInt8]
    /// For a script: what replaces argv[0]: the interpreter, its optional argument, the script's path.
    package let scriptArguments: [[UInt8]]
    package let commit: ExecCommit

    /// BINPRM_BUF_SIZE: how much of a file decides its format.
    static let formatBytes = 256
    /// How much of a program is read at once: in most files what tells how to load it.
    private static let startBytes = 1024
    /// Interpreters of interpreters: the kernel gives up with ELOOP.
    private static let maximumScriptDepth = 5

    /// Settles an exec of `path` from `base` (nil: the working directory) by `task`. `shown` is the path as the new
    /// program is told it.
    package static func make(
        _ task: Task, path: [UInt8], from base: Path?, options: LookupOptions, shown: [UInt8]? = nil,
        isInaccessible: Bool = false
    ) throws(Refusal) -> ExecPlan {
        var found = try task.lookup(path, from: base, options)
        let displayed = shown ?? path
        var arguments: [[UInt8]] = []
        var depth = 0
        var name = displayed
        while true {
            let file = try open(found, for: task)
            let start = try read(file, 0, startBytes, task)
            guard start.starts(with: [0x23, 0x21]) else {
                let program = try parse(file, start, found, task)
                // begin_new_exec(): without a path the name is that of the file executed, be it a script's interpreter.
                let commit = try makeCommit(task, program, name: path.isEmpty ? fileName(found) : displayed)
                return ExecPlan(
                    program: program, interpreter: try loader(of: program, start, task), filename: displayed,
                    scriptArguments: arguments, commit: commit)
            }
            depth += 1
            if depth > maximumScriptDepth { throw Refusal(.ELOOP) }
            guard let script = ScriptHeader(Array(start.prefix(formatBytes))) else { throw Refusal(.ENOEXEC) }
            if isInaccessible { throw Refusal(.ENOENT) }
            // Each level puts itself before the arguments so far, whose first is replaced by the script's path.
            arguments = [script.interpreter] + (script.argument.map { [$0] } ?? []) + [name] + arguments.dropFirst()
            name = script.interpreter
            found = try task.lookup(script.interpreter)
        }
    }

    /// AT_EXECVE_CHECK: whether `call`'s file may be executed and its strings be copied, whatever the file holds
    /// (bprm_execve).
    package static func check(_ task: Task, _ call: ExecCall) throws(Refusal) {
        _ = try open(try task.lookup(call.path, from: call.base, call.options), for: task)
        for start in [call.argumentsAddress, call.environmentAddress] where start != 0 {
            var next = UserAddress(start)
            while case let string:UInt64 = try task.memory.load(next), string != 0 {
                do throws(Refusal) {
                    _ = try task.memory.string(UserAddress(string), limit: maximumString)
                } catch {
                    throw error.errno == .ENAMETOOLONG ? Refusal(.E2BIG) : error
                }
                next = next.advanced(by: 8)
                guard next.rawValue &- start < maximumPointers else { throw Refusal(.E2BIG) }
            }
        }
    }

    /// MAX_ARG_STRLEN, and what the pointers to all strings may take of the default stack limit's quarter.
    private static let maximumString = 32 * 4096
    private static let maximumPointers: UInt64 = 2 << 20

    /// The name of the file itself, for a program executed by its descriptor.
    private static func fileName(_ path: Path) -> [UInt8] {
        if let inode = path.inode as? AnonymousInode, case .memory(let name) = inode.kind {
            return Array("memfd:".utf8) + name
        }
        return path.dentry.name.bytes
    }

    /// do_open_execat(): a regular file, on a mount that allows it, that the caller may execute.
    private static func open(_ path: Path, for task: Task) throws(Refusal) -> HostFile {
        if path.inode.mode.isSymlink { throw Refusal(.ELOOP) }
        guard path.inode.mode.isRegular else { throw Refusal(.execNotRegularFile) }
        if path.forbidsExecution { throw Refusal(.fileNoexecMount) }
        try path.check(.execute, for: task)
        // exe_file_deny_write_access(); a memory file may be run by who still writes it.
        if path.inode.writeCount > 0, !(path.inode is AnonymousInode) { throw Refusal(.ETXTBSY) }
        let file = try path.inode.open(path, flags: [], for: task)
        guard case .owned(let host) = file.backing else { throw Refusal(.EACCES) }
        return host
    }

    /// `start` is the file's first bytes.
    private static func parse(
        _ file: HostFile, _ start: [UInt8], _ path: Path, _ task: Task
    ) throws(Refusal) -> Binary {
        let header = Array(start.prefix(ELFImage.headerSize))
        let range = try ELFImage.programHeadersRange(header)
        let table = try piece(of: file, start, range, task)
        return Binary(image: try ELFImage(header: header, programHeaders: table), file: file, path: path)
    }

    private static func loader(of program: Binary, _ start: [UInt8], _ task: Task) throws(Refusal) -> Binary? {
        guard let wide = program.image.interpreter, let low = Int(exactly: wide.lowerBound) else { return nil }
        let range = low..<(low &+ wide.count)
        let text = try piece(of: program.file, start, range, task)
        guard text.count == range.count, text.last == 0 else { throw Refusal(.ENOEXEC) }
        let path = try task.lookup(Array(text.prefix { $0 != 0 }))
        let file = try open(path, for: task)
        let first = try read(file, 0, startBytes, task)
        do throws(Refusal) {
            return try parse(file, first, path, task)
        } catch {
            // load_elf_binary: a loader of the wrong kind is ELIBBAD.
            throw error.errno == .ENOEXEC ? Refusal(.ELIBBAD) : error
        }
    }

    /// A range of the file, of whose `start` it may be a part.
    private static func piece(
        of file: HostFile, _ start: [UInt8], _ range: Range<Int>, _ task: Task
    ) throws(Refusal) -> [UInt8] {
        if range.upperBound <= start.count { return Array(start[range]) }
        return try read(file, Int64(range.lowerBound), range.count, task)
    }

    private static func read(_ file: HostFile, _ offset: Int64, _ count: Int, _ task: Task) throws(Refusal) -> [UInt8] {
        do throws(Errno) {
            return try task.kernel.platform.storage.read(file, offset: offset, count: count)
        } catch {
            throw Refusal(error)
        }
    }
}

/// The first line of a script (execve(2), "Interpreter scripts").
struct ScriptHeader {
    let interpreter: [UInt8]
    let argument: [UInt8]?

    /// `start` is the file's first bytes; nil when the line names no interpreter or does not end in time.
    init?(_ start: [UInt8]) {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var line = start.dropFirst(2).prefix { $0 != 0x0a && $0 != 0 }
        // Without an end the buffer's last byte only tells whether the name is whole; the line stops before it.
        let isCut = line.endIndex == start.endIndex && start.count >= ExecPlan.formatBytes
        let last = isCut ? line.popLast() : nil
        let text = line.drop(while: isBlank)
        let name = text.prefix { !isBlank($0) }
        // A name cut off by the end of the buffer is not run (load_script).
        guard !name.isEmpty, name.endIndex < text.endIndex || last.map(isBlank) ?? true else { return nil }
        interpreter = Array(name)
        var rest = text[name.endIndex...].drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        argument = rest.isEmpty ? nil : Array(rest)
    }
}
