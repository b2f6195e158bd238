import Credentials
import Kernel
import LinuxABI

/// A synthetic task's memory: pages by address. What was not mapped faults, as on the machine.
package final class FakeMemory: GuestMemory {
    private static let pageSize: UInt64 = 4096
    private var pages: [UInt64: [UInt8]] = [:]
    private var readOnly: Set<UInt64> = []
    /// Where `allocate` goes on.
    private var top: UInt64 = 0x1000_0000

    package init() {}

    /// The same contents in pages of their own, as after fork(2).
    package func copy() -> FakeMemory {
        let copy = FakeMemory()
        copy.pages = pages
        copy.readOnly = readOnly
        copy.top = top
        return copy
    }

    /// Maps zeroed pages that cover `count` bytes from `address`.
    package func map(_ address: UserAddress, count: Int, writable: Bool = true) {
        var page = address.rawValue / Self.pageSize
        let last = (address.rawValue &+ UInt64(max(count, 1)) &- 1) / Self.pageSize
        while page <= last {
            if pages[page] == nil { pages[page] = [UInt8](repeating: 0, count: Int(Self.pageSize)) }
            if !writable { readOnly.insert(page) }
            page += 1
        }
    }

    /// Zeroed memory of its own, aligned to 16 bytes.
    package func allocate(_ count: Int) -> UserAddress {
        let address = UserAddress(top)
        top = (top + UInt64(max(count, 1)) + 15) & ~15
        map(address, count: count)
        return address
    }

    /// A copy of `bytes` that ends where a page ends, with nothing mapped after it: for tests of faults.
    package func allocateAtEdge(_ bytes: [UInt8]) -> UserAddress {
        top = (top + 2 * Self.pageSize - 1) / Self.pageSize * Self.pageSize
        let size = (UInt64(bytes.count) + Self.pageSize - 1) / Self.pageSize * Self.pageSize
        let address = UserAddress(top + size - UInt64(bytes.count))
        map(UserAddress(top), count: Int(size))
        top += size + Self.pageSize
        _ = write(bytes[...], at: address)
        return address
    }

    /// Marks and frees scratch allocations made since.
    package var mark: UInt64 {
        get { top }
        set { top = newValue }
    }

    package func read(_ address: UserAddress, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var done = 0
        while done < buffer.count {
            let here = address.rawValue &+ UInt64(done)
            guard let page = pages[here / Self.pageSize] else { return done }
            let offset = Int(here % Self.pageSize)
            let count = min(buffer.count - done, page.count - offset)
            unsafe page.withUnsafeBytes { source in
                unsafe buffer[done..<done + count].copyBytes(from: source[offset..<offset + count])
            }
            done += count
        }
        return done
    }

    package func write(_ address: UserAddress, from buffer: UnsafeRawBufferPointer) -> Int {
        var done = 0
        while done < buffer.count {
            let here = address.rawValue &+ UInt64(done)
            let number = here / Self.pageSize
            guard pages[number] != nil, !readOnly.contains(number) else { return done }
            let offset = Int(here % Self.pageSize)
            let count = min(buffer.count - done, Int(Self.pageSize) - offset)
            unsafe pages[number]?.withUnsafeMutableBytes { target in
                unsafe target[offset..<offset + count].copyBytes(from: buffer[done..<done + count])
            }
            done += count
        }
        return done
    }
}
