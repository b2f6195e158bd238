import CHostLinux
import Glibc
import LinuxABI

/// Pages that lie at one address in every task and that no guest can write, move or replace: shared memory that tasks
/// map read-only and seal (mseal(2)). What the host has to read for a call of ours lies here.
///
/// Other tasks can read them, so nothing in them is secret.
@safe final class SealedPages {
    /// A `syscall` instruction at which chains of calls are entered.
    static let callInstruction = CHOST_SEALED_BASE
    static let range = CHOST_SEALED_BASE..<CHOST_SEALED_BASE + CHOST_SEALED_SIZE
    /// An empty string: the path of the loader stub's execveat(2).
    static let emptyPath = CHOST_SEALED_BASE + CHOST_SEALED_DATA
    /// struct sigaction as the kernel has it, all zero: SIG_DFL; and SIG_IGN.
    static let defaultAction = emptyPath
    static let ignoringAction = emptyPath + 32
    /// struct sock_fprog of the clocks' layer, with its program behind it.
    static let clockLayer = emptyPath + 64

    /// What tasks map.
    let descriptor: Int32
    /// Whether the host seals mappings (Linux 6.10). If not, a guest may unmap the pages and put its own there, and calls
    /// whose structures decide something are not made.
    let areSealed: Bool
    private let memory: OpaquePointer
    private var free: [Int] = []
    private var used = 0

    /// A piece of the pages, for as long as somebody holds it.
    final class Slot {
        fileprivate let index: Int
        private let pages: SealedPages
        var address: UInt64 { CHOST_SEALED_BASE + UInt64(SealedPages.firstSlot + index * SealedPages.slotSize) }

        fileprivate init(_ index: Int, of pages: SealedPages) {
            self.index = index
            self.pages = pages
        }
        deinit { pages.free.append(index) }
    }
    private static let firstSlot = 0x3000
    static let slotSize = 128
    private static let slotCount = (Int(CHOST_SEALED_SIZE) - firstSlot) / slotSize

    init() throws(LinuxABI.Errno) {
        var tasks: Int32 = -1
        guard let mapped = unsafe chost_sealed_create(&tasks) else { throw LinuxABI.Errno(rawValue: -tasks) }
        descriptor = tasks
        unsafe memory = mapped
        areSealed = chost_sealing_supported() == 0
        write([1], at: Self.ignoringAction)
        let layer = SeccompProgram.clockLayer.instructions
        write([UInt64(layer.count), Self.clockLayer + 16], at: Self.clockLayer)
        unsafe layer.withUnsafeBytes {
            unsafe chost_sealed_write(memory, Int(Self.clockLayer + 16 - CHOST_SEALED_BASE), $0.baseAddress, $0.count)
        }
    }

    private func write(_ words: [UInt64], at address: UInt64) {
        unsafe words.withUnsafeBytes {
            unsafe chost_sealed_write(memory, Int(address - CHOST_SEALED_BASE), $0.baseAddress, $0.count)
        }
    }

    /// Puts a structure of at most `slotSize` bytes into the pages; nil when they are full.
    func store(_ bytes: [UInt8]) -> Slot? {
        guard bytes.count <= Self.slotSize else { return nil }
        let index: Int
        if let last = free.popLast() {
            index = last
        } else {
            guard used < Self.slotCount else { return nil }
            index = used
            used += 1
        }
        let slot = Slot(index, of: self)
        unsafe bytes.withUnsafeBytes {
            unsafe chost_sealed_write(memory, Int(slot.address - CHOST_SEALED_BASE), $0.baseAddress, $0.count)
        }
        return slot
    }
}
