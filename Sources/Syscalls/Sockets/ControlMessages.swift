import Credentials
import Kernel
import LinuxABI

/// Control messages of AF_UNIX (unix(7), "Ancillary messages"; cmsg(3)).
enum ControlMessage {
    static let socketLevel: Int32 = 1
    static let rights: Int32 = 1
    static let credentials: Int32 = 2
    static let processFile: Int32 = 4
    /// sizeof(struct cmsghdr).
    static let headerSize = 16
    static func aligned(_ size: Int) -> Int { (size + 7) & ~7 }
}

/// What sendmsg(2) is asked to attach.
struct Attachments {
    /// With the host's descriptions that travel. What stands behind other files is made anew for whoever installs them.
    var files: [(file: OpenFile, host: HostFile?)] = []
    var credentials: SocketCredentials?
    /// SCM_MAX_FD less the token that marks the message.
    private static let fileLimit = 252
    /// net.core.optmem_max.
    private static let sizeLimit: UInt64 = 131_072

    /// __scm_send().
    init(_ header: MessageHeader, of task: Task) throws(Refusal) {
        guard header.controlLength > 0 else { return }
        guard header.controlLength <= Self.sizeLimit else { throw Refusal(.ENOBUFS) }
        let bytes = try task.memory.bytes(header.control, count: Int(header.controlLength))
        var offset = 0
        while offset + ControlMessage.headerSize <= bytes.count {
            let size: UInt64 = LittleEndian.load(bytes, offset)
            let level: Int32 = LittleEndian.load(bytes, offset + 8), type: Int32 = LittleEndian.load(bytes, offset + 12)
            guard let length = Int(exactly: size), length >= ControlMessage.headerSize, length <= bytes.count - offset
            else { throw Refusal(.EINVAL) }
            if level == ControlMessage.socketLevel {
                let payload = bytes[(offset + ControlMessage.headerSize)..<(offset + length)]
                try add(type, Array(payload), of: task)
            }
            offset += ControlMessage.aligned(length)
        }
    }

    private mutating func add(_ type: Int32, _ payload: [UInt8], of task: Task) throws(Refusal) {
        let words = LittleEndian.all(payload, as: Int32.self)
        switch type {
        case ControlMessage.rights:
            guard words.count + files.count <= Self.fileLimit else { throw Refusal(.EINVAL) }
            for fd in words {
                let file = try task.files.file(fd)
                var host: HostFile?
                if case .installed = file.backing { host = try task.kernel.borrow(fd, of: task) }
                files.append((file, host))
            }
        case ControlMessage.credentials:
            guard payload.count == 12 else { throw Refusal(.EINVAL) }
            credentials = try SocketCredentials(
                claimedPID: words[0], uid: UInt32(bitPattern: words[1]), gid: UInt32(bitPattern: words[2]), by: task)
        default: throw Refusal(.EINVAL)
        }
    }
}

/// The control messages that recvmsg(2) hands out, as many as its caller has room for.
struct ControlWriter {
    private(set) var bytes: [UInt8] = []
    /// MSG_CTRUNC.
    private(set) var isTruncated = false
    private let capacity: Int
    /// The fds that the messages name.
    private var installed: [Int32] = []

    init(capacity: UInt64) { self.capacity = min(Int(clamping: capacity), 1 << 20) }

    private var room: Int { capacity - bytes.count }

    /// put_cmsg(): cut when it does not fit.
    mutating func put(_ type: Int32, _ payload: [UInt8]) {
        guard room >= ControlMessage.headerSize else {
            isTruncated = true
            return
        }
        var length = ControlMessage.headerSize + payload.count
        if length > room {
            isTruncated = true
            length = room
        }
        let end = bytes.count + min(ControlMessage.aligned(ControlMessage.headerSize + payload.count), room)
        bytes.append(littleEndian: UInt64(length))
        bytes.append(littleEndian: ControlMessage.socketLevel)
        bytes.append(littleEndian: type)
        bytes += payload.prefix(length - ControlMessage.headerSize)
        while bytes.count < end { bytes.append(0) }
    }

    /// scm_detach_fds(): installs as many files as there is room and fds for.
    mutating func put(
        _ ancillary: AncillaryData, _ hosts: [HostFile], closeOnExec: Bool, in task: Task
    ) {
        let fitting = max(0, room - ControlMessage.headerSize) / 4
        var hosts = hosts[...]
        var numbers: [Int32] = []
        for (file, isCarried) in ancillary.files.prefix(fitting) {
            if isCarried {
                // What the host brought is the description; it is handed over by the installation.
                guard let host = hosts.popFirst() else { break }
                file.backing = .owned(host)
            }
            do throws(Refusal) {
                numbers.append(try task.install(file, closeOnExec: closeOnExec))
            } catch {
                if isCarried { file.backing = .installed }
                break
            }
        }
        installed += numbers
        if !numbers.isEmpty {
            put(ControlMessage.rights, LittleEndian.bytes(numbers))
        }
        if numbers.count < ancillary.files.count { isTruncated = true }
    }

    /// scm_pidfd_recv(): a pidfd of the sender, which may be gone; an error takes its place.
    mutating func put(_ sender: SocketCredentials, in task: Task) {
        guard room >= ControlMessage.headerSize + 4 else {
            isTruncated = true
            return
        }
        guard let pid = sender.pid else { return }
        let number: Int32
        do throws(Refusal) {
            number = try task.install(try task.kernel.makeProcessFile(of: pid, for: task), closeOnExec: true)
            installed.append(number)
        } catch {
            number = -error.errno.rawValue
        }
        put(ControlMessage.processFile, LittleEndian.bytes(number))
    }

    /// Nobody gets to know of what was put here: fds are closed again.
    mutating func giveUp(in task: Task) {
        for fd in installed { task.discard(fd) }
        installed = []
        bytes = []
        isTruncated = true
    }

    /// Something would have been handed out, had the caller asked for control messages.
    mutating func drop() { isTruncated = true }
}
