import Credentials
import LinuxABI

/// /proc/sys, filled at the first look, as most sandboxes never look.
package final class SysctlDirectory: SysctlFolder {
    private var isFilled = false

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        fill()
        return try super.lookup(name, for: caller)
    }
    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        fill()
        return try super.entries(for: caller)
    }

    private func fill() {
        guard !isFilled, let proc = fileSystem as? ProcFS else { return }
        isFilled = true
        for sysctl in SysctlTables.all {
            let components = sysctl.path.split(separator: "/")
            guard let last = components.last else { continue }
            directory(components.dropLast(), proc).add(Name(String(last)), SysctlInode(proc, sysctl))
        }
        // Where binfmt_misc is mounted.
        directory(["fs"], proc).add("binfmt_misc", SysctlFolder(proc, isMountpoint: true))
    }

    private func directory(_ components: ArraySlice<Substring>, _ proc: ProcFS) -> StaticDirectory {
        var parent: StaticDirectory = self
        for component in components {
            let name = Name(String(component))
            if let known = parent.child(name) as? StaticDirectory {
                parent = known
            } else {
                let made = SysctlFolder(proc)
                parent.add(name, made)
                parent = made
            }
        }
        return parent
    }
}

/// A directory below /proc/sys: its mode holds for everybody.
package class SysctlFolder: StaticDirectory {
    package override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        wanted.contains(.write) ? .refused(Refusal(.sysctlDirectory)) : .ordinary
    }
}

enum SysctlTables {
    static let all: [Sysctl] =
        KernelSettings.all + FsSettings.all + VmSettings.all + NetSettings.all + UserSettings.all
}
