import LinuxABI

/// A private data file; it goes when the last reference to it goes.
final class PrivateFile: Sendable {
    let id: UInt64
    let storage: any HostStorage

    init(id: UInt64, storage: any HostStorage) {
        self.id = id
        self.storage = storage
    }
    deinit { storage.removePrivate(id) }
}
