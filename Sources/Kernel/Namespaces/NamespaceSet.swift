import Credentials
import LinuxABI

/// nsproxy: the namespaces of a task, but for the user namespace (in its credentials) and its own PID namespace
/// (fixed in its PID). Immutable; a change makes a new set.
package struct NamespaceSet {
    package var mount: MountNamespace
    package var uts: UTSNamespace
    package var ipc: IPCNamespace
    package var net: NetNamespace
    package var cgroup: CgroupNamespace
    package var time: TimeNamespace
    package var timeForChildren: TimeNamespace
    package var pidForChildren: PIDNamespace

    package init(
        mount: MountNamespace, uts: UTSNamespace, ipc: IPCNamespace, net: NetNamespace, cgroup: CgroupNamespace,
        time: TimeNamespace, timeForChildren: TimeNamespace, pidForChildren: PIDNamespace
    ) {
        self.mount = mount
        self.uts = uts
        self.ipc = ipc
        self.net = net
        self.cgroup = cgroup
        self.time = time
        self.timeForChildren = timeForChildren
        self.pidForChildren = pidForChildren
    }

    /// Each of them; some may be the same.
    var all: [any Namespace] { [mount, uts, ipc, net, cgroup, time, timeForChildren, pidForChildren] }
}
