import CHostLinux
import Glibc
import Kernel
import LinuxABI

// What the host enforces for a task, and what it gives its user.
extension HostPlatform {
    /// Half of what the host gives the user: the rest is for its other programs.
    var timerLimit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(11), &limit) == 0 else { return 0 }  // RLIMIT_SIGPENDING
        return Int(clamping: limit.rlim_cur) / 2
    }
    var inotifyInstanceLimit: Int { half(of: "max_user_instances") }
    var inotifyWatchLimit: Int { half(of: "max_user_watches") }

    private func half(of setting: String) -> Int {
        Int(clamping: HostProc.decimal(HostProc.read("/proc/sys/fs/inotify/" + setting)[...])) / 2
    }
}
