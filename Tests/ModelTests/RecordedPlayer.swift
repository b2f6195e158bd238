import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls

/// Plays a recorded plan on the model and says what `Tests/Fuzz/sequence` would have printed: the controller's part.
final class SequencePlayer {
    static let slots = 6
    static let keepBase = 200
    static let copies = 2
    static let files = 5
    /// Above the largest pid_max, so never a process.
    static let absent: Int32 = 4_194_400
    static let namespaces = [
        "user", "mnt", "uts", "ipc", "pid", "cgroup", "net", "time", "pid_for_children", "time_for_children",
    ]

    /// What the controller and all tasks know of a task; outermost number first.
    struct Peer {
        var task: TestTask
        var numbers: [Int32]
        var isAlive = true
        var view = ""
        var namespaces = ""
    }

    let sentry: TestSentry
    let scratch = "/scratch"
    var peers: [Peer?] = Array(repeating: nil, count: slots)
    private var names: [String: (order: [String: Int], held: [OpenFile])] = [:]

    init(isRoot: Bool, hasCopies: Bool) throws {
        sentry = try TestSentry()
        sentry.hostCalls[.write] = { _, arguments in Int64(bitPattern: arguments.a2) }
        sentry.hostCalls[.lseek] = { task, arguments in
            guard let file = try? task.task.files.file(Arguments.int(arguments.a0)) else { return -9 }
            guard case .text = file.backing else { return -29 }
            return 0
        }
        let controller = try sentry.spawn()
        layFiles(controller, isRoot: isRoot, hasCopies: hasCopies)
        levelGround(controller)
        let first = try controller.fork()
        if !isRoot {
            first.call(.setresgid, 1000, 1000, 1000)
            first.call(.setresuid, 1000, 1000, 1000)
            first.call(.prctl, 4, 1)
        }
        Self.placeMagicWord(in: first.memory)
        begin(first, at: 0)
    }

    func opening() -> String { "  A:" + named(peers[0].map { $0.view + $0.namespaces } ?? "") }

    func play(_ step: RecordedStep) -> String {
        guard let peer = peers[step.slot], peer.isAlive else { return "no task" }
        if step.kind == "FORK", peers[step.target] != nil { return "taken" }
        var player = StepPlayer(self, step, peer)
        var text = player.play()
        if player.hasExecuted {
            Self.placeMagicWord(in: peer.task.memory)
            begin(peer.task, at: step.slot)
            text = "0 AT_SECURE=\(sentry.lastExec?.commit.isSecure == true ? 1 : 0)"
            text += peers[step.slot].map { $0.view + $0.namespaces } ?? ""
        } else {
            text += view(step.slot, withNamespaces: player.changesNamespaces)
        }
        var lines = named(text)
        if let child = player.child {
            begin(child, at: step.target)
            lines +=
                "\n  \(Self.letter(step.target)):" + named(peers[step.target].map { $0.view + $0.namespaces } ?? "")
        }
        if step.kind == "EXIT" {
            peer.task.exit(Int32(truncatingIfNeeded: step.words[0]))
            lines += end(of: step.slot)
        }
        return lines
    }

    /// The word that process_vm_readv(2) is to find, at the same address in every task.
    static let magicAddress = UserAddress(0x50_0000)
    static let magicWord: UInt32 = 0x6e73_6679

    static func placeMagicWord(in memory: FakeMemory) {
        memory.map(magicAddress, count: 4)
        _ = memory.write(LittleEndian.bytes(magicWord)[...], at: magicAddress)
    }

    static func letter(_ slot: Int) -> String { String(UnicodeScalar(UInt8(truncatingIfNeeded: 65 + slot))) }

    /// A new task tells about itself.
    private func begin(_ task: TestTask, at slot: Int) {
        let status = (try? read(task, "/proc/self/status").get()) ?? ""
        let numbers = line("NSpid:", of: status)?.split(separator: "\t").compactMap { Int32($0) } ?? []
        var peer = Peer(task: task, numbers: numbers)
        peer.view = "\n    " + SelfView.identity(of: task, status)
        peer.namespaces = "\n   " + SelfView.namespaces(of: task)
        peers[slot] = peer
    }

    /// The parts of the task's view of itself that are no longer what they were.
    private func view(_ slot: Int, withNamespaces: Bool) -> String {
        guard let peer = peers[slot] else { return "" }
        var text = ""
        let view = "\n    " + SelfView.identity(of: peer.task, (try? read(peer.task, "/proc/self/status").get()) ?? "")
        if view != peer.view { text += view }
        peers[slot]?.view = view
        guard withNamespaces else { return text }
        let namespaces = "\n   " + SelfView.namespaces(of: peer.task)
        if namespaces != peer.namespaces { text += namespaces }
        peers[slot]?.namespaces = namespaces
        return text
    }

    /// The end of a PID namespace's init ends its members.
    private func end(of slot: Int) -> String {
        peers[slot]?.isAlive = false
        var text = ""
        for other in peers.indices {
            guard let peer = peers[other], peer.isAlive, peer.task.task.isDead else { continue }
            peers[other]?.isAlive = false
            text += "\n    \(Self.letter(other)) ended"
        }
        return text
    }

    /// Text with each "type:[number]" as "type#index", in order of appearance.
    private func named(_ text: String) -> String {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: ":"), at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "["),
                (48...57).contains(bytes[at + 2]), let end = bytes[at...].firstIndex(of: UInt8(ascii: "]"))
            else {
                out.append(bytes[at])
                at += 1
                continue
            }
            let type = String(decoding: out.reversed().prefix { (97...122).contains($0) }.reversed(), as: UTF8.self)
            let number = String(decoding: bytes[at + 2..<end], as: UTF8.self)
            let next = names[type]?.order.count ?? 0
            let index = names[type]?.order[number] ?? next
            names[type, default: ([:], [])].order[number] = index
            out += Array("#\(index)".utf8)
            at = end + 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    // MARK: The world

    /// Equal worlds on every host: see level_ground() in control.c.
    private func levelGround(_ controller: TestTask) {
        controller.call(.prctl, 36, 1)
        controller.call(.setsid)
        controller.call(.prlimit64, 0, 4, bytes([UInt64(0), 0]), 0)
        controller.call(.prlimit64, 0, 7, bytes([UInt64(1024), 4096]), 0)
        controller.call(.setgroups, 0, 0)
        controller.call(.unshare, CloneFlags([.newUTS, .newIPC]))
        controller.call(.sethostname, Array("fuzz".utf8), 4)
        controller.call(.prctl, 24, 24)
        let held: UInt32 = ~(1 << 24)
        controller.call(
            .capset, bytes([0x2008_0522 as UInt32, 0]), bytes([held, held, 0, 0x1ff, 0x1ff, 0]))
    }

    private func layFiles(_ controller: TestTask, isRoot: Bool, hasCopies: Bool) {
        let made: [(uid: Int, gid: Int, mode: Int)] = [
            (0, 0, 0o644), (1000, 1000, 0o640), (1001, 1000, 0o660), (100_000, 100_000, 0o606), (1000, 0, 0o2755),
            (1000, 1000, 0o755),
        ]
        let owner = isRoot ? 0 : 1000
        makeFile(controller, "/program", 0o755, Self.program)
        controller.call(.umask, 0)
        controller.call(.mkdir, scratch, 0o777)
        controller.call(.chown, scratch, owner, owner)
        controller.call(.umask, 0o22)
        for (index, file) in made.enumerated() {
            let path = path(index < Self.files ? index : Self.files + Self.copies)
            if index < Self.files { makeFile(controller, path, 0o600) } else { controller.call(.mkdir, path, 0o700) }
            controller.call(.chown, path, file.uid, file.gid)
            controller.call(.chmod, path, file.mode)
        }
        for copy in 0..<(hasCopies ? Self.copies : 0) {
            makeFile(controller, path(Self.files + copy), 0o755, Self.program)
            if !isRoot, copy == 0 { controller.call(.chown, path(Self.files), 1000, 1000) }
        }
    }
    private func makeFile(_ task: TestTask, _ path: String, _ mode: Int, _ contents: [UInt8] = Array("data\n".utf8)) {
        let fd = task.call(.open, path, 0o100 | 1, mode)
        if let file = try? task.task.files.file(Int32(truncatingIfNeeded: fd)), case .owned(let host) = file.backing {
            sentry.storage.write(contents, to: host)
        }
        task.call(.close, fd)
    }

    /// The least that is a program: an ELF header and one segment.
    private static let program: [UInt8] =
        bytes([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] as [UInt8]) + bytes([0 as UInt64])
        + bytes([2, 62, 1, 0] as [UInt16]) + bytes([0x40_0000, 64, 0] as [UInt64])
        + bytes([0, 0, 64, 56, 1, 0, 0, 0] as [UInt16])
        + bytes([1, 5] as [UInt32]) + bytes([0, 0x40_0000, 0x40_0000, 120, 120, 4096] as [UInt64])

    /// f0…f4 are plain files; then the programs' copies; then the directory and files made by steps.
    func path(_ index: Int) -> String {
        if index < Self.files { return "\(scratch)/f\(index)" }
        if index < Self.files + Self.copies { return "\(scratch)/program\(index - Self.files)" }
        return index == Self.files + Self.copies
            ? "\(scratch)/d" : "\(scratch)/n\(index - Self.files - Self.copies - 1)"
    }
}

/// A record for a call, as the machine lays it out.
func bytes<T: FixedWidthInteger>(_ words: [T]) -> [UInt8] { LittleEndian.bytes(words) }

/// The rest of the line that begins with `label`.
func line(_ label: String, of text: String) -> String? {
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.starts(with: label.utf8) {
        return String(decoding: line.dropFirst(label.utf8.count), as: UTF8.self)
    }
    return nil
}

/// Opens and reads a file of /proc.
func read(_ task: TestTask, _ path: String) -> Result<String, Errno> {
    let fd = task.call(.open, path, 0o2000000)
    if fd < 0 { return .failure(Errno(rawValue: Int32(-fd))) }
    defer { task.call(.close, fd) }
    let contents = try? task.task.files.file(Int32(truncatingIfNeeded: fd)).contents()
    return .success(String(decoding: contents ?? [], as: UTF8.self))
}

/// What a task prints of itself.
enum SelfView {
    static func identity(of task: TestTask, _ status: String) -> String {
        let mark = task.memory.mark
        defer { task.memory.mark = mark }
        let buffer = task.allocate(256)
        func words(_ count: Int) -> [UInt32] {
            (0..<count).map { (try? task.load(buffer.advanced(by: 4 * $0), as: UInt32.self)) ?? 0 }
        }
        func three(_ number: SyscallNumber) -> String {
            task.call(number, buffer, buffer.advanced(by: 4), buffer.advanced(by: 8))
            return words(3).map(String.init).joined(separator: ",")
        }
        var text = "u=\(three(.getresuid)),\(task.call(.setfsuid, -1))"
        text += " g=\(three(.getresgid)),\(task.call(.setfsgid, -1)) G="
        let groups = task.call(.getgroups, 64, buffer)
        text += words(Int(max(0, groups))).map(String.init).joined(separator: ",")
        let data = task.allocate(24)
        task.call(.capget, bytes([0x2008_0522 as UInt32, 0]), data)
        let caps = (0..<6).map { (try? task.load(data.advanced(by: 4 * $0), as: UInt32.self)) ?? 0 }
        for (name, at) in [("P", 1), ("E", 0), ("I", 2)] {
            text += " \(name)=\(hex(caps[at + 3], 1)):\(hex(caps[at], 8))"
        }
        text += " B=\(line("CapBnd:\t", of: status) ?? "?") A=\(line("CapAmb:\t", of: status) ?? "?")"
        return text + " sb=\(task.call(.prctl, 27)) kc=\(task.call(.prctl, 7)) nnp=\(task.call(.prctl, 39, 0, 0, 0, 0))"
            + " d=\(task.call(.prctl, 3))"
    }

    static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    static func namespaces(of task: TestTask) -> String {
        var text = ""
        for name in SequencePlayer.namespaces {
            switch link(task, "/proc/self/ns/\(name)") {
            case .success(let link): text += " \(name.hasSuffix("children") ? "next-" : "")\(link)"
            case .failure(let errno): text += " \(name)=\(errno)"
            }
        }
        return text
    }

    static func link(_ task: TestTask, _ path: String) -> Result<String, Errno> {
        let mark = task.memory.mark
        defer { task.memory.mark = mark }
        let buffer = task.allocate(64)
        let count = task.call(.readlink, path, buffer, 63)
        if count < 0 { return .failure(Errno(rawValue: Int32(-count))) }
        let bytes = (try? task.task.memory.bytes(buffer, count: Int(count))) ?? []
        return .success(String(decoding: bytes, as: UTF8.self))
    }
}
