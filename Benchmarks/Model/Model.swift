import Benchmark
import Credentials
import Kernel
import LinuxABI
import SentryTesting

/// The model alone, without a host: what the sentry adds to a call beyond the trap.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(2))

    Benchmark("translate an ID through 340 extents") { benchmark in
        let extents = (0..<UInt32(IDMap.maximumExtents)).map {
            IDMap.Extent(inside: $0 * 10, global: 1_000_000 - $0 * 20, count: 5)
        }
        let map = IDMap(extents: extents)
        benchmark.startMeasurement()
        for iteration in benchmark.scaledIterations {
            blackHole(map.toGlobal(UInt32(truncatingIfNeeded: iteration * 7 % 3400)))
        }
    }

    Benchmark("capability check over 32 levels") { benchmark in
        let root = UserNamespace()
        let credentials = Credentials.root(in: root)
        var deepest = root
        for level in 1...32 {
            deepest = UserNamespace(
                inode: 4_026_532_000 + UInt32(level), parent: deepest, ownerUID: .root, ownerGID: .root,
                parentCouldSetFileCapabilities: true)
        }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(credentials.has(.sysAdmin, over: deepest)) }
    }

    Benchmark("walk a path of five components") { benchmark in
        let sentry = try TestSentry()
        let path = Array("/usr/share/doc/base/copyright".utf8)
        _ = try sentry.world.directory(path)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var walk = PathWalk(sentry.initTask.task, options: .follow)
            try walk.walk(path)
            blackHole(walk.current)
        }
    }

    Benchmark("getppid") { benchmark in
        let sentry = try TestSentry()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(sentry.initTask.call(.getppid)) }
    }

    Benchmark("clone, exit and wait") { benchmark in
        let sentry = try TestSentry()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            try sentry.initTask.fork().exit()
            blackHole(sentry.initTask.call(.wait4, -1, 0, 0, 0))
        }
    }

    Benchmark("open and close /proc/self/status") { benchmark in
        let sentry = try TestSentry()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            let fd = sentry.initTask.call(.openat, -100, "/proc/self/status", 0)
            blackHole(sentry.initTask.call(.close, fd))
        }
    }
}
