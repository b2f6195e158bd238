import Credentials
import LinuxABI

/// What /proc holds besides processes.
enum ProcGlobals {
    static func populate(_ root: StaticDirectory, _ proc: ProcFileSystem) {
        root.add("mounts", link(proc, "self/mounts"))
        root.add("net", link(proc, "self/net"))
        root.add("self", StaticLink(proc, SelfLink.process))
        root.add("thread-self", StaticLink(proc, SelfLink.thread))
        host(root, proc, "cpuinfo", .cpuinfo)
        host(root, proc, "meminfo", .meminfo)
        host(root, proc, "vmstat", .vmstat)
        host(root, proc, "stat", .stat)
    }

    static func link(_ proc: ProcFileSystem, _ target: StaticString) -> StaticLink {
        let text = Name(stringLiteral: target).bytes
        return StaticLink(proc) { _, _ in text }
    }

    private static func host(_ root: StaticDirectory, _ proc: ProcFileSystem, _ name: Name, _ kind: HostText) {
        root.add(name, StaticFile(proc) { $0.kernel.platform.hostText(kind) })
    }
}
