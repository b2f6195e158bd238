import CHostLinux
import Glibc

// Calls of the host that many make, in forms that take no pointers. They tell of a failure by `errno`, as the host's do.

/// open(2).
func openHost(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 { unsafe open(path, flags, mode) }

/// getenv(3).
package func hostVariable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// fstat(2).
func fileStatus(_ descriptor: Int32) -> stat? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? status : nil
}

/// write(2), perhaps of less than all.
@discardableResult
package func writeBytes(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int {
    unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
}

@discardableResult
func writeBytes(_ bytes: [UInt8], to descriptor: Int32) -> Int { writeBytes(bytes[...], to: descriptor) }

/// read(2), or pread(2) from `offset`; nil on failure.
func readBytes(_ descriptor: Int32, limit: Int, offset: off_t? = nil) -> [UInt8]? {
    var got = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        got =
            if let offset {
                unsafe pread(descriptor, buffer.baseAddress, limit, offset)
            } else {
                unsafe read(descriptor, buffer.baseAddress, limit)
            }
        count = max(0, got)
    }
    return got < 0 ? nil : bytes
}

/// mkdtemp(3): a new directory whose path begins so.
func makeDirectory(_ prefix: String) -> String? {
    var template = Array("\(prefix)XXXXXX".utf8CString)
    return unsafe template.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
        return unsafe String(cString: start)
    }
}

/// The names in a directory that begin with `prefix`; its descriptor is closed.
func namesInDirectory(closing descriptor: Int32, startingWith prefix: String = "") -> [String] {
    guard descriptor >= 0 else { return [] }
    guard let directory = unsafe fdopendir(descriptor) else {
        close(descriptor)
        return []
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    let length = prefix.utf8.count
    while let entry = unsafe readdir(directory) {
        unsafe withUnsafePointer(to: &entry.pointee.d_name.0) { name in
            if unsafe strncmp(name, prefix, length) == 0 { unsafe names.append(String(cString: name)) }
        }
    }
    return names
}

/// Runs `body` in a thread of its own; 0, or an errno negated.
func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = unsafe Unmanaged.passRetained(Start(body))
    let status = unsafe chost_thread_start(
        { if let start = unsafe $0 { unsafe Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body() } },
        start.toOpaque())
    if status != 0 { unsafe start.release() }
    return status
}
