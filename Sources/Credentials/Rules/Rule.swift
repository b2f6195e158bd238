import LinuxABI

/// One reason for which Linux refuses a request.
///
/// Rules are declared by topic in this folder's files, as `extension Rule { static let … }`, and listed in their
/// topic's array, which `Rule.all` joins. A rule's identity is its `id`.
package final class Rule: Sendable, Hashable {
    /// Lower-case words joined by hyphens, unique; what `--trace`, `nsentry rules` and the fixtures name.
    package let id: String
    package let errno: Errno
    /// One line in plain words, saying what was wrong.
    package let text: String
    /// Man page with section, or kernel function (6.18).
    package let source: String

    package init(_ id: String, _ errno: Errno, _ text: String, source: String) {
        self.id = id
        self.errno = errno
        self.text = text
        self.source = source
    }

    package static func == (a: Rule, b: Rule) -> Bool { a === b }
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
