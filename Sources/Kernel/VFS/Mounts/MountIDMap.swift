import Credentials

/// How the IDs of a file system are seen through a mount (struct mnt_idmap).
package final class MountIDMap {
    /// The namespace by whose map IDs on the file system become those that are seen.
    package let userNamespace: UserNamespace
    package init(_ userNamespace: UserNamespace) { self.userNamespace = userNamespace }
}
