import Credentials
import Kernel
import LinuxABI

/// ioctl(2): what every file knows, what terminals know, and whom else to ask.
enum IoctlCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .ioctl: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try task.openFile(a.a0)
            return try call(task, fd, file, Arguments.unsigned(a.a1), a.a2)
        }
    ]

    private static let closeOnExec: UInt32 = 0x5451
    private static let keepOnExec: UInt32 = 0x5450
    private static let nonblocking: UInt32 = 0x5421
    private static let asynchronous: UInt32 = 0x5452
    private static let bytesReadable: UInt32 = 0x541b
    private static let fileSize: UInt32 = 0x1260
    private static let socketNamespace: UInt32 = 0x894c

    private static func call(
        _ task: Task, _ fd: Int32, _ file: OpenFile, _ request: UInt32, _ argument: UInt64
    ) throws(Refusal) -> Outcome {
        switch request {
        case closeOnExec, keepOnExec:
            return try DescriptorCalls.setCloseOnExec(task, fd, request == closeOnExec)
        case nonblocking:
            let isOn = try task.memory.load(UserAddress(argument), as: Int32.self) != 0
            if isOn { file.flags.insert(.nonblock) } else { file.flags.subtract(.nonblock) }
            // The flag lies in memory: the host is told what was read of it.
            if file.hasHostDescription { try task.kernel.platform.setFlags(file.flags.changeable, of: fd, in: task) }
            return .success
        case asynchronous: return try setAsynchronous(task, fd, file, UserAddress(argument))
        default: break
        }
        if let outcome = try FileFlagIoctls.call(file, request, argument, task) { return outcome }
        if let outcome = try NamespaceIoctls.call(file, request, argument, task) { return outcome }
        if request == socketNamespace, let file = file as? SocketFile {
            // sock_ioctl(), SIOCGSKNS.
            let net = file.socket.net
            try task.require(.netAdmin, over: net.owner, .socketNamespaceNeedsNetAdmin)
            return .value(Int64(try task.open(net)))
        }
        if let socket = file as? SocketFile, let outcome = try socketOwner(task, fd, socket, request, argument) {
            return outcome
        }
        if let outcome = try CopyCalls.clone(file, request, argument, task) { return outcome }
        if isTerminal(file) { return try terminal(task, file, request, argument) }
        guard file.hasHostDescription else { throw Refusal(.ENOTTY) }
        switch request {
        // How much can be read, or is still to be sent (SIOCOUTQ is TIOCOUTQ); harmless on anything.
        case bytesReadable, 0x5411: return .continueOnHost
        // SIOCATMARK writes whether the byte out of band comes next.
        case 0x8905 where file is SocketFile: return .continueOnHost
        // RNDGETENTCNT of the random devices.
        case 0x8004_5200 where file is DeviceFile: return .continueOnHost
        default: throw Refusal(.ENOTTY)
        }
    }

    /// FIOASYNC: O_ASYNC as F_SETFL sets it, by the task's own number, which the host's signal names. What can signal at all
    /// the host knows (ioctl_fioasync).
    private static func setAsynchronous(
        _ task: Task, _ fd: Int32, _ file: OpenFile, _ argument: UserAddress
    ) throws(Refusal) -> Outcome {
        let isOn = try task.memory.load(argument, as: Int32.self) != 0
        guard isOn != file.flags.contains(.async) else { return .success }
        guard file.hasHostDescription else { throw Refusal(.ENOTTY) }
        // The number lies in memory: the host is shown what was read of it.
        let call = HostCallSequence.Step.call(
            .ioctl, Arguments(UInt64(UInt32(bitPattern: fd)), UInt64(asynchronous), 0),
            structures: [(2, LittleEndian.bytes(Int32(isOn ? 1 : 0)))])
        return .callHost(
            HostCallSequence([call]) { result in
                guard case .success = result else { return result.map { _ in 0 } }
                if isOn { file.flags.insert(.async) } else { file.flags.subtract(.async) }
                FcntlCalls.watchReadiness(task, fd, file)
                return .success(0)
            })
    }

    /// FIOSETOWN and FIOGETOWN, and by their older names SIOCSPGRP and SIOCGPGRP: sockets have F_SETOWN as an ioctl too
    /// (socket(7), "Ioctls"; sock_ioctl).
    private static func socketOwner(
        _ task: Task, _ fd: Int32, _ file: SocketFile, _ request: UInt32, _ argument: UInt64
    ) throws(Refusal) -> Outcome? {
        let address = UserAddress(argument)
        switch request {
        case 0x8901, 0x8902:
            let owner = try task.memory.load(address, as: Int32.self)
            let outcome = try SignalOwnerCalls.set(task, file, owner)
            FcntlCalls.watchReadiness(task, fd, file)
            return outcome
        case 0x8903, 0x8904:
            try task.memory.store(SignalOwnerCalls.get(task, file), at: address)
            return .success
        default: return nil
        }
    }

    private static func isTerminal(_ file: OpenFile) -> Bool {
        if let stream = file.inode as? StreamInode { return stream.isTerminal }
        return file is DeviceFile && file.inode.device == DeviceNumber(major: 5, minor: 0)
    }

    /// Requests that concern the terminal's data: settings, size, queues. They are the host's to do.
    private static let settings: Set<UInt32> = [
        0x5401, 0x5402, 0x5403, 0x5404, 0x5405, 0x5406, 0x5407, 0x5408, 0x5409, 0x540a, 0x540b, 0x5411, 0x5413, 0x5414,
        0x541b, 0x5425, 0x802c_542a, 0x402c_542b, 0x402c_542c, 0x402c_542d, 0x5456, 0x5457,
    ]

    /// Job control is the model's (tty_ioctl(4), "Controlling terminal", "Process group and session ID").
    private static func terminal(
        _ task: Task, _ file: OpenFile, _ request: UInt32, _ argument: UInt64
    ) throws(Refusal) -> Outcome {
        if settings.contains(request) { return .continueOnHost }
        let kernel = task.kernel
        let address = UserAddress(argument)
        switch request {
        case 0x540e:  // TIOCSCTTY
            try kernel.takeTerminal(task, readable: file.flags.reads, steals: argument == 1)
            return .success
        case 0x5422:  // TIOCNOTTY
            try kernel.leaveTerminal(task)
            return .success
        case 0x540f, 0x5429:  // TIOCGPGRP, TIOCGSID
            guard task.group.hasTerminal else { throw Refusal(.ENOTTY) }
            let shown = request == 0x540f ? kernel.terminal.foreground : kernel.terminal.session
            try task.memory.store(shown?.number(in: task.pidNamespace) ?? 0, at: address)
            return .success
        case 0x5410:  // TIOCSPGRP
            try kernel.setForeground(task, to: try task.memory.load(address, as: Int32.self))
            return .success
        // TIOCSTI would let a sandboxed program type into the terminal.
        case 0x5412: throw Refusal(.EIO)
        default: throw Refusal(.ENOTTY)
        }
    }
}
