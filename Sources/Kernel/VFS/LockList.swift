/// What one owner has locked of one file: pieces in order, without overlaps; neighbours of one kind are one piece.
final class LockHolding {
    let owner: LockOwner
    fileprivate(set) var pieces: [LockPiece] = []
    fileprivate unowned var previous: LockHolding?
    fileprivate unowned var next: LockHolding?

    fileprivate init(_ owner: LockOwner) { self.owner = owner }

    /// Index of the first piece that does not end before `place`.
    fileprivate func firstIndex(reaching place: Int64) -> Int {
        var low = 0, high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].range.upperBound < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first piece in `range` that is in the way of a lock of `kind`.
    fileprivate func firstPiece(in range: ClosedRange<Int64>, against kind: LockKind?) -> LockPiece? {
        var index = firstIndex(reaching: range.lowerBound)
        while index < pieces.count, pieces[index].range.lowerBound <= range.upperBound {
            let piece = pieces[index]
            if kind != .shared || piece.kind == .exclusive { return piece }
            index += 1
        }
        return nil
    }
}

/// All locks of one family on one file, by owner. Owners come in the order in which they took their first lock, which is
/// the order in which conflicts are found (flc_posix, flc_flock).
struct LockList {
    /// How a change of one owner's locks would leave them.
    struct Change {
        fileprivate let indices: Range<Int>
        fileprivate let pieces: [LockPiece]
        fileprivate let exclusives: Int
        /// How many pieces it adds.
        let growth: Int
        /// Whether somebody else may get a lock by it.
        let frees: Bool
    }

    private var holdings: [LockOwner: LockHolding] = [:]
    private unowned var first: LockHolding?
    private unowned var last: LockHolding?
    /// Pieces, and how many of them are exclusive.
    private(set) var count = 0
    private var exclusives = 0

    var isEmpty: Bool { count == 0 }
    func holds(_ owner: LockOwner) -> Bool { holdings[owner] != nil }
    func pieces(of owner: LockOwner) -> [LockPiece] { holdings[owner]?.pieces ?? [] }

    /// Calls `body` with each piece and its owner.
    func forEach(_ body: (LockOwner, LockPiece) -> Void) {
        var walk = first
        while let holding = walk {
            for piece in holding.pieces { body(holding.owner, piece) }
            walk = holding.next
        }
    }

    /// The first lock of somebody else that excludes one of `kind` in `range` (posix_locks_conflict).
    func conflict(
        with kind: LockKind, in range: ClosedRange<Int64>, of owner: LockOwner
    ) -> (owner: LockOwner, piece: LockPiece)? {
        // Shared locks alone, however many, are in no reader's way.
        if kind == .shared, exclusives == 0 { return nil }
        var walk = first
        while let holding = walk {
            if holding.owner != owner, let piece = holding.firstPiece(in: range, against: kind) {
                return (holding.owner, piece)
            }
            walk = holding.next
        }
        return nil
    }

    /// The owner's first lock in `range`.
    func own(in range: ClosedRange<Int64>, of owner: LockOwner) -> LockPiece? {
        holdings[owner]?.firstPiece(in: range, against: nil)
    }

    /// What becomes of the owner's locks when `range` is locked by `piece`, or unlocked without one: what sticks out of
    /// the range stays, and a neighbour of the same kind is joined (posix_lock_inode).
    func change(_ owner: LockOwner, _ range: ClosedRange<Int64>, to piece: LockPiece?) -> Change {
        let old = holdings[owner]?.pieces ?? []
        var start = holdings[owner]?.firstIndex(reaching: range.lowerBound) ?? 0
        var end = start
        while end < old.count, old[end].range.lowerBound <= range.upperBound { end += 1 }
        let frees = old[start..<end].contains { piece == nil || piece?.kind == .shared && $0.kind == .exclusive }
        if let piece {
            // A neighbour of the same kind that only touches the range.
            if start > 0, old[start - 1].kind == piece.kind, old[start - 1].range.upperBound &+ 1 == range.lowerBound {
                start -= 1
            }
            if end < old.count, old[end].kind == piece.kind, range.upperBound &+ 1 == old[end].range.lowerBound {
                end += 1
            }
        }
        var lower = range.lowerBound, upper = range.upperBound
        var before: LockPiece?, after: LockPiece?
        if start < end, old[start].range.lowerBound < range.lowerBound {
            if old[start].kind == piece?.kind {
                lower = old[start].range.lowerBound
            } else {
                before = old[start]
                before?.range = old[start].range.lowerBound...(range.lowerBound - 1)
            }
        }
        if start < end, old[end - 1].range.upperBound > range.upperBound {
            if old[end - 1].kind == piece?.kind {
                upper = old[end - 1].range.upperBound
            } else {
                after = old[end - 1]
                after?.range = (range.upperBound + 1)...old[end - 1].range.upperBound
            }
        }
        var joined = piece
        // What is joined stays who took it first.
        if let kind = piece?.kind, let known = old[start..<end].first(where: { $0.kind == kind }) { joined = known }
        joined?.range = lower...upper
        let pieces = [before, joined, after].compactMap { $0 }
        let exclusive = { (some: ArraySlice<LockPiece>) in some.count { $0.kind == .exclusive } }
        return Change(
            indices: start..<end, pieces: pieces, exclusives: exclusive(pieces[...]) - exclusive(old[start..<end]),
            growth: pieces.count - (end - start), frees: frees)
    }

    /// Makes a change that was asked of this list as it is now.
    mutating func apply(_ change: Change, of owner: LockOwner) {
        guard !change.indices.isEmpty || !change.pieces.isEmpty else { return }
        let holding = holdings[owner] ?? append(owner)
        holding.pieces.replaceSubrange(change.indices, with: change.pieces)
        count += change.growth
        exclusives += change.exclusives
        if holding.pieces.isEmpty { unlink(holding) }
    }

    private mutating func append(_ owner: LockOwner) -> LockHolding {
        let holding = LockHolding(owner)
        holdings[owner] = holding
        holding.previous = last
        if let last { last.next = holding } else { first = holding }
        last = holding
        return holding
    }

    private mutating func unlink(_ holding: LockHolding) {
        if let previous = holding.previous { previous.next = holding.next } else { first = holding.next }
        if let next = holding.next { next.previous = holding.previous } else { last = holding.previous }
        holdings[holding.owner] = nil
    }
}
