import Credentials
import Kernel
import LinuxABI

/// A fork, vfork, clone or clone3 call with all that its caller gave, copied once.
package struct CloneCall {
    package var request: CloneRequest
    /// The child's stack pointer; null keeps the parent's.
    package var stack = UserAddress(0)
    /// Where CLONE_PARENT_SETTID writes.
    package var parentTID = UserAddress(0)
    /// Where CLONE_CHILD_SETTID writes and CLONE_CHILD_CLEARTID clears.
    package var childTID = UserAddress(0)
    /// Where CLONE_PIDFD writes.
    package var pidfd = UserAddress(0)
    package var tls: UInt64 = 0
    /// CLONE_INTO_CGROUP.
    package var cgroup: Int32?

    private init(_ request: CloneRequest) { self.request = request }

    /// Decodes the call; nil for a number that makes no task.
    package static func decode(_ number: UInt32, _ a: Arguments, of task: Task) throws(Refusal) -> CloneCall? {
        switch SyscallNumber(rawValue: UInt16(truncatingIfNeeded: number)) {
        case .fork: CloneCall(CloneRequest(flags: [], exitSignal: Signal.chld.rawValue))
        case .vfork: CloneCall(CloneRequest(flags: [.vfork, .vm], exitSignal: Signal.chld.rawValue))
        case .clone: try clone(a)
        case .clone3: try clone3(UserAddress(a.a0), size: a.a1, task.memory)
        default: nil
        }
    }

    /// Makes the model's child of `parent`.
    package func makeChild(of parent: Task) throws(Refusal) -> Task {
        let child = try parent.kernel.clone(parent, request)
        do throws(Refusal) {
            // What copy_process() finds out last: whether the pidfd can be told, and into which cgroup the child goes.
            if request.flags.contains(.pidfd) {
                try parent.memory.store(try parent.memory.load(pidfd, as: Int32.self), at: pidfd)
            }
            if let cgroup {
                guard let directory = parent.files[cgroup]?.inode as? CgroupDirectory else { throw Refusal(.EBADF) }
                guard let group = directory.cgroup else { throw Refusal(.ENOENT) }
                try group.take(unborn: child, of: parent)
            }
        } catch {
            parent.kernel.abandon(child)
            throw error
        }
        return child
    }

    /// clone(2): x86-64's order is flags, stack, parent_tid, child_tid, tls. The low byte is the exit signal.
    private static func clone(_ a: Arguments) throws(Refusal) -> CloneCall {
        let flags = CloneFlags(rawValue: UInt64(UInt32(truncatingIfNeeded: a.a0)) & ~CloneFlags.signalMask)
        let request = CloneRequest(flags: flags, exitSignal: Int32(truncatingIfNeeded: a.a0 & CloneFlags.signalMask))
        // One pointer serves both, so they exclude each other here (kernel_clone).
        if flags.contains([.pidfd, .parentSetTID]) { throw Refusal(.clonePidfdWithParentTID) }
        var call = CloneCall(request)
        call.stack = UserAddress(a.a1)
        call.parentTID = UserAddress(a.a2)
        call.pidfd = UserAddress(a.a2)
        call.childTID = UserAddress(a.a3)
        call.tls = a.a4
        return call
    }

    /// clone3(2): struct clone_args in one of its three sizes, or larger with zeros behind (copy_clone_args_from_user).
    private static func clone3(
        _ address: UserAddress, size: UInt64, _ memory: any GuestMemory
    ) throws(Refusal) -> CloneCall {
        let bytes = try memory.growingStructure(address, size: size, known: 88, minimum: 64)
        func field(_ index: Int) -> UInt64 {
            let start = index * 8
            return bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let flags = CloneFlags(rawValue: field(0))
        let (setTID, count) = (field(8), field(9))
        guard count <= 32, (setTID == 0) == (count == 0) else { throw Refusal(.EINVAL) }
        let exitSignal = field(4)
        guard exitSignal <= 0xff, exitSignal == 0 || Signal(checked: Int32(exitSignal)) != nil else {
            throw Refusal(.cloneBadExitSignal)
        }
        if flags.contains(.intoCgroup) {
            guard field(10) <= Int32.max, size >= 88 else { throw Refusal(.EINVAL) }
        }
        var wanted: [Int32] = []
        if count > 0 {
            let raw = try memory.bytes(UserAddress(setTID), count: Int(count) * 4)
            for index in 0..<Int(count) {
                let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(raw[index * 4 + $1]) << UInt32($1 * 8) }
                wanted.append(Int32(bitPattern: value))
            }
        }
        // clone3_args_valid(): unknown flags, CLONE_DETACHED, and the signal byte but for CLONE_NEWTIME.
        let known: UInt64 = 0x3_ffff_ff80
        guard field(0) & ~known == 0, flags.isDisjoint(with: .detached) else { throw Refusal(.cloneUnknownFlag) }
        if flags.contains([.sighand, .clearSighand]) { throw Refusal(.EINVAL) }
        if !flags.isDisjoint(with: [.thread, .parent]), exitSignal != 0 { throw Refusal(.cloneBadExitSignal) }
        let (stackBase, stackSize) = (field(5), field(6))
        guard (stackBase == 0) == (stackSize == 0) else { throw Refusal(.EINVAL) }
        // access_ok(): the stack ends where a program's memory does at the latest.
        let (stackEnd, overflows) = stackBase.addingReportingOverflow(stackSize)
        guard !overflows, stackEnd <= ELFImage.addressLimit else { throw Refusal(.EINVAL) }
        if flags.contains([.pidfd, .parentSetTID]), field(1) == field(3) { throw Refusal(.clonePidfdWithParentTID) }
        var call = CloneCall(
            CloneRequest(flags: flags, exitSignal: Int32(exitSignal), setTID: wanted, isClone3: true))
        call.pidfd = UserAddress(field(1))
        call.childTID = UserAddress(field(2))
        call.parentTID = UserAddress(field(3))
        call.stack = UserAddress(stackEnd)
        call.tls = field(7)
        if flags.contains(.intoCgroup) { call.cgroup = Int32(truncatingIfNeeded: field(10)) }
        return call
    }
}
