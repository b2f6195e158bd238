import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// Puts a sandbox together from its configuration: the granted trees, the world, the kernel, the first task.
struct SandboxBuilder {
    private let configuration: RunConfiguration
    let kernel: Kernel
    private let world: MountBuilder
    private let credentials: Credentials
    private let workingDirectory: Path

    init(_ configuration: RunConfiguration, _ platform: HostPlatform) throws(SandboxError) {
        self.configuration = configuration
        let user = UserNamespace(budget: Budget(limit: configuration.budget ?? configuration.limits.kernelObjects))
        var description = MountPlan()
        let files = platform.files
        func grant(
            _ source: String, _ target: String, _ policy: HostTreePolicy, writable: Bool = false, as what: String
        ) throws(SandboxError) -> HostTree {
            do throws(LinuxABI.Errno) {
                return try files.grant(source, at: target, policy: policy, writable: writable)
            } catch {
                throw SandboxError("cannot use \(source) as \(what): \(error.message)")
            }
        }
        if let rootfs = configuration.rootfs {
            let tree = try grant(rootfs, "/", .root, as: "the root directory")
            guard let attributes = try? files.attributes(tree, []), attributes.mode.isDirectory else {
                throw SandboxError("cannot use \(rootfs) as the root directory: it is no directory")
            }
            description.root = .tree(tree)
        } else {
            description.root = .tree(try grant("/", "/", .system, as: "the root directory"))
        }
        var binds: [(name: String, bind: MountPlan.Bind)] = []
        var directory = configuration.workdir ?? "/"
        if configuration.rootfs == nil, configuration.workdir == nil, let current = unsafe getcwd(nil, 0) {
            defer { unsafe free(current) }
            let path = unsafe String(cString: current)
            // The root itself and what the system directories already show need no grant of their own.
            if path != "/" {
                let tree = try grant(path, path, .granted, as: "the working directory")
                binds.append((path, .init(tree: tree, target: Array(path.utf8), isReadOnly: false)))
                directory = path
            }
        }
        for bind in configuration.binds {
            let tree = try grant(
                bind.source, bind.destination, .granted, writable: !bind.readOnly, as: "the source of a bind")
            let target = Array(bind.destination.utf8)
            binds.append((bind.destination, .init(tree: tree, target: target, isReadOnly: bind.readOnly)))
        }
        do throws(Refusal) {
            world = try MountBuilder(description, storage: platform.storage, user: user)
        } catch {
            throw SandboxError("cannot build the sandbox's file tree: \(error.errno.message)")
        }
        for (name, bind) in binds {
            do throws(Refusal) {
                try world.mount(bind)
            } catch {
                throw SandboxError("cannot show anything at \(name) in the sandbox: \(error.errno.message)")
            }
        }
        do throws(Refusal) {
            kernel = Kernel(
                platform: platform, profile: configuration.profile, mounts: world.mounts, user: user,
                hostname: Array(configuration.hostname.utf8), limits: configuration.limits)
            try world.mountKernelFiles(kernel)
            kernel.budget.onExhausted = { BudgetReport.print($0, limit: $1) }
            kernel.onLimit = { [limits = configuration.limits] in LimitMessages.reached($0, limits) }
        } catch {
            throw SandboxError("cannot build the sandbox's file tree: \(error.errno.message)")
        }
        do throws(Refusal) {
            workingDirectory = try world.lookup(Array(directory.utf8))
        } catch {
            throw SandboxError("no working directory \(directory) in the sandbox: \(error.errno.message)")
        }
        guard workingDirectory.inode.mode.isDirectory else { throw SandboxError("\(directory) is not a directory") }
        let uid = KUID(configuration.uid), gid = KGID(configuration.gid)
        let all = configuration.capabilities
        credentials = Credentials(
            Credentials.Values(
                uid: uid, euid: uid, suid: uid, fsuid: uid, gid: gid, egid: gid, sgid: gid, fsgid: gid,
                groups: configuration.groups.map { KGID($0) }.sorted(), inheritable: [], permitted: all, effective: all,
                bounding: configuration.uid == 0 ? all : .full, ambient: [], securebits: [], noNewPrivileges: false,
                userNamespace: user))
    }

    /// The first process, behind the host process `pid`.
    func spawn(_ pid: pid_t) throws(SandboxError) -> Task {
        let files = FDTable(budget: kernel.budget)
        let streams = StdioFS(world.mounts.numbers, userNamespace: kernel.initialUserNamespace)
        var terminal: DeviceNumber?
        for stream in streams.openStreams(of: StandardStreams(), for: credentials) {
            // The task inherits the sentry's own.
            stream.file.hostIdentity = HostIdentity(of: stream.fd)
            try? kernel.count(stream.file)
            files.set(stream.fd, stream.file, closeOnExec: false)
            if let inode = stream.file.inode as? StreamInode, inode.isTerminal { terminal = terminal ?? inode.device }
        }
        for fd: Int32 in 0...2 where files[fd] == nil { files.leave(fd) }
        do throws(Refusal) {
            return try kernel.spawnProgram(
                credentials: credentials, fs: FSContext(root: world.root, workingDirectory: workingDirectory),
                files: files, memory: HostMemory(tid: pid), comm: Array("nsentry".utf8),
                terminal: terminal)
        } catch {
            throw SandboxError("cannot make the first process: \(error.errno.message)")
        }
    }

    /// The command's path: as given when it has a slash, else searched along PATH, as execvp(3) does.
    func resolveCommand() throws(SandboxError) -> [UInt8] {
        guard let name = configuration.command.first, !name.isEmpty else { throw SandboxError("no command given") }
        if name.utf8.contains(UInt8(ascii: "/")) { return Array(name.utf8) }
        let search = configuration.environment.last { $0.0 == "PATH" }?.1 ?? "/usr/local/bin:/usr/bin:/bin"
        var found: [UInt8]?
        for directory in search.split(separator: ":") {
            let candidate = Array("\(directory)/\(name)".utf8)
            guard let path = try? world.lookup(candidate), path.inode.mode.isRegular else { continue }
            if path.inode.mode.permissions & 0o111 != 0 { return candidate }
            if found == nil { found = candidate }
        }
        guard let found else {
            throw SandboxError("\(name): not found in the sandbox's PATH (\(search))", exitCode: 127)
        }
        return found
    }
}
