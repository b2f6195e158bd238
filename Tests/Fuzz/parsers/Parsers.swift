import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls

/// What reads bytes that a guest made: each takes any input, and may refuse it but not trap.
enum Parser: String, CaseIterable {
    case elf, program, capabilities, acl, attributes, maps, settings, addresses, control, opening, cloning, handles,
        keys, calls

    func run(_ input: inout Input) {
        switch self {
        case .elf: Self.elf(&input)
        case .capabilities: Self.capabilities(input.bytes)
        case .acl: Self.acl(input.bytes)
        default:
            guard let sentry = try? makeSentry(input) else { return }
            runCalls(&input, sentry)
        }
    }

    private func makeSentry(_ input: Input) throws(Refusal) -> TestSentry {
        try TestSentry(world: { storage in
            let tree = HostTree(index: 0, isWritable: false)
            storage.grant(tree, "", .directory)
            storage.grant(tree, "program", .regular, bytes: input.bytes)
            storage.grant(tree, "bin", .directory)
            storage.grant(tree, "bin/sh", .regular, bytes: input.bytes)
            var world = MountPlan()
            world.root = .tree(tree)
            return world
        })
    }

    private func runCalls(_ input: inout Input, _ sentry: TestSentry) {
        guard let task = try? sentry.spawn() else { return }
        let bytes = input.bytes
        switch self {
        case .program: Self.program(sentry, task)
        case .attributes: Self.attributes(bytes, task)
        case .maps: Self.maps(&input, task)
        case .settings: Self.settings(&input, task)
        case .addresses:
            for fd in (1...3).map({ task.call(.socket, 1, $0 == 3 ? 5 : $0, 0) }) {
                task.call(.bind, fd, bytes, bytes.count)
                task.call(.connect, fd, bytes, bytes.count)
                task.call(.sendto, fd, "x", 1, 0x40, bytes, bytes.count)
            }
        case .control: Self.control(&input, task)
        case .opening:
            task.call(.openat2, -100, "/proc/self/../program", bytes, bytes.count)
            task.call(.openat2, -100, "new", bytes, 24)
        case .cloning:
            task.call(.clone3, bytes, bytes.count)
            task.call(.clone3, bytes + [UInt8](repeating: 0, count: 88), 88)
        case .handles:
            task.call(.open_by_handle_at, -100, bytes, 0)
            task.call(.name_to_handle_at, -100, "/program", bytes, task.allocate(8), 0x1000)
        case .keys: Self.keys(&input, task)
        default: RandomCalls.run(&input, sentry, task)
        }
    }

    // MARK: Programs

    private static func elf(_ input: inout Input) {
        let header = input.take(ELFImage.headerSize)
        do throws(Refusal) {
            let range = try ELFImage.programHeadersRange(header)
            let table = Array(input.bytes.prefix(range.count))
            let image = try ELFImage(header: header, programHeaders: table)
            _ = image.span
            var steps = LoadSteps()
            for base in [0, 0x5555_5555_0000, 0x7fff_ffff_f000, UInt64.max] { steps.map(image, fd: 63, base: base) }
        } catch { return }
    }

    private static func program(_ sentry: TestSentry, _ task: TestTask) {
        task.call(.execve, "/program", 0, 0)
        guard let plan = sentry.lastExec else { return }
        var steps = LoadSteps()
        steps.map(plan.program.image, fd: 3, base: 0x5555_5555_0000)
        if let interpreter = plan.interpreter { steps.map(interpreter.image, fd: 4, base: 0x7fff_f7fc_0000) }
    }

    // MARK: Attributes

    private static func capabilities(_ bytes: [UInt8]) {
        guard let value = FileCapabilities(bytes) else { return }
        let again = FileCapabilities(value.bytes)
        // Flags that nobody knows are not written again.
        precondition(again?.permitted == value.permitted && again?.inheritable == value.inheritable)
    }

    private static func acl(_ bytes: [UInt8]) {
        let namespace = UserNamespace()
        guard var list = try? AccessControlList(bytes, in: namespace) else { return }
        let again = try? AccessControlList(list.value(in: namespace), in: namespace)
        precondition(again == list)
        _ = list.equivalent
        _ = list.grants(7, to: .root(in: namespace), owningGroup: KGID(7))
        if list.isValid(in: namespace) {
            list.setPermissions(0o751)
            var permissions: UInt32 = 0o666
            list.limit(to: &permissions)
            precondition(list.isValid(in: namespace))
        }
    }

    private static func attributes(_ bytes: [UInt8], _ task: TestTask) {
        let file = task.call(.openat, -100, "/tmp/file", 0o102, 0o755)
        let buffer = task.allocate(4096)
        for name in ["security.capability", "system.posix_acl_access", "system.posix_acl_default", "user.x"] {
            task.call(.setxattr, "/tmp", name, bytes, bytes.count, 0)
            task.call(.fsetxattr, file, name, bytes, bytes.count, 0)
            task.call(.fgetxattr, file, name, buffer, 4096)
        }
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        task.call(.fsetxattr, file, text, bytes, min(bytes.count, 8), 0)
        task.call(.flistxattr, file, buffer, 4096)
        task.call(.execve, "/tmp/file", 0, 0)
    }

    // MARK: Text

    private static func write(_ path: String, _ bytes: [UInt8], by task: TestTask) {
        guard let place = try? task.task.lookup(Array(path.utf8), .follow),
            let file = try? place.inode.open(place, flags: .writeOnly, for: task.task)
        else { return }
        _ = try? file.write(bytes, offset: 0, by: task.task)
    }

    private static func maps(_ input: inout Input, _ task: TestTask) {
        task.call(.unshare, CloneFlags.newUser)
        let names = ["uid_map", "gid_map", "projid_map", "setgroups", "timens_offsets"]
        let name = names[Int(input.byte()) % names.count]
        if name == "timens_offsets" { task.call(.unshare, CloneFlags.newTime) }
        write("/proc/self/\(name)", input.bytes, by: task)
        guard let place = try? task.task.lookup(Array("/proc/self/\(name)".utf8), .follow),
            let file = try? place.inode.open(place, flags: [], for: task.task)
        else { return }
        _ = try? file.contents()
        task.call(.setuid, 0)
    }

    private static func settings(_ input: inout Input, _ task: TestTask) {
        let names = [
            "sys/kernel/hostname", "sys/kernel/domainname", "sys/kernel/pid_max", "sys/user/max_user_namespaces",
            "sys/kernel/sem",
            "sys/kernel/shmmax", "sys/fs/mqueue/msg_max", "sys/kernel/ns_last_pid", "self/oom_score_adj", "self/comm",
            "self/loginuid",
            "self/coredump_filter", "self/clear_refs", "sys/fs/nr_open", "sys/kernel/keys/maxkeys",
            "sys/vm/overcommit_memory",
            "self/attr/current",
        ]
        let name = names[Int(input.byte()) % names.count]
        write("/proc/\(name)", input.bytes, by: task)
        guard let place = try? task.task.lookup(Array("/proc/\(name)".utf8), .follow),
            let file = try? place.inode.open(place, flags: [], for: task.task)
        else { return }
        _ = try? file.contents()
    }

    // MARK: Structures

    private static func control(_ input: inout Input, _ task: TestTask) {
        let pair = task.allocate(8)
        task.call(.socketpair, 1, 1 + Int(input.byte()) % 2, 0, pair)
        let shape = input.byte()
        let bytes = input.bytes
        let control = task.memory.allocateAtEdge(bytes), data = task.memory.allocateAtEdge(bytes)
        let claimed = shape & 1 == 0 ? UInt64(bytes.count) : UInt64(bytes.count) &* 7
        let part: [UInt64] = [data.rawValue, UInt64(bytes.count)]
        let vector = task.memory.allocateAtEdge(LittleEndian.bytes(part))
        let header: [UInt64] = [
            shape & 2 == 0 ? 0 : data.rawValue, UInt64(bytes.count), vector.rawValue, UInt64(shape >> 4 & 3),
            control.rawValue, claimed, 0,
        ]
        let message = LittleEndian.bytes(header)
        guard let first: Int32 = try? task.load(pair) else { return }
        task.call(.sendmsg, first, message, 0x40)
        task.call(.recvmsg, first, message, 0x40)
        task.call(.sendmmsg, first, message + [0, 0, 0, 0, 0, 0, 0, 0], 1, 0x40)
        task.call(.setsockopt, first, 1, Int(shape), bytes, bytes.count)
    }

    private static func keys(_ input: inout Input, _ task: TestTask) {
        let types = ["user", "logon", "keyring", "big_key", ".request_key_auth", "asymmetric"]
        let type = types[Int(input.byte()) % types.count]
        let operation = Int(input.byte() % 40), value = Int(Int8(bitPattern: input.byte()))
        let bytes = input.bytes
        let key = task.call(.add_key, type, bytes + [0], bytes, bytes.count, -3)
        task.call(.request_key, type, bytes + [0], bytes + [0], -2)
        for number in [key, Int64(value)] {
            task.call(.keyctl, operation, number, bytes + [0], bytes.count, value)
            task.call(.keyctl, operation, number, number, bytes + [0], value)
        }
        write("/proc/keys", bytes, by: task)
    }
}
