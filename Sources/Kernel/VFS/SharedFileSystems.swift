import Credentials

/// Instances of a type that exist once for each of something, such as a namespace, as long as anybody uses them
/// (sget_fc).
package final class SharedFileSystems {
    private struct Entry {
        weak var fileSystem: FileSystem?
    }
    // An instance keeps what it is for, so that no other object comes to its place as long as the instance lives.
    private var known: [ObjectIdentifier: Entry] = [:]

    package init() {}

    package func find(_ key: AnyObject) -> FileSystem? { known[ObjectIdentifier(key)]?.fileSystem }

    package func add(_ fileSystem: FileSystem, for key: AnyObject) {
        known = known.filter { $0.value.fileSystem != nil }
        known[ObjectIdentifier(key)] = Entry(fileSystem: fileSystem)
    }
}

extension FileSystemContext {
    /// The instance that there is for `key`, or the one that `make` makes.
    package final func root(
        in shared: SharedFileSystems, for key: AnyObject, _ make: () throws(Refusal) -> Root
    ) throws(Refusal) -> Root {
        if let known = shared.find(key), let root = known.rootDentry { return try share(Root(known, root)) }
        let made = try make()
        made.fileSystem.flags = flags
        shared.add(made.fileSystem, for: key)
        return made
    }
}
