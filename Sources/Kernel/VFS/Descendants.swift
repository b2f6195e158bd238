/// Tells of many dentries whether they are `ancestor` or lie below it, and goes no way twice: directories may be as deep as
/// a guest likes, and have as many mounts in them.
struct Descendants {
    private let ancestor: Dentry
    /// Of every so many dentries that were passed.
    private var known: [ObjectIdentifier: Bool] = [:]
    private static let interval = 16

    init(of ancestor: Dentry) { self.ancestor = ancestor }

    mutating func contains(_ dentry: Dentry) -> Bool {
        var passed: [ObjectIdentifier] = []
        var steps = 0
        var walk: Dentry? = dentry
        var result = false
        while let place = walk {
            if place === ancestor {
                result = true
                break
            }
            if !known.isEmpty, let verdict = known[ObjectIdentifier(place)] {
                result = verdict
                break
            }
            steps += 1
            if steps % Self.interval == 0 { passed.append(ObjectIdentifier(place)) }
            walk = place.parent
        }
        for place in passed { known[place] = result }
        return result
    }
}

/// The dentries above one, itself among them: asked of few by walking, of many by a set.
struct Ancestors {
    private let dentry: Dentry
    private let all: Set<ObjectIdentifier>?

    /// `questions` is how often it will be asked.
    init(of dentry: Dentry, questions: Int) {
        self.dentry = dentry
        guard questions > 8 else {
            all = nil
            return
        }
        var found = Set<ObjectIdentifier>()
        var walk: Dentry? = dentry
        while let place = walk {
            found.insert(ObjectIdentifier(place))
            walk = place.parent
        }
        all = found
    }

    func contains(_ other: Dentry) -> Bool {
        all?.contains(ObjectIdentifier(other)) ?? other.isAncestorOrSelf(of: dentry)
    }
}
