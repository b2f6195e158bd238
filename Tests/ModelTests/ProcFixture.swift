import Credentials
import Kernel
import LinuxABI
import SentryTesting

/// /proc as a test's tasks see it, by path.
extension TestTask {
    func open(_ path: String, _ flags: OpenFlags = []) throws(Refusal) -> OpenFile {
        let place = try task.lookup(Array(path.utf8))
        var access: Access = []
        if flags.reads { access.insert(.read) }
        if flags.writes { access.insert(.write) }
        try place.check(access, for: task)
        return try place.inode.open(place, flags: flags, for: task)
    }
    func read(_ path: String) throws(Refusal) -> String {
        String(decoding: try open(path).contents(), as: UTF8.self)
    }
    @discardableResult
    func write(_ path: String, _ text: String) throws(Refusal) -> Int {
        try open(path, .writeOnly).write(Array(text.utf8), offset: 0, by: task)
    }
    func readLink(_ path: String) throws(Refusal) -> String {
        let place = try task.lookup(Array(path.utf8), [])
        return String(decoding: try place.inode.readLink(for: task), as: UTF8.self)
    }
    func list(_ path: String) throws(Refusal) -> [String] {
        try task.lookup(Array(path.utf8)).inode.entries(for: task).map(\.name.description)
    }
    func attributes(_ path: String, follow: Bool = true) throws(Refusal) -> FileAttributes {
        try task.lookup(Array(path.utf8), follow ? .follow : []).inode.attributes(for: task)
    }
    func line(_ label: String, of path: String) throws(Refusal) -> String? {
        for line in try read(path).split(separator: "\n") where line.hasPrefix(label + ":\t") {
            return String(line.dropFirst(label.utf8.count + 2))
        }
        return nil
    }
}

/// The errno of what `body` throws, nil when it does not.
func errno<T>(_ body: () throws(Refusal) -> T) -> Errno? {
    do throws(Refusal) {
        _ = try body()
        return nil
    } catch {
        return error.errno
    }
}

/// The rule of what `body` throws.
func rule<T>(_ body: () throws(Refusal) -> T) -> Rule? {
    do throws(Refusal) {
        _ = try body()
        return nil
    } catch {
        return error.rule
    }
}
