/// A Linux capability (capabilities(7)); `rawValue` is its bit number.
package enum Capability: UInt8, CaseIterable, Sendable {
    case chown = 0
    case dacOverride, dacReadSearch, fowner, fsetid, kill, setgid, setuid, setpcap, linuxImmutable
    case netBindService, netBroadcast, netAdmin, netRaw, ipcLock, ipcOwner, sysModule, sysRawio, sysChroot
    case sysPtrace, sysPacct, sysAdmin, sysBoot, sysNice, sysResource, sysTime, sysTTYConfig, mknod, lease
    case auditWrite, auditControl, setfcap, macOverride, macAdmin, syslog, wakeAlarm, blockSuspend, auditRead
    case perfmon, bpf, checkpointRestore

    /// The newest capability's number, /proc/sys/kernel/cap_last_cap.
    package static let last: UInt8 = 40
    package var bit: UInt64 { UInt64(1) << UInt64(rawValue) }
}

/// A set of capabilities, one bit each, as /proc/[pid]/status prints it.
package struct CapabilitySet: OptionSet, Hashable, Sendable {
    package var rawValue: UInt64
    @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }
    /// Every valid capability: 000001ffffffffff.
    package static let full = CapabilitySet(rawValue: 0x1ff_ffff_ffff)
    package init(_ capability: Capability) { rawValue = capability.bit }
    package func has(_ capability: Capability) -> Bool { rawValue & capability.bit != 0 }
}
