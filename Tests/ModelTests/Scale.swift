import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Many namespaces and many tasks: memory grows with their number and no call gets slower.
///
/// Serialized, because the tests measure time.
@Suite(.serialized) struct Scale {
    private static let clock = ContinuousClock()

    /// How much longer the last tenth of `count` steps took than the first, by the median of slices.
    private func slowdown(_ count: Int, _ step: (Int) throws -> Void) rethrows -> Double {
        var slices: [Duration] = []
        let slice = count / 20
        for start in stride(from: 0, to: count, by: slice) {
            let began = Self.clock.now
            for index in start..<min(start + slice, count) { try step(index) }
            slices.append(Self.clock.now - began)
        }
        let early = slices.prefix(5).sorted()[2], late = slices.suffix(5).sorted()[2]
        return late / early
    }

    /// Resident memory in bytes.
    private func resident() -> Int {
        let text = String(decoding: contents(of: "/proc/self/statm"), as: UTF8.self)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    @Test func tenThousandUserNamespaces() throws {
        let sentry = try TestSentry()
        var members: [TestTask] = []
        members.reserveCapacity(10_000)
        let ratio = try slowdown(10_000) { _ in
            let task = try sentry.spawn(uid: 1000)
            #expect(task.call(.unshare, CloneFlags.newUser) == 0)
            members.append(task)
        }
        #expect(ratio < 4, "the last namespaces took \(ratio) times as long as the first")
        let inodes = Set(members.map { $0.task.userNamespace.inode })
        #expect(inodes.count == 10_000)
        // A namespace goes with its last member, and its charge with it: as many again can be made.
        for task in members { task.exit() }
        members = []
        for _ in 0..<100 { #expect(try sentry.spawn(uid: 1000).call(.unshare, CloneFlags.newUser) == 0) }
    }

    @Test func aHundredThousandTasks() throws {
        let sentry = try TestSentry()
        sentry.kernel.initialPIDNamespace.maximum = 4_194_304
        sentry.kernel.budget.limit = 1 << 30
        let parent = try sentry.spawn(uid: 0)
        for limit in [6, 7] {
            parent.task.group.limits[limit] = ResourceLimit(soft: ResourceLimit.infinity, hard: ResourceLimit.infinity)
        }
        var children: [TestTask] = []
        children.reserveCapacity(100_000)
        let before = resident()
        var middle = 0
        let ratio = try slowdown(100_000) { index in
            if index == 50_000 { middle = resident() }
            children.append(try parent.fork())
        }
        let after = resident()
        #expect(ratio < 4, "the last forks took \(ratio) times as long as the first")
        let firstHalf = Double(max(1, middle - before)), secondHalf = Double(after - middle)
        #expect(secondHalf < firstHalf * 2, "memory: \(firstHalf) bytes, then \(secondHalf)")
        // Calls on a crowded system cost what they cost on an empty one.
        let lookups = slowdown(20_000) { index in _ = children[index * 5].call(.getppid) }
        #expect(lookups < 4)
        let ends = slowdown(100_000) { index in children[index].exit() }
        #expect(ends < 4, "the last exits took \(ends) times as long as the first")
    }
}
