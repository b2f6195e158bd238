import Credentials
import Kernel
import LinuxABI
import SentryTesting

/// Plays one step of a recorded plan as the task's side of `Tests/Fuzz/sequence` does: the same calls, the same words.
struct StepPlayer {
    let player: SequencePlayer
    let step: RecordedStep
    let task: TestTask
    /// How many PID namespaces deep the task is.
    let level: Int
    private(set) var child: TestTask?
    private(set) var hasExecuted = false

    init(_ player: SequencePlayer, _ step: RecordedStep, _ peer: SequencePlayer.Peer) {
        self.player = player
        self.step = step
        task = peer.task
        level = peer.numbers.count
    }

    var changesNamespaces: Bool { ["FORK", "UNSHARE", "SETNS", "SETNS_PATH"].contains(step.kind) }
    private var a: [Int64] { step.words }
    private var keep: Int { SequencePlayer.keepBase + step.keep }

    mutating func play() -> String {
        let mark = task.memory.mark
        let answer =
            switch step.kind {
            case "FORK": fork()
            case "EXEC": execute()
            default: playNamespaces() ?? playMaps() ?? playCredentials() ?? playFiles() ?? playProcesses()
            }
        task.memory.mark = mark
        return answer ?? "not played"
    }

    // MARK: Words

    private func result(_ value: Int64) -> String {
        if value == TestTask.waits { return "TIMEOUT" }
        return value < 0 ? "\(Errno(rawValue: Int32(truncatingIfNeeded: -value)))" : "\(value)"
    }
    private func fd(_ value: Int64) -> String { value < 0 ? result(value) : "fd" }

    /// The number by which this task may name another: the target's at this task's own level.
    private var targetNumber: Int32 {
        guard step.target >= 0 else { return 0 }
        guard let peer = player.peers[step.target], level > 0, peer.numbers.count >= level else {
            return SequencePlayer.absent
        }
        return peer.numbers[level - 1]
    }

    /// A task's letter in the outermost PID namespace, the number in a nested one.
    private func name(_ number: Int32) -> String {
        guard number > 0, level <= 1 else { return "\(number)" }
        for (slot, peer) in player.peers.enumerated() where peer?.numbers.first == number {
            return SequencePlayer.letter(slot)
        }
        return "someone"
    }

    private func procPath(_ rest: String) -> String {
        if step.target < 0 { return "/proc/self/\(rest)" }
        return "/proc/\(player.peers[step.target]?.numbers.first ?? SequencePlayer.absent)/\(rest)"
    }

    /// Moves a new fd to its numbered place.
    private func keep(_ fd: Int64, at place: Int) {
        guard fd >= 0, place >= 0 else { return }
        task.call(.dup3, fd, SequencePlayer.keepBase + place, 0)
        task.call(.close, fd)
    }

    private func link(_ fd: Int64) -> String {
        switch SelfView.link(task, "/proc/self/fd/\(fd)") {
        case .success(let text): "fd \(text)"
        case .failure(let errno): "fd \(errno)"
        }
    }

    private func load<T: BitwiseCopyable>(_ address: UserAddress, _ offset: Int, _ type: T.Type) -> T? {
        try? task.load(address.advanced(by: offset), as: type)
    }
    private func word(_ address: UserAddress, _ offset: Int) -> Int32 { load(address, offset, Int32.self) ?? -1 }
    private func unsigned(_ address: UserAddress, _ offset: Int) -> UInt32 { load(address, offset, UInt32.self) ?? 0 }

    // MARK: Namespaces

    private mutating func fork() -> String {
        let flags = UInt64(bitPattern: a[0])
        let pidfd = task.allocate(4)
        let pid: Int64
        switch a[1] {
        case 0: pid = task.call(.fork)
        case 1: pid = task.call(.clone, flags | 17, 0, pidfd, 0, 0)
        default:
            let numbers = bytes([Int32(truncatingIfNeeded: a[3]), Int32(truncatingIfNeeded: a[4])])
            let list = task.allocate(8)
            _ = task.memory.write(numbers[...], at: list)
            let exitSignal: UInt64 = flags & 0x8000 != 0 ? 0 : 17
            let arguments: [UInt64] = [
                flags, pidfd.rawValue, 0, 0, exitSignal, 0, 0, 0, a[2] != 0 ? list.rawValue : 0,
                UInt64(bitPattern: a[2]), 0,
            ]
            pid = task.call(.clone3, bytes(arguments), a[5] != 0 ? a[5] : 88)
        }
        guard pid > 0 else { return result(pid) }
        let initial = player.sentry.kernel.initialPIDNamespace
        if let made = task.task.pidNamespace.task(Int32(truncatingIfNeeded: pid)) {
            child = player.sentry.task(Int64(made.group.pid.number(in: initial)))
        }
        var text = ""
        if flags & 0x1000 != 0, a[1] != 0 {
            keep(Int64(word(pidfd, 0)), at: step.keep)
            text = "pidfd "
        }
        return text + (level > 1 ? "\(pid)" : SequencePlayer.letter(step.target))
    }

    private mutating func execute() -> String {
        let path = a[0] < 0 ? "\(player.scratch)/../program" : player.path(Int(a[0]))
        var opened: Int64 = -1
        if a[1] != 0 {
            opened = task.call(.open, path, 0o12000000)
            if opened < 0 { return "open \(result(opened))" }
        }
        let got = a[1] != 0 ? task.call(.execveat, opened, "", 0, 0, 0x1000) : task.call(.execve, path, 0, 0)
        hasExecuted = got == 0
        if got < 0, opened >= 0 { task.call(.close, opened) }
        return result(got)
    }

    private func playNamespaces() -> String? {
        switch step.kind {
        case "UNSHARE": return result(task.call(.unshare, a[0]))
        case "SETNS": return result(task.call(.setns, keep, a[0]))
        case "OPEN_NS", "SETNS_PATH":
            let path = procPath("ns/\(SequencePlayer.namespaces[Int(a[0])])")
            let opened = task.call(.open, path, a[2] | 0o2000000)
            if opened < 0 { return "open \(result(opened))" }
            if step.kind == "OPEN_NS" {
                defer { keep(opened, at: step.keep) }
                return link(opened)
            }
            defer { task.call(.close, opened) }
            return result(task.call(.setns, opened, a[1]))
        case "READ_NS":
            switch SelfView.link(task, procPath("ns/\(SequencePlayer.namespaces[Int(a[0])])")) {
            case .success(let text): return text
            case .failure(let errno): return "\(errno)"
            }
        case "OPEN_PIDFD":
            let opened = task.call(.pidfd_open, targetNumber, a[0])
            defer { keep(opened, at: step.keep) }
            return fd(opened)
        case "NS_IOCTL": return namespaceIoctl()
        case "PIDFD_IOCTL": return processIoctl()
        default: return nil
        }
    }

    private func namespaceIoctl() -> String {
        let number = Int(a[0])
        let buffer = task.allocate(256)
        switch number {
        case 1, 2:
            let got = task.call(.ioctl, keep, 0xb700 | number)
            guard got >= 0 else { return result(got) }
            defer { keep(got, at: step.keep2) }
            return link(got)
        case 3:
            let type = task.call(.ioctl, keep, 0xb703)
            return type < 0 ? result(type) : "0x" + String(type, radix: 16)
        case 4:
            let got = task.call(.ioctl, keep, 0xb704, buffer)
            return got < 0 ? result(got) : "uid \(unsigned(buffer, 0))"
        case 6...9:
            var argument = number <= 7 ? Int32(truncatingIfNeeded: a[1]) : targetNumber
            // Small numbers of the outermost namespace are no task's of the plan, and another's on each side.
            if number <= 7, argument > 1, task.call(.fstat, keep, buffer) == 0,
                load(buffer, 8, UInt64.self) == 0xefff_fffc
            {
                argument = SequencePlayer.absent
            }
            let got = task.call(.ioctl, keep, 0x8004_b700 | number, argument)
            if got < 0 { return result(got) }
            if number <= 7 { return name(Int32(truncatingIfNeeded: got)) }
            return level <= 1 && got == Int64(argument) ? "same" : "another"
        default: return result(task.call(.ioctl, keep, number == 5 ? 0x8008_b705 : 0xb766, buffer))
        }
    }

    private func processIoctl() -> String {
        guard a[0] == 11 else {
            let got = task.call(.ioctl, keep, 0xff00 | a[0], a[1])
            guard got >= 0 else { return result(got) }
            defer { keep(got, at: step.keep2) }
            return link(got)
        }
        let info = task.allocate(128)
        _ = task.memory.write(bytes([UInt64(3)])[...], at: info)
        let got = task.call(.ioctl, keep, UInt64(0xc040_ff0b), info)
        if got < 0 { return result(got) }
        func ids(_ offsets: [Int]) -> String { offsets.map { "\(unsigned(info, $0))" }.joined(separator: ",") }
        return "\(name(word(info, 16))) of \(level <= 1 ? "?" : name(word(info, 24)))"
            + " u=\(ids([28, 36, 44, 52])) g=\(ids([32, 40, 48, 56]))"
    }

    // MARK: Maps

    private static let mapFiles = ["uid_map", "gid_map", "projid_map", "setgroups"]

    /// map_text() in render.c.
    private var mapText: [UInt8] {
        let form = Int(a[1])
        if a[0] == 3 {
            return Array(["deny", "allow", "deny\n", "allow\n", "denyx", "", "allow \n", "x"][form & 7].utf8)
        }
        if let text = [5: "0 0", 6: "\n", 7: "0x0 0 1\n"][form] { return Array(text.utf8) }
        var text = ""
        for extent in 0..<step.count where 4 + 3 * extent < 10 {
            let isLast = extent == step.count - 1
            text += "\(a[2 + 3 * extent]) \(a[3 + 3 * extent]) \(a[4 + 3 * extent])"
            if form == 2 { text += " junk" }
            if form == 3, isLast { text += "\n" }
            if form != 1 || !isLast { text += "\n" }
        }
        return Array(text.utf8)
    }

    private func readOut(_ number: Int64) -> String {
        guard let file = try? task.task.files.file(Int32(truncatingIfNeeded: number)) else { return "EBADF" }
        if !file.flags.reads { return "EBADF" }
        let contents: [UInt8]
        do throws(Refusal) { contents = try file.contents() } catch { return "\(error.errno)" }
        player.sentry.platform.setTextPosition(of: file, Int64(contents.count))
        var text = "\""
        var previous: UInt8 = 0
        for byte in contents {
            if byte == UInt8(ascii: " "), previous == byte { continue }
            previous = byte
            text += byte == UInt8(ascii: "\n") ? "\\n" : String(UnicodeScalar(byte))
        }
        return text + "\" \(contents.count)"
    }

    private func playMaps() -> String? {
        let path = procPath(Self.mapFiles[Int(a[0]) & 3])
        switch step.kind {
        case "WRITE_MAP", "WRITE_SETGROUPS":
            let opened = task.call(.open, path, 0o2000001)
            if opened < 0 { return "open \(result(opened))" }
            defer { task.call(.close, opened) }
            let text = mapText
            return result(task.call(.write, opened, text, text.count))
        case "OPEN_MAP":
            let opened = task.call(.open, path, a[1] | 0o2000000)
            defer { keep(opened, at: step.keep) }
            return fd(opened)
        case "WRITE_MAP_FD":
            let text = mapText
            return result(task.call(.write, keep, text, text.count))
        case "READ_MAP", "READ_SETGROUPS":
            let opened = task.call(.open, path, 0o2000000)
            if opened < 0 { return "open \(result(opened))" }
            defer { task.call(.close, opened) }
            return readOut(opened)
        case "READ_MAP_FD":
            let sought = task.call(.lseek, keep, 0, 0)
            return sought < 0 ? "seek \(result(sought))" : readOut(Int64(keep))
        default: return nil
        }
    }

    // MARK: Credentials

    private func playCredentials() -> String? {
        switch step.kind {
        case "SETUID": return result(task.call(.setuid, a[0]))
        case "SETGID": return result(task.call(.setgid, a[0]))
        case "SETREUID": return result(task.call(.setreuid, a[0], a[1]))
        case "SETREGID": return result(task.call(.setregid, a[0], a[1]))
        case "SETRESUID": return result(task.call(.setresuid, a[0], a[1], a[2]))
        case "SETRESGID": return result(task.call(.setresgid, a[0], a[1], a[2]))
        case "SETFSUID": return result(task.call(.setfsuid, a[0]))
        case "SETFSGID": return result(task.call(.setfsgid, a[0]))
        case "SETGROUPS":
            let groups = a.prefix(min(step.count, 8)).map { UInt32(truncatingIfNeeded: $0) }
            return result(task.call(.setgroups, step.count, bytes(groups)))
        case "CAPSET": return changeCapabilities()
        case "CAPGET":
            let data = task.allocate(24)
            let got = task.call(.capget, bytes([0x2008_0522, targetNumber]), data)
            if got < 0 { return result(got) }
            let words = (0..<6).map { unsigned(data, 4 * $0) }
            return [("E", 0), ("P", 1), ("I", 2)].map {
                "\($0.0)=\(SelfView.hex(words[$0.1 + 3], 1)):\(SelfView.hex(words[$0.1], 8))"
            }.joined(separator: " ")
        case "BOUND_DROP": return result(task.call(.prctl, 24, a[0]))
        case "AMBIENT": return result(task.call(.prctl, 47, a[0], a[1], a[2], 0))
        case "SECUREBITS": return result(task.call(.prctl, 28, a[0]))
        case "KEEPCAPS": return result(task.call(.prctl, 8, a[0]))
        case "NO_NEW_PRIVS": return result(task.call(.prctl, 38, a[0], 0, 0, 0))
        case "DUMPABLE": return result(task.call(.prctl, 4, a[0]))
        default: return nil
        }
    }

    private func changeCapabilities() -> String {
        let data = task.allocate(24)
        let got = task.call(.capget, bytes([0x2008_0522 as Int32, 0]), data)
        if got < 0 { return result(got) }
        let words = (0..<6).map { unsigned(data, 4 * $0) }
        let sets = (0..<3).map { set in
            let held = UInt64(words[set]) | UInt64(words[set + 3]) << 32
            return held & ~UInt64(bitPattern: a[2 * set]) | UInt64(bitPattern: a[2 * set + 1])
        }
        let record =
            sets.map { UInt32(truncatingIfNeeded: $0) } + sets.map { UInt32(truncatingIfNeeded: $0 >> 32) }
        let version: Int32 = a[6] == 1 ? 0x1998_0330 : a[6] == 2 ? 0x1234_5678 : 0x2008_0522
        return result(task.call(.capset, bytes([version, targetNumber]), bytes(record)))
    }

    // MARK: Files

    private func status(_ call: SyscallNumber, _ path: String) -> String {
        let buffer = task.allocate(144)
        let got = task.call(call, path, buffer)
        if got < 0 { return result(got) }
        return "\(String(unsigned(buffer, 24), radix: 8)) \(unsigned(buffer, 28)):\(unsigned(buffer, 32))"
    }

    private func playFiles() -> String? {
        let path = player.path(Int(max(0, a[0])))
        switch step.kind {
        case "CHOWN": return result(task.call(.chown, path, a[1], a[2]))
        case "CHMOD": return result(task.call(.chmod, path, a[1]))
        case "STAT": return status(.stat, path)
        case "ACCESS": return result(task.call(.faccessat2, -100, path, a[1], a[2]))
        case "OPEN":
            let opened = task.call(.open, path, a[1] | 0o2004000)
            guard opened >= 0 else { return result(opened) }
            defer { task.call(.close, opened) }
            return a[2] != 0 && a[1] & 3 != 0 ? "fd write \(result(task.call(.write, opened, "x", 1)))" : "fd"
        case "CREATE": return create(path)
        case "UNLINK": return result(a[1] != 0 ? task.call(.rmdir, path) : task.call(.unlink, path))
        case "SET_FILECAP":
            let (permitted, inheritable) = (UInt64(bitPattern: a[1]), UInt64(bitPattern: a[2]))
            let words = [
                UInt32(truncatingIfNeeded: a[3] << 24) | (a[4] != 0 ? 1 : 0), UInt32(truncatingIfNeeded: permitted),
                UInt32(truncatingIfNeeded: inheritable), UInt32(truncatingIfNeeded: permitted >> 32),
                UInt32(truncatingIfNeeded: inheritable >> 32), UInt32(truncatingIfNeeded: a[5]),
            ]
            let size = a[3] == 3 ? 24 : a[3] == 2 ? 20 : 16
            return result(task.call(.setxattr, path, "security.capability", bytes(words), size, 0))
        case "GET_FILECAP":
            let buffer = task.allocate(64)
            let count = task.call(.getxattr, path, "security.capability", buffer, 64)
            if count < 0 { return result(count) }
            let words = (0..<Int(count) / 4).map { " " + String(unsigned(buffer, 4 * $0), radix: 16) }
            return "\(count):" + words.joined()
        case "REMOVE_FILECAP": return result(task.call(.removexattr, path, "security.capability"))
        default: return nil
        }
    }

    private func create(_ path: String) -> String {
        var got: Int64
        switch a[1] {
        case 0:
            got = task.call(.open, path, 0o2000301, a[2])
            if got >= 0 { task.call(.close, got) }
        case 1: got = task.call(.mkdir, path, a[2])
        case 2: got = task.call(.mknod, path, 0o010000 | a[2], 0)
        default: got = task.call(.mknod, path, 0o020000 | a[2], a[1] == 3 ? 0 : 0x103)
        }
        if got < 0 { return result(got) }
        let text = status(.stat, path)
        return text.hasPrefix("E") ? "made, stat \(text)" : text
    }

    // MARK: Processes

    private func playProcesses() -> String? {
        switch step.kind {
        case "KILL": return result(task.call(.kill, targetNumber, a[0]))
        case "PIDFD_KILL": return result(task.call(.pidfd_send_signal, keep, a[0], 0, 0))
        case "STATUS": return statusLines()
        case "STAT_PROC":
            return status(.lstat, procPath(["", "status", "ns", "uid_map", "environ", "fd", "ns/user"][Int(a[0]) % 7]))
        case "PRLIMIT":
            let old = task.allocate(16)
            let new = task.allocate(16)
            _ = task.memory.write(bytes([a[2], a[3]])[...], at: new)
            let got = task.call(.prlimit64, targetNumber, a[0] != 0 ? 7 : 4, a[1] != 0 ? new : UserAddress(0), old)
            if got < 0 { return result(got) }
            return "\(load(old, 0, Int64.self) ?? -1) \(load(old, 8, Int64.self) ?? -1)"
        case "GETPRIORITY": return result(task.call(.getpriority, 0, targetNumber))
        case "SETPRIORITY": return result(task.call(.setpriority, 0, targetNumber, a[0]))
        case "SETHOSTNAME": return result(task.call(.sethostname, "abcdefgh", a[0]))
        case "GETHOSTNAME":
            let names = task.allocate(65 * 6)
            let got = task.call(.uname, names)
            if got < 0 { return result(got) }
            let text = (try? task.task.memory.bytes(names.advanced(by: 65), count: 65)) ?? []
            return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        case "SETSID":
            let session = task.call(.setsid)
            return session < 0 ? result(session) : name(Int32(truncatingIfNeeded: session))
        case "WHO":
            let (pid, parent, session) = (task.call(.getpid), task.call(.getppid), task.call(.getsid, 0))
            return "\(name(Int32(truncatingIfNeeded: pid))) of \(name(Int32(truncatingIfNeeded: parent)))"
                + " session \(session == pid ? "own" : session != 0 ? "other" : "0")"
        case "ENVIRON":
            let opened = task.call(.open, procPath(["environ", "auxv", "maps", "io"][Int(a[0]) & 3]), 0o2000000)
            if opened < 0 { return result(opened) }
            defer { task.call(.close, opened) }
            do throws(Refusal) {
                // What the text is, only a host knows.
                _ = try task.task.files.file(Int32(truncatingIfNeeded: opened)).contents()
                return step.answer.hasPrefix("empty") ? "empty" : "text"
            } catch {
                return "read \(error.errno)"
            }
        case "READ_MEMORY":
            let word = task.allocate(4)
            let got = task.call(
                .process_vm_readv, targetNumber, bytes([word.rawValue, 4]), 1,
                bytes([SequencePlayer.magicAddress.rawValue, 4]), 1, 0)
            if got < 0 { return result(got) }
            return "\(got) \(unsigned(word, 0) == SequencePlayer.magicWord ? "right" : "wrong")"
        case "GETFD":
            let got = task.call(.pidfd_getfd, keep, SequencePlayer.keepBase + step.keep2, 0)
            if got >= 0 { task.call(.close, got) }
            return fd(got)
        case "CLOSE": return result(task.call(.close, keep))
        case "EXIT": return "exits"
        case "WAIT":
            let info = task.allocate(128)
            let got = task.call(.waitid, step.target < 0 ? 0 : 1, targetNumber, info, 4 | 1, 0)
            if got < 0 { return result(got) }
            if word(info, 16) == 0 { return "none" }
            return "\(name(word(info, 16))) code \(word(info, 8)) status \(word(info, 24)) uid \(unsigned(info, 20))"
        default: return nil
        }
    }

    private func statusLines() -> String {
        let text: String
        switch read(task, procPath("status")) {
        case .success(let found): text = found
        case .failure(let errno): return "\(errno)"
        }
        let labels = ["Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:"]
        return labels.compactMap { label in
            line(label, of: text).map {
                label + $0.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: " ")
            }
        }.joined(separator: " ")
    }
}
