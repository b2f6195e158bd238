import Credentials
import LinuxABI

/// A set of semaphores (semop(2)).
package final class SemaphoreSet: IPCObject {
    package struct Semaphore {
        /// 0...32767.
        package var value: Int32 = 0
        package var lastPID: PID?
    }
    /// struct sembuf.
    package struct Operation: BitwiseCopyable {
        package var number: UInt16
        package var change: Int16
        /// IPC_NOWAIT 0o4000, SEM_UNDO 0o10000.
        package var flags: UInt16
        package init(number: UInt16, change: Int16, flags: UInt16) {
            self.number = number
            self.change = change
            self.flags = flags
        }
    }
    /// Why operations cannot be done now.
    package enum Obstacle {
        /// Operation `index` must wait.
        case wouldBlock(index: Int)
        case outOfRange
        /// For what is to be undone.
        case noMemory(Refusal)
    }

    package private(set) var semaphores: [Semaphore]
    package var operationTime: Int64 = 0
    package let waiters = WaitQueue()
    /// SEMVMX, and SEMAEM for what is undone at exit.
    package static let maximum: Int32 = 32767
    private static let undo: UInt16 = 0o10000

    package override var amount: UInt64 { UInt64(semaphores.count) }

    package init(key: Int32, mode: UInt32, count: Int, creator: Task, now: Int64) throws(Refusal) {
        let charge = try Charge(
            creator.kernel.budget, .semaphores,
            Self.footprint + Footprint.array(count, stride: MemoryLayout<Semaphore>.stride))
        semaphores = Array(repeating: Semaphore(), count: count)
        super.init(key: key, mode: mode, creator: creator.credentials, now: now, charge: charge)
    }

    /// perform_atomic_semop(): all operations or none. The numbers were checked.
    package func perform(_ operations: [Operation], by task: Task) -> Obstacle? {
        var values: [UInt16: Int32] = [:]
        var adjustments: [UInt16: Int32] = [:]
        var kept = task.semaphoreUndos?.undos[ObjectIdentifier(self)]
        for (index, operation) in operations.enumerated() {
            let number = operation.number
            let value = values[number] ?? semaphores[Int(number)].value
            let change = Int32(operation.change)
            if change == 0, value != 0 { return .wouldBlock(index: index) }
            let result = value + change
            if result < 0 { return .wouldBlock(index: index) }
            if result > Self.maximum { return .outOfRange }
            if operation.flags & Self.undo != 0 {
                let adjustment = (adjustments[number] ?? kept?.adjustments[Int(number)] ?? 0) - change
                if adjustment < -Self.maximum - 1 || adjustment > Self.maximum { return .outOfRange }
                adjustments[number] = adjustment
            }
            values[number] = result
        }
        if !adjustments.isEmpty, kept == nil {
            do throws(Refusal) {
                kept = try task.neededSemaphoreUndos.add(self, task.kernel.budget)
            } catch {
                return .noMemory(error)
            }
        }
        for operation in operations { semaphores[Int(operation.number)].lastPID = task.group.pid }
        for (number, value) in values { semaphores[Int(number)].value = value }
        for (number, adjustment) in adjustments { kept?.adjustments[Int(number)] = adjustment }
        return nil
    }

    /// SETVAL and SETALL: what processes wanted undone for these is forgotten.
    package func set(_ values: [Int: Int32], by task: Task) {
        for (number, value) in values {
            semaphores[number].value = value
            semaphores[number].lastPID = task.group.pid
        }
        for undo in undos { for number in values.keys { undo.value?.adjustments[number] = 0 } }
    }

    /// exit_sem(): what a process that ends wanted undone.
    fileprivate func apply(_ undo: SemaphoreUndo, of group: ThreadGroup) {
        for (number, adjustment) in undo.adjustments.enumerated() where adjustment != 0 {
            semaphores[number].value = min(max(semaphores[number].value + adjustment, 0), Self.maximum)
            semaphores[number].lastPID = group.pid
        }
    }

    private struct Reference { weak var value: SemaphoreUndo? }
    private var undos: [Reference] = []
    private var sweepAt = 16
    fileprivate func register(_ undo: SemaphoreUndo) {
        if undos.count >= sweepAt {
            undos.removeAll { $0.value == nil }
            sweepAt = max(16, undos.count * 2)
        }
        undos.append(Reference(value: undo))
    }

    /// freeary(): of a set that is removed nothing is undone any more.
    package func forgetUndos() {
        for undo in undos { undo.value?.list?.undos[ObjectIdentifier(self)] = nil }
        undos = []
    }
}

/// What tasks with CLONE_SYSVSEM between them want undone when the last of them ends (struct sem_undo_list).
package final class SemaphoreUndoList {
    fileprivate var undos: [ObjectIdentifier: SemaphoreUndo] = [:]
    private var nextOrder: UInt64 = 0

    /// find_alloc_undo()
    fileprivate func add(_ set: SemaphoreSet, _ budget: Budget) throws(Refusal) -> SemaphoreUndo {
        let undo = try SemaphoreUndo(set, self, budget, order: nextOrder)
        nextOrder &+= 1
        undos[ObjectIdentifier(set)] = undo
        return undo
    }
    /// Tasks that share it.
    fileprivate var users = 1
}

/// What a process wants undone of its operations on one set when it ends (struct sem_undo).
package final class SemaphoreUndo {
    package let set: SemaphoreSet
    fileprivate(set) var adjustments: [Int32]
    fileprivate weak var list: SemaphoreUndoList?
    fileprivate let order: UInt64
    private let charge: Charge

    init(_ set: SemaphoreSet, _ list: SemaphoreUndoList, _ budget: Budget, order: UInt64) throws(Refusal) {
        self.order = order
        charge = try Charge(budget, .semaphores, 256 + Footprint.array(set.semaphores.count, stride: 4))
        self.set = set
        self.list = list
        adjustments = Array(repeating: 0, count: set.semaphores.count)
        set.register(self)
    }
}

extension Kernel {
    /// exit_sem(): `task` has no more part in its undo list, whose operations are undone when nobody has.
    func leaveSemaphoreUndos(of task: Task) {
        guard let list = task.semaphoreUndos else { return }
        task.semaphoreUndos = nil
        list.users -= 1
        guard list.users == 0 else { return }
        for undo in list.undos.values.sorted(by: { $0.order < $1.order }) where !undo.set.isRemoved {
            undo.set.apply(undo, of: task.group)
            wake(undo.set.waiters)
        }
    }
}

extension Task {
    /// The undo list, made when there is none yet (get_undo_list).
    fileprivate var neededSemaphoreUndos: SemaphoreUndoList {
        if let semaphoreUndos { return semaphoreUndos }
        let list = SemaphoreUndoList()
        semaphoreUndos = list
        return list
    }

    /// CLONE_SYSVSEM: the list is `parent`'s, which has one from now on (copy_semundo).
    func shareSemaphoreUndos(of parent: Task) {
        let list = parent.neededSemaphoreUndos
        list.users += 1
        semaphoreUndos = list
    }
}
