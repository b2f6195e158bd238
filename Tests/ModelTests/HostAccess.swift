import Glibc
import Synchronization

// What the tests themselves want of the host.

/// What a command of the shell prints.
func output(of command: String) -> [UInt8] {
    guard let pipe = unsafe popen(command, "r") else { return [] }
    defer { unsafe pclose(pipe) }
    return unsafe rest(of: pipe)
}

func contents(of path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { unsafe fclose(file) }
    return unsafe rest(of: file)
}

private func rest(of file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// Runs `body` on a thread with a stack of so many bytes; false where none can be had.
func onThread(stack size: Int, _ body: @escaping @Sendable () throws -> Void) throws -> Bool {
    final class Work: Sendable {
        let body: @Sendable () throws -> Void
        let failure = Mutex<(any Error)?>(nil)
        init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }
        func run() {
            do { try body() } catch { failure.withLock { $0 = error } }
        }
    }
    let work = Work(body)
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, size)
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(work).toOpaque()
    let made = unsafe pthread_create(
        &thread, &attributes,
        { context in
            if let context = unsafe context { unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        }, context)
    guard made == 0 else { return false }
    pthread_join(thread, nil)
    if let error = work.failure.withLock({ $0 }) { throw error }
    return true
}
