import LinuxABI

/// What a call copied of its caller's memory. When the call is run again, because the host had to be asked something first, it
/// finds the same bytes, whatever others have written there meanwhile.
package final class CallCopies: GuestMemory {
    private struct Piece {
        let address: UInt64
        let range: Range<Int>
    }
    private var memory: (any GuestMemory)?
    private var pieces: [Piece] = []
    private var bytes: [UInt8] = []

    /// Whether the present call's copies are kept.
    var isKeeping: Bool { memory != nil }

    /// Begins to keep what is copied.
    func begin(_ memory: any GuestMemory) {
        self.memory = memory
        forget()
    }

    func end() {
        memory = nil
        forget()
    }

    private func forget() {
        if pieces.isEmpty { return }
        pieces.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.count <= 4096)
    }

    package func read(_ address: UserAddress, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        for piece in pieces where piece.address == address.rawValue && piece.range.count >= buffer.count {
            unsafe bytes[piece.range].prefix(buffer.count).withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
            return buffer.count
        }
        let count = unsafe memory?.read(address, into: buffer) ?? 0
        pieces.append(Piece(address: address.rawValue, range: bytes.count..<bytes.count + count))
        unsafe bytes.append(contentsOf: buffer[..<count])
        return count
    }

    package func write(_ address: UserAddress, from buffer: UnsafeRawBufferPointer) -> Int {
        unsafe memory?.write(address, from: buffer) ?? 0
    }
}

extension Task {
    /// Keeps what `body` copies of the task's memory until `endCall`.
    package func keepCopies() { copies.begin(addressSpace) }

    /// The call has ended: what it copied and asked is forgotten.
    package func endCall() {
        if copies.isKeeping { copies.end() }
        hostAnswers?.forget()
    }
}
