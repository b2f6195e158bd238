import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

@Suite struct ProcFiles {
    @Test func rootListsProcessesAndFiles() throws {
        let sentry = try TestSentry()
        let child = try sentry.spawn(uid: 1000)
        let names = try sentry.initTask.list("/proc")
        #expect(names.contains("1") && names.contains("\(child.pid)") && names.contains("filesystems"))
        #expect(try child.readLink("/proc/self") == "\(child.pid)")
        #expect(try child.readLink("/proc/thread-self") == "\(child.pid)/task/\(child.pid)")
        #expect(errno { () throws(Refusal) in try child.attributes("/proc/4711") } == .ENOENT)
        #expect(errno { () throws(Refusal) in try child.attributes("/proc/01") } == .ENOENT)
        #expect(errno { () throws(Refusal) in try child.attributes("/proc/nothing") } == .ENOENT)
    }

    @Test func numbersAreStable() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        for path in ["/proc/self", "/proc/self/status", "/proc/self/ns", "/proc/1/task/1", "/proc/meminfo"] {
            #expect(try task.attributes(path).inode == task.attributes(path).inode)
        }
        let entries = try task.task.lookup(Array("/proc/self".utf8)).inode.entries(for: task.task)
        for entry in entries {
            #expect(try task.attributes("/proc/self/\(entry.name)", follow: false).inode == entry.inode)
            #expect(try task.attributes("/proc/self/\(entry.name)", follow: false).mode.kind == entry.kind)
        }
        #expect(Set(entries.map(\.inode)).count == entries.count)
    }

    @Test func statusHasEveryFieldInOrder() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let labels = try task.read("/proc/self/status").split(separator: "\n").map { $0.prefix { $0 != ":" } }
        #expect(
            labels == [
                "Name", "Umask", "State", "Tgid", "Ngid", "Pid", "PPid", "TracerPid", "Uid", "Gid", "FDSize", "Groups",
                "NStgid", "NSpid", "NSpgid", "NSsid", "Kthread", "VmPeak", "VmSize", "VmLck", "VmPin", "VmHWM",
                "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmData", "VmStk", "VmExe", "VmLib", "VmPTE", "VmSwap",
                "HugetlbPages", "CoreDumping", "THP_enabled", "untag_mask", "Threads", "SigQ", "SigPnd", "ShdPnd",
                "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
                "Seccomp", "Seccomp_filters", "Speculation_Store_Bypass", "SpeculationIndirectBranch", "Cpus_allowed",
                "Cpus_allowed_list", "Mems_allowed", "Mems_allowed_list", "voluntary_ctxt_switches",
                "nonvoluntary_ctxt_switches",
            ])
        #expect(try task.line("CapEff", of: "/proc/self/status") == "000001ffffffffff")
        #expect(try task.line("Umask", of: "/proc/self/status")?.utf8.count == 4)
        #expect(try task.read("/proc/self/stat").split(separator: " ").count == 52)
    }

    @Test func numbersOfNestedNamespaces() throws {
        let sentry = try TestSentry()
        let inner = try sentry.initTask.fork(.newPID)
        #expect(try sentry.initTask.line("NSpid", of: "/proc/\(inner.pid)/status") == "\(inner.pid)\t1")
        #expect(try sentry.initTask.line("NSpgid", of: "/proc/\(inner.pid)/status") == "1\t0")
        // The inherited /proc still belongs to the outer namespace.
        #expect(try inner.readLink("/proc/self") == "\(inner.pid)")
    }

    @Test func procOfAnInnerNamespaceShowsItsOwnOnly() throws {
        let sentry = try TestSentry()
        let inner = try sentry.initTask.fork(.newPID)
        let proc = ProcFS(
            kernel: sentry.kernel, pidNamespace: inner.task.pidNamespace, device: DeviceNumber(major: 0, minor: 99),
            userNamespace: sentry.kernel.initialUserNamespace)
        try sentry.world.mount(proc, root: proc.root, at: "/mnt", flags: [], source: "proc")
        #expect(try inner.readLink("/mnt/self") == "1")
        #expect(try inner.line("PPid", of: "/mnt/1/status") == "0")
        #expect(try sentry.initTask.list("/mnt").filter { Int($0) != nil } == ["1"])
        #expect(errno { () throws(Refusal) in try sentry.initTask.readLink("/mnt/self") } == .ENOENT)
    }

    @Test func commIsForOnesOwnProcess() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        #expect(try task.write("/proc/self/comm", "a name that is far too long") == 27)
        #expect(try task.read("/proc/self/comm") == "a name that is \n")
        let rootWrite = rule { () throws(Refusal) in try sentry.initTask.write("/proc/\(task.pid)/comm", "x") }
        #expect(rootWrite == .procCommForeign)
    }

    @Test func oomScoreFloor() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        try task.write("/proc/self/oom_score_adj", "500\n")
        #expect(try task.read("/proc/self/oom_score_adj") == "500\n")
        try task.write("/proc/self/oom_score_adj", "0")
        #expect(
            rule { () throws(Refusal) in try task.write("/proc/self/oom_score_adj", "-1") } == .procOomScoreLowered)
        #expect(errno { () throws(Refusal) in try task.write("/proc/self/oom_score_adj", "1001") } == .EINVAL)
        #expect(errno { () throws(Refusal) in try task.write("/proc/self/oom_score_adj", "x") } == .EINVAL)
    }

    @Test func loginuid() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        #expect(try task.read("/proc/self/loginuid") == "4294967295")
        try task.write("/proc/self/loginuid", "1000")
        #expect(try task.read("/proc/self/loginuid") == "1000")
        #expect(try task.read("/proc/self/sessionid") == "1")
        #expect(
            rule { () throws(Refusal) in try task.write("/proc/self/loginuid", "1001") } == .procLoginUIDChange)
        let foreign = rule { () throws(Refusal) in try sentry.initTask.write("/proc/\(task.pid)/loginuid", "1") }
        #expect(foreign == .procLoginUIDForeign)
        #expect(errno { () throws(Refusal) in try task.write("/proc/self/loginuid", "12x") } == .EINVAL)
    }

    @Test func clockOffsets() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        #expect(
            try task.read("/proc/self/timens_offsets")
                == "monotonic           0         0\nboottime            0         0\n")
        let frozen = rule { () throws(Refusal) in try task.write("/proc/self/timens_offsets", "monotonic 1 0") }
        #expect(frozen == .timeOffsetsFrozen)
        #expect(task.call(.unshare, CloneFlags.newTime) == 0)
        #expect(try task.write("/proc/self/timens_offsets", "monotonic 10 5\n7 3 0\n") == 21)
        #expect(
            try task.read("/proc/self/timens_offsets")
                == "monotonic          10         5\nboottime            3         0\n")
        let syntax = rule { () throws(Refusal) in try task.write("/proc/self/timens_offsets", "realtime 1 0") }
        #expect(syntax == .timeOffsetsSyntax)
        let range = rule { () throws(Refusal) in try task.write("/proc/self/timens_offsets", "monotonic -100 0") }
        #expect(range == .timeOffsetsRange)
        let user = try sentry.spawn(uid: 1000)
        let denied = errno { () throws(Refusal) in
            try user.open("/proc/\(task.pid)/timens_offsets", .writeOnly)
        }
        #expect(denied == .EACCES)
    }

    @Test func fileDescriptorsAreLinks() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        let fd = try task.task.install(try task.open("/proc/self/ns/uts"), closeOnExec: true)
        #expect(try task.readLink("/proc/self/fd/\(fd)") == "uts:[4026531838]")
        #expect(try task.attributes("/proc/self/fd/\(fd)", follow: false).mode == FileMode(.symlink, 0o500))
        #expect(try task.attributes("/proc/self/fd/\(fd)").inode == 4_026_531_838)
        #expect(try task.list("/proc/self/fd") == ["\(fd)"])
        let fdinfo = try task.read("/proc/self/fdinfo/\(fd)")
        #expect(fdinfo.hasPrefix("pos:\t0\nflags:\t02000000\nmnt_id:\t") && fdinfo.contains("\nino:\t4026531838"))
        let other = try sentry.spawn(uid: 2000)
        #expect(errno { () throws(Refusal) in try other.list("/proc/\(task.pid)/fd/\(fd)") } == .EACCES)
        let info = rule { () throws(Refusal) in try other.read("/proc/\(task.pid)/fdinfo/\(fd)") }
        #expect(info == .procFdinfoAccess)
    }

    @Test func mountsAndPlaces() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        #expect(try task.read("/proc/mounts").contains("proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n"))
        #expect(
            try task.read("/proc/self/mountinfo").contains(" / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw\n"))
        #expect(try task.readLink("/proc/self/cwd") == "/")
        #expect(try task.readLink("/proc/self/root") == "/")
        #expect(try task.read("/proc/net/dev").contains("lo:"))
        #expect(try task.read("/proc/self/cgroup") == "0::/\n")
        #expect(try task.read("/sys/devices/system/cpu/online") == "0\n")
    }

    @Test func threadsHaveDirectories() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let thread = try task.thread()
        let tid = thread.task.tid
        #expect(try task.list("/proc/self/task") == ["\(task.pid)", "\(tid)"])
        #expect(try thread.readLink("/proc/thread-self") == "\(task.pid)/task/\(tid)")
        #expect(try task.line("Pid", of: "/proc/self/task/\(tid)/status") == "\(tid)")
        #expect(try task.line("Tgid", of: "/proc/\(tid)/status") == "\(task.pid)")
        #expect(try !sentry.initTask.list("/proc").contains("\(tid)"))
        #expect(errno { () throws(Refusal) in try task.attributes("/proc/self/task/1") } == .ENOENT)
    }

    @Test func whatIsFixedStaysSo() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let inode = try task.task.lookup(Array("/proc/self/status".utf8)).inode
        var change = AttributeChange()
        change.permissions = 0o777
        #expect(rule { () throws(Refusal) in try inode.setAttributes(change, for: task.task) } == .procModeIsFixed)
        change = AttributeChange()
        change.uid = KUID(5)
        #expect(errno { () throws(Refusal) in try inode.setAttributes(change, for: task.task) } == nil)
        #expect(try inode.attributes(for: task.task).uid == .root)
        #expect(errno { () throws(Refusal) in try task.write("/proc/self/status", "x") } == .EINVAL)
        #expect(errno { () throws(Refusal) in try task.write("/proc/version", "x") } == .EIO)
        #expect(rule { () throws(Refusal) in try task.open("/proc/net/dev", .readWrite) } == .procNetReadOnly)
    }

    @Test func onlyTheMachinesRootSeesKernelStacks() throws {
        let sentry = try TestSentry()
        #expect(try sentry.initTask.read("/proc/self/stack").isEmpty)
        let inner = try sentry.initTask.fork(.newUser)
        try sentry.initTask.write("/proc/\(inner.pid)/uid_map", "0 0 1")
        #expect(rule { () throws(Refusal) in try inner.read("/proc/self/stack") } == .procStackNeedsAdmin)
        let path = "/proc/\(sentry.initTask.pid)/personality"
        #expect(rule { () throws(Refusal) in try inner.read(path) } == .procAttachAccess)
    }

    @Test func aDeadProcessDirectoryIsGone() throws {
        let sentry = try TestSentry()
        let child = try sentry.spawn()
        let path = "/proc/\(child.pid)"
        let place = try sentry.initTask.task.lookup(Array(path.utf8))
        let status = try sentry.initTask.open(path + "/status")
        let map = try sentry.initTask.open(path + "/uid_map")
        child.exit()
        #expect(sentry.initTask.call(.wait4, -1, 0, 0, 0) == child.pid)
        let walk = errno { () throws(Refusal) in try sentry.initTask.task.lookup(Array("status".utf8), from: place) }
        #expect(walk == .ESRCH)
        #expect(errno { () throws(Refusal) in try status.contents() } == .ESRCH)
        #expect(try !map.contents().isEmpty)
        #expect(errno { () throws(Refusal) in try sentry.initTask.attributes(path) } == .ENOENT)
    }

    @Test func clockOffsetsNeedTheOpenersCapability() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        #expect(task.call(.unshare, CloneFlags([.newUser, .newTime])) == 0)
        task.exec(
            credentials: task.task.credentials.changed {
                $0.effective = []
                $0.permitted = []
            })
        #expect(
            rule { () throws(Refusal) in try task.write("/proc/self/timens_offsets", "monotonic 1 0") }
                == .timeOffsetsNeedSysTime)
    }

    @Test func nothingCrashesOnAnyFile() throws {
        let sentry = try TestSentry()
        let tasks = [sentry.initTask, try sentry.spawn(uid: 1000), try sentry.initTask.fork([.newUser, .newPID])]
        let zombie = try sentry.spawn(uid: 1000)
        zombie.exit()
        var pending = ["/proc", "/sys"]
        var seen = 0
        while let path = pending.popLast() {
            for task in tasks {
                guard let place = try? task.task.lookup(Array(path.utf8), []) else { continue }
                _ = try? place.inode.attributes(for: task.task)
                _ = try? place.inode.readLink(for: task.task)
                let file = try? place.inode.open(place, flags: .readWrite, for: task.task)
                _ = try? file?.contents()
                for text in [
                    "", "0", "-1", "99999999999999999999", "0 0 1", "allow", "monotonic 9223372036854775807 0",
                ] {
                    _ = try? file?.write(Array(text.utf8), offset: 0, by: task.task)
                    _ = try? file?.write(Array(text.utf8), offset: 7, by: task.task)
                }
                if task.task === sentry.initTask.task, place.inode.mode.isDirectory {
                    let names = (try? place.inode.entries(for: task.task)) ?? []
                    pending += names.map { path + "/\($0.name)" }
                    seen += names.count
                }
            }
        }
        #expect(seen > 300)
    }
}
