import Credentials
import LinuxABI

/// A shared memory segment (shmop(2)). Its bytes are in a memory file of the host, made at the first attach.
package final class SharedSegment: IPCObject {
    /// In how many pieces an address space maps the segment, as last seen: Linux counts each as an attach (shm_nattch).
    private struct Attacher {
        weak var image: AddressSpace?
        let process: PID
        var pieces: Int
    }

    package let size: UInt64
    package let creatorPID: PID
    package private(set) var lastPID: PID?
    package private(set) var attachTime: Int64 = 0
    package private(set) var detachTime: Int64 = 0
    private var attachers: [Attacher] = []
    /// Attaches that are being made.
    private var pending = 0
    package private(set) var memory: HostFile?
    /// Who made it, while that thread has not ended (shm_creator).
    weak var creator: Task?
    private weak var namespace: IPCNamespace?

    /// SHM_DEST: removed, and destroyed with the last detach.
    private static let dies: UInt32 = 0o1000

    package init(
        key: Int32, mode: UInt32, size: UInt64, creator: Task, namespace: IPCNamespace, now: Int64
    ) throws(Refusal) {
        self.size = size
        self.creator = creator
        self.namespace = namespace
        creatorPID = creator.group.pid
        super.init(
            key: key, mode: mode, creator: creator.credentials, now: now,
            charge: try Charge(creator.kernel.budget, .segments, Self.footprint))
    }

    package var attachCount: Int { attachers.reduce(pending) { $0 + $1.pieces } }
    package override var amount: UInt64 { pages }
    package var pages: UInt64 { size / 4096 &+ (size & 4095 == 0 ? 0 : 1) }

    // MARK: Attaching

    /// The host's file with the bytes; ENOMEM where there is none to be had.
    private func file(_ platform: any Platform) throws(Refusal) -> HostFile {
        if let memory { return memory }
        do throws(Errno) {
            guard let made = try platform.makeHostObject(.segment(key: key, size: size)).first else { throw .ENOMEM }
            memory = made
            return made
        } catch {
            throw Refusal(.ENOMEM)
        }
    }

    /// Begins an attach by `task`, whose permission was checked. An `address` that is given is taken, and nothing else may
    /// be there unless the attach `replaces` it.
    package func attach(
        _ task: Task, address: UInt64?, replaces: Bool, isWritable: Bool, isExecutable: Bool
    ) throws(Refusal) -> HostCallSequence {
        let file = try file(task.kernel.platform)
        // MAP_SHARED; MAP_FIXED or MAP_FIXED_NOREPLACE.
        let flags: UInt64 = 1 | (address == nil ? 0 : replaces || address == 0 ? 0x10 : 0x10_0000)
        let step = HostCallSequence.Step.map(
            file, isWritable: isWritable, address: address ?? 0, size: size,
            protection: 1 | (isWritable ? 2 : 0) | (isExecutable ? 4 : 0), flags: flags)
        pending += 1
        return HostCallSequence([step]) { [self] result in
            pending -= 1
            switch result {
            case .success(let place):
                attached(task.image, by: task)
                return .success(Int64(bitPattern: place))
            case .failure(let errno):
                destroyIfDue()
                return .failure(errno == .EEXIST ? .EINVAL : errno)
            }
        }
    }

    private func attached(_ image: AddressSpace, by task: Task) {
        if let index = attachers.firstIndex(where: { $0.image === image }) {
            attachers[index].pieces += 1
        } else {
            attachers.append(Attacher(image: image, process: task.group.pid, pieces: 1))
            // What is mapped keeps the namespace too (shm_file_data).
            image.segments.append(AttachedSegment(segment: self, namespace: namespace))
        }
        attachTime = task.kernel.platform.storage.now.seconds
        lastPID = task.group.pid
    }

    /// fork(2): `child` has what `parent` has, by the work of the parent (shm_open).
    func inherit(_ child: AddressSpace, of process: PID, from parent: AddressSpace, by task: Task) {
        guard let own = attachers.first(where: { $0.image === parent }) else { return }
        attachers.append(Attacher(image: child, process: process, pieces: own.pieces))
        child.segments.append(AttachedSegment(segment: self, namespace: namespace))
        attachTime = task.kernel.platform.storage.now.seconds
        lastPID = task.group.pid
    }

    // MARK: Detaching

    /// An address space is gone with all its attaches.
    func leave(_ image: AddressSpace, by process: PID, now: Int64) {
        guard let index = attachers.firstIndex(where: { $0.image === image }) else { return }
        attachers.remove(at: index)
        detached(by: process, now)
    }

    private func detached(by process: PID, _ now: Int64) {
        lastPID = process
        detachTime = now
        destroyIfDue()
    }

    /// Counts the attaches anew: munmap(2) and its kin are the host's, which tells nobody.
    package func recount(_ kernel: Kernel) {
        for attacher in attachers {
            guard let image = attacher.image, let memory, let task = kernel.anyTask(of: image) else { continue }
            let pieces = kernel.platform.mappings(of: memory, in: task).count
            guard pieces != attacher.pieces, let index = attachers.firstIndex(where: { $0.image === image }) else {
                continue
            }
            if pieces == 0 {
                attachers.remove(at: index)
                image.segments.removeAll { $0.segment === self }
            } else {
                attachers[index].pieces = pieces
            }
            if pieces < attacher.pieces { detached(by: attacher.process, kernel.platform.storage.now.seconds) }
        }
    }

    // MARK: Removing

    /// IPC_RMID: at once, or with the last detach; it has no key from now on (do_shm_rmid).
    package func remove() {
        setFlag(Self.dies, true)
        namespace?.objects.segments.forgetKey(of: self)
        destroyIfDue()
    }

    /// shm_may_destroy().
    func destroyIfDue() {
        guard attachCount == 0, !isRemoved, let namespace else { return }
        guard mode & Self.dies != 0 || namespace.setting("kernel/shm_rmid_forced", default: 0) != 0 else { return }
        namespace.objects.segments.remove(self)
    }
}

/// A segment that an address space maps, and the namespace that thereby lives.
package struct AttachedSegment {
    package let segment: SharedSegment
    let namespace: IPCNamespace?
}

extension Kernel {
    /// A living task with this address space.
    func anyTask(of image: AddressSpace) -> Task? {
        for pid in initialPIDNamespace.numbers.values {
            if let task = pid.task, task.image === image, !task.isExiting { return task }
        }
        return nil
    }

    /// fork(2) copies attaches with the address space.
    func inheritSegments(_ child: Task, from parent: Task) {
        guard child.image !== parent.image else { return }
        for attached in parent.image.segments {
            attached.segment.inherit(child.image, of: child.group.pid, from: parent.image, by: parent)
        }
    }

    /// The task gives up its address space, by its end or by exec.
    func leaveImage(_ task: Task) {
        let image = task.image
        image.users -= 1
        guard image.users == 0, !image.segments.isEmpty else { return }
        let segments = image.segments
        image.segments = []
        for attached in segments {
            attached.segment.leave(image, by: task.group.pid, now: platform.storage.now.seconds)
        }
    }

    /// exit_shm(): with kernel.shm_rmid_forced a segment that nobody has attached ends with the thread that made it.
    func abandonSegments(madeBy task: Task) {
        guard let namespace = task.namespaces?.ipc else { return }
        for segment in Array(namespace.objects.segments.objects) where segment.creator === task {
            segment.creator = nil
            guard namespace.setting("kernel/shm_rmid_forced", default: 0) != 0 else { continue }
            segment.recount(self)
            segment.destroyIfDue()
        }
    }

    /// shm_destroy_orphaned(): kernel.shm_rmid_forced was turned on.
    func destroyOrphanedSegments(of namespace: IPCNamespace) {
        for segment in Array(namespace.objects.segments.objects) where segment.creator == nil {
            segment.recount(self)
            segment.destroyIfDue()
        }
    }
}
