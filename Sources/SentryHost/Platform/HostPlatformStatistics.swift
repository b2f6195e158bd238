import CHostLinux
import Glibc
import Kernel
import LinuxABI

// What only the host knows of tasks and of the machine.
extension HostPlatform {
    func hostNumber(of task: Task, wholeProcess: Bool) -> Int32? {
        hostThread(of: task).map { wholeProcess ? $0.tgid : $0.tid }
    }

    func statistics(of task: Task) -> HostStatistics {
        guard let thread = hostThread(of: task) else { return HostStatistics() }
        if let usage = thread.finalUsage { return usage }
        var statistics = HostStatistics(tid: thread.tid, withTimes: true)
        statistics.awaited = thread.awaitedSignals
        return statistics
    }

    func affinity(of task: Task) -> [UInt8] {
        // Placement on the host is the sentry's own business: the guest may use every CPU that the sentry may.
        cpus.mask
    }

    func transfers(of task: Task, wholeProcess: Bool) -> [UInt8] {
        guard let host = hostThread(of: task) else { return [] }
        return HostProc.read(
            wholeProcess ? "/proc/\(host.tgid)/io" : "/proc/\(host.tgid)/task/\(host.tid)/io")
    }

    func hostText(_ kind: HostText) -> [UInt8] {
        let path =
            switch kind {
            case .cpuinfo: "/proc/cpuinfo"
            case .meminfo: "/proc/meminfo"
            case .loadavg: "/proc/loadavg"
            case .uptime: "/proc/uptime"
            case .stat: "/proc/stat"
            case .vmstat: "/proc/vmstat"
            case .cpusOnline: "/sys/devices/system/cpu/online"
            case .cpusPossible: "/sys/devices/system/cpu/possible"
            case .cpusPresent: "/sys/devices/system/cpu/present"
            }
        return cpus.filtered(kind, HostProc.read(path))
    }
}
