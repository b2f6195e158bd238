import CHostLinux
import Glibc
import Kernel
import LinuxABI

// The host's clocks, and those of its CPUs.
extension HostPlatform {
    var monotonicNow: UInt64 { chost_now_nanoseconds() }
    var bootNow: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    func time(ofClock clock: Int32) throws(LinuxABI.Errno) -> LinuxABI.Timespec {
        var time = LinuxABI.Timespec()
        try check(unsafe chost_clock(clock, &time.seconds, &time.fraction))
        return time
    }

    func resolution(ofClock clock: Int32) throws(LinuxABI.Errno) -> LinuxABI.Timespec {
        var resolution = timespec()
        guard unsafe clock_getres(clock, &resolution) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return LinuxABI.Timespec(seconds: Int64(resolution.tv_sec), fraction: Int64(resolution.tv_nsec))
    }

    func processorTime(of task: Task, wholeProcess: Bool, _ clock: ProcessorClock) -> UInt64 {
        guard let thread = hostThread(of: task) else { return 0 }
        if wholeProcess {
            // Anybody may ask for a process's clock, and it knows of threads that have ended.
            guard let time = try? time(ofClock: ~thread.tgid << 3 | clock.rawValue) else { return 0 }
            return UInt64(clamping: time.seconds) &* 1_000_000_000 &+ UInt64(clamping: time.fraction)
        }
        if clock == .scheduled {
            let text = HostProc.read("/proc/\(thread.tgid)/task/\(thread.tid)/schedstat")
            return HostProc.decimal(text.prefix { $0 != 0x20 })
        }
        let times = HostStatistics(tid: thread.tid, withTimes: true)
        return (times.userTicks &+ (clock == .user ? 0 : times.systemTicks)) &* 10_000_000
    }
}
