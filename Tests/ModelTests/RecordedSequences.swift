import LinuxABI
import Testing

/// One step of a recorded sequence: its fields as `sequence.h` has them, and all that Linux answered.
struct RecordedStep {
    let index: Int
    let slot: Int
    let kind: Substring
    let target: Int
    let keep: Int
    let keep2: Int
    let count: Int
    /// Ten words; what they mean depends on the kind (see `render.c`).
    let words: [Int64]
    /// The result, then the views that changed, each on a line of its own.
    let answer: String

    var summary: String {
        "\(SequencePlayer.letter(slot)) \(kind) target \(target) keep \(keep),\(keep2) count \(count) \(words)"
    }
}

/// A plan with its transcript on Linux.
struct RecordedSequence {
    let name: String
    let isRoot: Bool
    let hasCopies: Bool
    /// The first task's view of itself.
    let opening: String
    let steps: [RecordedStep]
}

extension RecordedSequence {
    /// What `Tests/Fuzz/run --record-plans` wrote; unpacked by the interpreter that the other test drivers need, too.
    static let all: [RecordedSequence] = {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let script = "import lzma,shutil,sys;shutil.copyfileobj(lzma.open(sys.argv[1]),sys.stdout.buffer)"
        return parse(output(of: "python3 -c '\(script)' '/\(tests)/Fuzz/plans.txt.xz'"))
    }()

    private static func parse(_ text: [UInt8]) -> [RecordedSequence] {
        let lines = text.split(separator: UInt8(ascii: "\n"))
        let heads = lines.indices.filter { lines[$0].starts(with: "=== ".utf8) } + [lines.endIndex]
        let chosen = stride(from: 0, to: heads.count - 1, by: RecordedSequences.share)
        return chosen.compactMap { at in
            RecordedSequence(lines[heads[at]..<heads[at + 1]].map { Substring(decoding: $0, as: UTF8.self) })
        }
    }

    private init?(_ lines: [Substring]) {
        guard lines.count > 2, lines[1].hasPrefix("copies ") else { return nil }
        name = String(lines[0].dropFirst(4))
        isRoot = name.hasPrefix("root")
        hasCopies = lines[1] == "copies 1"
        // A step's line has its number in the first three columns.
        let starts = lines.indices.filter { lines[$0].utf8.prefix(3).last.map { (48...57).contains($0) } ?? false }
        opening = lines[2..<(starts.first ?? lines.count)].joined(separator: "\n")
        steps = zip(starts, starts.dropFirst() + [lines.count]).compactMap { RecordedStep(lines[$0..<$1]) }
        guard steps.count == starts.count else { return nil }
    }
}

extension RecordedStep {
    fileprivate init?(_ lines: ArraySlice<Substring>) {
        // The fields have no "=" in them.
        guard let first = lines.first, let equals = first.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let fields = first[..<equals].split(separator: " ")
        let numbers = fields.dropFirst(3).compactMap { Int64($0) }
        guard fields.count >= 7, numbers.count == fields.count - 3, let index = Int(fields[0]),
            let slot = fields[1].utf8.first
        else { return nil }
        self.index = index
        self.slot = Int(slot) - Int(UInt8(ascii: "A"))
        kind = fields[2]
        target = Int(numbers[0])
        keep = Int(numbers[1])
        keep2 = Int(numbers[2])
        count = Int(numbers[3])
        words = Array((numbers[4...] + [Int64](repeating: 0, count: 10)).prefix(10))
        answer = ([first[equals...].dropFirst(2)] + lines.dropFirst()).joined(separator: "\n")
    }
}

/// Random sequences that Linux has answered once, played on the model.
struct RecordedSequences {
    /// How many play at the same time.
    static let parts = 8
    #if DEBUG
        /// Without optimisation all of them would take a minute.
        static let share = 8
    #else
        static let share = 1
    #endif

    /// Answers known to differ, with the reason. An entry that no sequence needs any more is a failure.
    static let known: [String: String] = [:]

    @Test func corpusIsThere() {
        #expect(RecordedSequence.all.count >= 1500 / Self.share)
    }

    @Test func agree() async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let sequences = RecordedSequence.all
        let loaded = clock.now
        var found: [String: [String]] = [:]
        var steps = 0
        await withTaskGroup(of: (Int, [(String, String)]).self) { group in
            for part in 0..<Self.parts {
                group.addTask {
                    var differences: [(String, String)] = []
                    var steps = 0
                    for index in stride(from: part, to: sequences.count, by: Self.parts) {
                        let (played, difference) = Self.play(sequences[index])
                        steps += played
                        if let difference { differences.append(difference) }
                    }
                    return (steps, differences)
                }
            }
            for await (played, differences) in group {
                steps += played
                for (kind, text) in differences { found[kind, default: []].append(text) }
            }
        }
        print(
            "\(sequences.count) recorded sequences, \(steps) steps: loaded in \(loaded - began), played in \(clock.now - loaded)"
        )
        for (kind, texts) in found.sorted(by: { $0.value.count > $1.value.count }) where Self.known[kind] == nil {
            Issue.record("\(texts.count) of \(kind)\n\(texts[0])")
        }
        for kind in Self.known.keys where found[kind] == nil { Issue.record("no longer differs: \(kind)") }
    }

    /// How many steps were played, and the first difference: its kind and its text.
    private static func play(_ sequence: RecordedSequence) -> (Int, (String, String)?) {
        do {
            let player = try SequencePlayer(isRoot: sequence.isRoot, hasCopies: sequence.hasCopies)
            let opening = player.opening()
            guard opening == sequence.opening else {
                return (0, ("opening", "\(sequence.name)\n- \(sequence.opening)\n+ \(opening)"))
            }
            for (played, step) in sequence.steps.enumerated() {
                let answer = player.play(step)
                guard answer != step.answer else { continue }
                let text = "\(sequence.name) step \(step.index): \(step.summary)\n- \(step.answer)\n+ \(answer)"
                return (played, (kind(of: step, answer), text))
            }
            return (sequence.steps.count, nil)
        } catch {
            return (0, ("\(error)", sequence.name))
        }
    }

    /// Differences of one call that differ alike are of one kind.
    private static func kind(of step: RecordedStep, _ answer: String) -> String {
        let native = step.answer.split(separator: "\n"), ours = answer.split(separator: "\n")
        for at in 0..<max(native.count, ours.count) {
            let a = at < native.count ? native[at] : "", b = at < ours.count ? ours[at] : ""
            if a == b { continue }
            if at == 0 { return "\(step.kind): \(a) | \(b)" }
            let names = Set(a.split(separator: " ")).symmetricDifference(b.split(separator: " "))
                .map { $0.prefix { $0 != "=" && $0 != "#" } }
            return "\(step.kind): view \(Set(names).sorted().joined(separator: ","))"
        }
        return "\(step.kind)"
    }
}
