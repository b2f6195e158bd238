import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// What the types of file systems say to options in mount(2)'s text: as seen on Linux 6.18.
@Suite struct FileSystemTypeTests {
    private static func quote(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// What mountinfo shows of a new instance, or the errno.
    private func mount(_ type: Name, _ data: String, by task: TestTask) throws -> String {
        let types = task.task.kernel.fileSystemTypes
        do throws(Refusal) {
            let context = try types.find(type).type.makeContext(.mount, for: task.task)
            try context.parse(FileSystemParameter("source", .string([0x78])), for: task.task)
            try context.parseMonolithic(Array(data.utf8), for: task.task)
            let root = try context.create(for: task.task)
            let text = [UInt8](root.fileSystem.flags.text) + root.fileSystem.optionsText
            return (root.fileSystem.isReadOnly ? "ro" : "rw") + String(decoding: text, as: UTF8.self)
        } catch {
            return "\(error.errno)"
        }
    }

    /// `text = result` a line; what is not said is EINVAL.
    private func check(_ type: Name, _ table: [(String, String)], by task: TestTask) throws {
        for (data, expected) in table {
            #expect(try mount(type, data, by: task) == expected, "\(type) \(data)")
        }
    }

    @Test func tmpfsReadsItsOptions() throws {
        let sentry = try TestSentry()
        try check(
            "tmpfs",
            [
                ("", "rw"), ("size=64k", "rw,size=64k"), ("size=010k", "rw,size=8k"), ("size=0x10k", "rw,size=16k"),
                ("size=1T", "rw,size=1073741824k"), ("size=-1", "EINVAL"), ("size=", "EINVAL"), ("size=abc", "EINVAL"),
                ("size=64kk", "EINVAL"), ("size=50%x", "EINVAL"), ("size=50%", "rw"), ("size=0", "rw,size=0k"),
                ("size=18446744073709551616", "rw,size=0k"), ("size=18446744073709551617k", "rw,size=4k"),
                ("size", "EINVAL"), ("nr_blocks=4", "rw,size=16k"), ("nr_blocks=1k", "rw,size=4096k"),
                ("nr_blocks=-1", "EINVAL"), ("nr_blocks=", "EINVAL"), ("nr_blocks=10%", "EINVAL"),
                ("nr_inodes=3", "rw,nr_inodes=3"), ("nr_inodes=1k", "rw,nr_inodes=1024"),
                ("nr_inodes=0", "rw,nr_inodes=0"), ("nr_inodes=-1", "EINVAL"), ("mode=755", "rw,mode=755"),
                ("mode=17777", "rw,mode=7777"), ("mode=8", "EINVAL"), ("mode=", "EINVAL"), ("mode=+755", "rw,mode=755"),
                ("mode=755\n", "rw,mode=755"), ("mode= 755", "EINVAL"), ("uid=0", "rw"), ("uid=0x10", "rw,uid=16"),
                ("uid=-1", "EINVAL"), ("uid=4294967295", "EINVAL"), ("uid=x", "EINVAL"), ("gid=7", "rw,gid=7"),
                ("huge=never", "rw"), ("huge=within_size", "rw,huge=within_size"), ("huge=deny", "EINVAL"),
                ("inode32", "rw"), ("inode64", "rw,inode64"), ("inode32=1", "EINVAL"), ("noswap", "rw,noswap"),
                ("quota", "EINVAL"), ("casefold", "EINVAL"), ("size=4k,nr_blocks=3", "rw,size=12k"),
                ("nr_blocks=3,size=4k", "rw,size=4k"), ("ro", "ro"), ("rw,ro", "ro"), ("ro=0", "ro"),
                ("sync,dirsync,mand,lazytime", "rw,sync,dirsync,mand,lazytime"), ("sync,async", "rw"),
                ("noatime", "EINVAL"), ("source=x", "EINVAL"), (",,size=4k,", "rw,size=4k"), ("=x", "rw"),
                ("size==4k", "EINVAL"), ("Size=4k", "EINVAL"), ("size=1e", "rw,size=1125899906842624k"),
                ("size=4k\n", "EINVAL"), ("mode=755,mode=700", "rw,mode=700"), ("size=0%", "rw,size=0k"),
                ("size=1", "rw,size=4k"),
                (
                    "nr_inodes=5,mode=700,uid=3,size=8k,gid=4,huge=advise,inode64,mpol=local",
                    "rw,size=8k,nr_inodes=5,mode=700,uid=3,gid=4,inode64,huge=advise,mpol=local"
                ),
            ], by: sentry.initTask)
    }

    @Test func tmpfsReadsMemoryPolicies() throws {
        let sentry = try TestSentry()
        try check(
            "tmpfs",
            [
                ("mpol=default", "rw"), ("mpol=bind:0", "rw,mpol=bind:0"), ("mpol=bind", "EINVAL"),
                ("mpol=bind:99", "EINVAL"), ("mpol=prefer:0", "rw,mpol=prefer:0"), ("mpol=prefer", "rw,mpol=local"),
                ("mpol=local", "rw,mpol=local"), ("mpol=interleave", "rw,mpol=interleave:0"),
                ("mpol=prefer=static:0", "rw,mpol=prefer=static:0"), ("mpol=x", "EINVAL"),
                ("mpol=bind=relative:0", "rw,mpol=bind=relative:0"), ("mpol=default:0", "EINVAL"),
                ("mpol=local:0", "EINVAL"), ("mpol=bind:0,0", "rw,mpol=bind:0"),
                ("mpol=interleave:0,0-0,size=4k", "rw,size=4k,mpol=interleave:0"), ("mpol=prefer:0-0", "EINVAL"),
                ("mpol=", "EINVAL"), ("mpol", "EINVAL"), ("mpol=preferred", "EINVAL"),
                ("mpol=weighted interleave", "rw,mpol=weighted interleave:0"), ("mpol=bind:0=x", "EINVAL"),
                ("mpol=interleave=static", "rw,mpol=interleave=static:0"), ("mpol=local=static", "EINVAL"),
                ("mpol=prefer (many):0", "rw,mpol=prefer (many):0"),
            ], by: sentry.initTask)
    }

    @Test func otherTypesReadTheirOptions() throws {
        let sentry = try TestSentry()
        let root = sentry.initTask
        try check(
            "ramfs",
            [
                ("", "rw"), ("mode=755", "rw"), ("mode=17777", "rw,mode=7777"), ("mode=8", "EINVAL"),
                ("mode", "EINVAL"),
                ("foo", "rw"), ("foo=bar", "rw"), ("source=x", "EINVAL"), ("ro", "ro"), ("size=4k", "rw"),
            ], by: root)
        try check(
            "proc",
            [
                ("", "rw"), ("hidepid=0", "rw"), ("hidepid=1", "rw,hidepid=noaccess"),
                ("hidepid=0x2", "rw,hidepid=invisible"), ("hidepid=4", "rw,hidepid=ptraceable"),
                ("hidepid=3", "EINVAL"),
                ("hidepid=off", "rw"), ("hidepid=ptraceable", "rw,hidepid=ptraceable"), ("hidepid=", "EINVAL"),
                ("hidepid", "EINVAL"), ("hidepid=-1", "EINVAL"), ("hidepid=2\n", "rw,hidepid=invisible"),
                ("gid=0", "rw"),
                ("gid=5", "rw,gid=5"), ("gid=-1", "EINVAL"), ("subset=pid", "rw,subset=pid"), ("subset=foo", "EINVAL"),
                ("subset=", "EINVAL"), ("subset=pid:pid", "EINVAL"), ("foo", "EINVAL"),
                ("hidepid=2,gid=5,subset=pid", "rw,gid=5,hidepid=invisible,subset=pid"), ("ro", "ro"),
                ("pidns=/proc/self/ns/pid", "rw"), ("pidns=/proc/self/ns/net", "EINVAL"), ("pidns=/nope", "ENOENT"),
                ("pidns=", "EINVAL"), ("hidepid=1,hidepid=2", "rw,hidepid=invisible"),
            ], by: root)
        try check(
            "devpts",
            [
                ("", "rw,mode=600,ptmxmode=000"), ("newinstance", "rw,mode=600,ptmxmode=000"),
                ("newinstance=1", "EINVAL"), ("ptmxmode=17777", "rw,mode=600,ptmxmode=7777"), ("ptmxmode=8", "EINVAL"),
                ("mode=7", "rw,mode=007,ptmxmode=000"), ("uid=0", "rw,uid=0,mode=600,ptmxmode=000"),
                ("uid=-1", "EINVAL"), ("max=0", "rw,mode=600,ptmxmode=000,max=0"),
                ("max=1048576", "rw,mode=600,ptmxmode=000"), ("max=1048577", "EINVAL"), ("max=-1", "EINVAL"),
                ("max=0x10", "rw,mode=600,ptmxmode=000,max=16"), ("max=1k", "EINVAL"), ("foo", "EINVAL"),
                ("mode=600,uid=0,gid=5,max=5", "rw,uid=0,gid=5,mode=600,ptmxmode=000,max=5"),
            ], by: root)
        for type in ["mqueue", "sysfs", "binfmt_misc"] as [Name] {
            try check(type, [("", "rw"), ("foo", "EINVAL"), ("mode=755", "EINVAL")], by: root)
        }
        try check("mqueue", [("ro", "rw")], by: root)
        try check("pipefs", [("", "EINVAL"), ("foo", "EINVAL")], by: root)
        try check("devtmpfs", [("size=4k", "rw,mode=755"), ("foo", "EINVAL")], by: root)
        try check("ext4", [("", "ENOENT")], by: root)
        for type in ["vfat", "tmpfs.x", "nsfs", "", "fuse."] as [Name] { try check(type, [("", "ENODEV")], by: root) }
    }

    @Test func userNamespacesMountWhatBelongsToThem() throws {
        let sentry = try TestSentry()
        let child = try sentry.spawn(uid: 1000)
        #expect(child.call(.unshare, CloneFlags.newUser.union(.newMount)) == 0)
        for type in ["proc", "sysfs", "mqueue", "devtmpfs", "pipefs"] as [Name] {
            #expect(try mount(type, "", by: child) == "EPERM", "\(type)")
        }
        #expect(try mount("sysfs", "foo", by: child) == "EPERM")
        #expect(try mount("mqueue", "foo", by: child) == "EINVAL")
        #expect(try mount("tmpfs", "", by: child) == "rw,uid=1000,gid=1000")
        #expect(try mount("tmpfs", "noswap", by: child) == "EINVAL")
        #expect(try mount("tmpfs", "uid=5", by: child) == "EINVAL")
        for type in ["ramfs", "binfmt_misc"] as [Name] { #expect(try mount(type, "", by: child) == "rw", "\(type)") }
        #expect(try mount("devpts", "gid=5", by: child) == "EINVAL")
        #expect(child.call(.unshare, CloneFlags.newIPC.union(.newNet)) == 0)
        for type in ["sysfs", "mqueue"] as [Name] { #expect(try mount(type, "", by: child) == "rw", "\(type)") }
    }

    @Test func messagesAreKept() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask.task
        let context = try task.kernel.fileSystemTypes.find("tmpfs").type.makeContext(.mount, for: task)
        func parse(_ key: Name, _ value: String?) {
            try? context.parse(
                FileSystemParameter(key, value.map { .string(Array($0.utf8)) } ?? .flag), for: task)
        }
        parse("foo", nil)
        parse("uid", "x")
        parse("inode32", "1")
        parse("source", nil)
        parse("source", "a")
        parse("source", "b")
        parse("casefold", nil)
        #expect(
            context.log.messages.map { String(decoding: $0, as: UTF8.self) } == [
                "e tmpfs: Unknown parameter 'foo'\n", "e tmpfs: Bad value for 'uid'\n",
                "e tmpfs: Bad value for 'uid'\n",
                "e tmpfs: Unexpected value for 'inode32'\n", "e Non-string source\n", "e Multiple sources\n",
                "e tmpfs: tmpfs: Kernel not built with CONFIG_UNICODE\n\n",
            ])
        for _ in 0..<9 { parse("bar", nil) }
        #expect(context.log.messages.count == 8)
        #expect(context.log.messages.allSatisfy { $0 == Array("e tmpfs: Unknown parameter 'bar'\n".utf8) })
    }

    @Test func aRemountReplacesWhatIsSaid() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask.task
        func make(_ type: Name, _ data: String) throws -> FileSystemContext.Root {
            let context = try task.kernel.fileSystemTypes.find(type).type.makeContext(.mount, for: task)
            try context.parseMonolithic(Array(data.utf8), for: task)
            return try context.create(for: task)
        }
        func remount(_ root: FileSystemContext.Root, _ data: String) throws -> String {
            let context = try root.fileSystem.type.makeContext(
                .reconfigure(root.fileSystem), mask: .changeable, for: task)
            do throws(Refusal) {
                try context.parseMonolithic(Array(data.utf8), for: task)
                try context.reconfigure(for: task)
            } catch {
                return "\(error.errno)"
            }
            return String(decoding: root.fileSystem.optionsText, as: UTF8.self)
        }
        let tmpfs = try make("tmpfs", "size=64k,nr_inodes=5")
        for (data, expected) in [
            ("size=20k", ",size=20k,nr_inodes=5"), ("size=0", ",size=0k,nr_inodes=5"), ("size=64k", "EINVAL"),
            ("nr_inodes=1", ",size=0k,nr_inodes=1"), ("nr_inodes=0", ",size=0k,nr_inodes=0"), ("nr_inodes=7", "EINVAL"),
            ("mode=700,uid=5", ",size=0k,nr_inodes=0"), ("huge=always", ",size=0k,nr_inodes=0,huge=always"),
            ("noswap", "EINVAL"), ("mpol=local", ",size=0k,nr_inodes=0,huge=always,mpol=local"),
            ("mpol=default", ",size=0k,nr_inodes=0,huge=always,mpol=local"), ("foo", "EINVAL"),
        ] { #expect(try remount(tmpfs, data) == expected, "\(data)") }
        let proc = try make("proc", "hidepid=2,gid=5")
        for (data, expected) in [
            ("", ",gid=5,hidepid=invisible"), ("gid=7", ",gid=7,hidepid=invisible"),
            ("subset=pid", ",gid=7,hidepid=invisible,subset=pid"), ("hidepid=0", ",gid=7,subset=pid"),
            ("pidns=/proc/self/ns/pid", "EBUSY"),
        ] { #expect(try remount(proc, data) == expected, "\(data)") }
        let devpts = try make("devpts", "mode=620,gid=5,ptmxmode=666")
        #expect(try remount(devpts, "max=5,uid=7") == ",uid=7,mode=600,ptmxmode=000,max=5")
        #expect(try remount(devpts, "") == ",mode=600,ptmxmode=000")
    }

    @Test func theListNamesTheTypes() throws {
        let sentry = try TestSentry()
        let text = try sentry.initTask.read("/proc/filesystems")
        #expect(text.contains("nodev\ttmpfs\n") && text.contains("nodev\tmqueue\n"))
    }
}
