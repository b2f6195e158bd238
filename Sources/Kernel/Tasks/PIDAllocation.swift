import Credentials
import LinuxABI

extension PIDNamespace {
    /// Numbers below are not given again once the counter has wrapped (RESERVED_PIDS).
    private static var reserved: Int32 { 300 }

    /// The next free number after the last one given, or nil when all are taken.
    func nextNumber() -> Int32? {
        let first: Int32 = lastNumber > Self.reserved ? Self.reserved : 1
        var candidate = lastNumber + 1
        // One pass to the maximum, one from the start.
        while candidate < maximum {
            if numbers[candidate] == nil { return candidate }
            candidate += 1
        }
        candidate = first
        while candidate <= lastNumber, candidate < maximum {
            if numbers[candidate] == nil { return candidate }
            candidate += 1
        }
        return nil
    }
}

extension Kernel {
    /// alloc_pid(): an identity with a number in `namespace` and each of its ancestors. `wanted` is clone3's set_tid,
    /// innermost namespace first.
    func allocatePID(in namespace: PIDNamespace, wanted: [Int32], by credentials: Credentials) throws(Refusal) -> PID {
        guard wanted.count <= namespace.level + 1 else { throw Refusal(.setTIDTooManyLevels) }
        var numbers = [Int32](repeating: 0, count: namespace.level + 1)
        var walk: PIDNamespace? = namespace
        var index = 0
        while let here = walk {
            let number: Int32
            if index < wanted.count {
                number = wanted[index]
                guard number >= 1, number < here.maximum else { throw Refusal(.setTIDOutOfRange) }
                guard number == 1 || here.hadInit else { throw Refusal(.setTIDFirstMustBeInit) }
                if let owner = here.owner {
                    guard
                        credentials.has(.checkpointRestore, over: owner) || credentials.has(.sysAdmin, over: owner)
                    else { throw Refusal(.setTIDWithoutCapability) }
                }
                guard here.numbers[number] == nil else { throw Refusal(.EEXIST) }
            } else {
                guard let next = here.nextNumber() else { throw Refusal(.EAGAIN) }
                number = next
            }
            numbers[here.level] = number
            walk = here.parent
            index += 1
        }
        // A namespace that was never forked into starts with pid 1, and one whose init is gone takes nobody.
        guard namespace.hadInit || numbers[namespace.level] == 1 else { throw Refusal(.setTIDFirstMustBeInit) }
        guard namespace.isAlive else { throw Refusal(.forkIntoDeadPIDNamespace) }
        let pid = PID(namespace: namespace, numbers: numbers, serial: allocatePIDSerial(), budget: budget)
        walk = namespace
        index = 0
        while let here = walk {
            here.numbers[numbers[here.level]] = pid
            if index >= wanted.count { here.lastNumber = numbers[here.level] }
            walk = here.parent
            index += 1
        }
        return pid
    }

    /// Frees `pid`'s numbers unless a task, process group or session still bears it.
    func releaseIfUnused(_ pid: PID) {
        guard pid.task == nil, pid.groupMembers.isEmpty, pid.sessionMembers.isEmpty else { return }
        var walk: PIDNamespace? = pid.namespace
        while let here = walk {
            let number = pid.numbers[here.level]
            if here.numbers[number] === pid { here.numbers[number] = nil }
            walk = here.parent
        }
        pid.isReleased = true
    }
}

extension PIDNamespace {
    /// find_vpid(): what `number` stands for here.
    package func pid(_ number: Int32) -> PID? { numbers[number] }
    /// find_task_by_vpid(): the thread with that number.
    package func task(_ number: Int32) -> Task? { numbers[number]?.task }
    /// The process whose leader has that number.
    package func group(_ number: Int32) -> ThreadGroup? {
        guard let pid = numbers[number], let group = pid.task?.group, group.pid === pid else { return nil }
        return group
    }
}
