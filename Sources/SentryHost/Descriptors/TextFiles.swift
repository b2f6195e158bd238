import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

/// The memory files behind open /proc files: written when opened, rewritten when they would read differently.
final class TextFiles {
    private struct Entry {
        weak var file: OpenFile?
        let descriptor: HostFile
        var generation: UInt64
    }
    private var entries: [Entry] = []
    /// At how many entries those of closed files are looked for.
    private var crowded = 64

    var isEmpty: Bool { entries.isEmpty }

    /// The description for `file`, with its text. The sentry keeps one reference, so that it can rewrite it.
    func descriptor(for file: OpenFile, generation: UInt64) throws(Refusal) -> Int32 {
        if let known = entries.first(where: { $0.file === file }) { return known.descriptor.descriptor }
        let text = try file.contents()
        try file.charge(text.count)
        let writable = unsafe chost_memory_file("proc", 1)
        guard writable >= 0 else { throw Refusal(.ENFILE) }
        let host = HostFile(owning: writable)
        Self.write(text, to: writable)
        // A descriptor with no more access than the guest asked for.
        var shown = host
        if !file.flags.writes || !file.flags.reads {
            let access = file.flags.writes ? O_WRONLY : O_RDONLY
            let limited = openHost("/proc/self/fd/\(writable)", access | O_CLOEXEC)
            guard limited >= 0 else { throw Refusal(.ENFILE) }
            shown = HostFile(owning: limited)
        }
        if entries.count >= crowded {
            entries.removeAll { $0.file == nil }
            crowded = max(64, 2 * entries.count)
        }
        entries.append(Entry(file: file, descriptor: shown, generation: generation))
        return shown.descriptor
    }

    func removeClosed() { entries.removeAll { $0.file == nil } }

    /// Rewrites every file that was not read yet, if the kernel changed since. How many there are is the guest's to say, so
    /// that what takes too long goes on after the next event.
    func refresh(generation: UInt64) {
        var hasDead = false
        let end = chost_now_nanoseconds() &+ Self.longest
        for _ in entries.indices {
            if next >= entries.count { next = 0 }
            let index = next
            next += 1
            guard entries[index].generation != generation else { continue }
            entries[index].generation = generation
            guard let file = entries[index].file else {
                hasDead = true
                continue
            }
            guard lseek(entries[index].descriptor.descriptor, 0, SEEK_CUR) == 0 else { continue }
            rewrite(file, entries[index].descriptor)
            if chost_now_nanoseconds() > end { break }
        }
        if hasDead { entries.removeAll { $0.file == nil } }
    }

    /// In nanoseconds; hundreds of files take less.
    private static let longest: UInt64 = 20_000_000
    /// Where the next refresh begins.
    private var next = 0

    /// Rewrites one file, because it is read again from its beginning.
    func refresh(_ file: OpenFile) {
        guard let entry = entries.first(where: { $0.file === file }) else { return }
        rewrite(file, entry.descriptor)
    }

    func position(of file: OpenFile) -> Int64 {
        guard let entry = entries.first(where: { $0.file === file }) else { return 0 }
        return Int64(lseek(entry.descriptor.descriptor, 0, SEEK_CUR))
    }

    func setPosition(of file: OpenFile, _ position: Int64) {
        guard let entry = entries.first(where: { $0.file === file }) else { return }
        _ = lseek(entry.descriptor.descriptor, off_t(position), SEEK_SET)
    }

    private func rewrite(_ file: OpenFile, _ descriptor: HostFile) {
        guard let text = try? file.contents(), (try? file.charge(text.count)) != nil else { return }
        if file.flags.writes {
            Self.write(text, to: descriptor.descriptor)
            return
        }
        let writable = openHost("/proc/self/fd/\(descriptor.descriptor)", O_RDWR | O_CLOEXEC)
        guard writable >= 0 else { return }
        Self.write(text, to: writable)
        close(writable)
    }

    private static func write(_ text: [UInt8], to descriptor: Int32) {
        _ = ftruncate(descriptor, off_t(text.count))
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }
}
