extension Capability {
    /// The name as capabilities(7) and libcap spell it, such as `cap_sys_admin`.
    package var name: String {
        switch self {
        case .chown: "cap_chown"
        case .dacOverride: "cap_dac_override"
        case .dacReadSearch: "cap_dac_read_search"
        case .fowner: "cap_fowner"
        case .fsetid: "cap_fsetid"
        case .kill: "cap_kill"
        case .setgid: "cap_setgid"
        case .setuid: "cap_setuid"
        case .setpcap: "cap_setpcap"
        case .linuxImmutable: "cap_linux_immutable"
        case .netBindService: "cap_net_bind_service"
        case .netBroadcast: "cap_net_broadcast"
        case .netAdmin: "cap_net_admin"
        case .netRaw: "cap_net_raw"
        case .ipcLock: "cap_ipc_lock"
        case .ipcOwner: "cap_ipc_owner"
        case .sysModule: "cap_sys_module"
        case .sysRawio: "cap_sys_rawio"
        case .sysChroot: "cap_sys_chroot"
        case .sysPtrace: "cap_sys_ptrace"
        case .sysPacct: "cap_sys_pacct"
        case .sysAdmin: "cap_sys_admin"
        case .sysBoot: "cap_sys_boot"
        case .sysNice: "cap_sys_nice"
        case .sysResource: "cap_sys_resource"
        case .sysTime: "cap_sys_time"
        case .sysTTYConfig: "cap_sys_tty_config"
        case .mknod: "cap_mknod"
        case .lease: "cap_lease"
        case .auditWrite: "cap_audit_write"
        case .auditControl: "cap_audit_control"
        case .setfcap: "cap_setfcap"
        case .macOverride: "cap_mac_override"
        case .macAdmin: "cap_mac_admin"
        case .syslog: "cap_syslog"
        case .wakeAlarm: "cap_wake_alarm"
        case .blockSuspend: "cap_block_suspend"
        case .auditRead: "cap_audit_read"
        case .perfmon: "cap_perfmon"
        case .bpf: "cap_bpf"
        case .checkpointRestore: "cap_checkpoint_restore"
        }
    }

    /// Accepts names with or without `cap_`, in any case.
    package init?(name: String) {
        let lower = name.lowercased()
        let wanted = lower.hasPrefix("cap_") ? lower : "cap_" + lower
        guard let found = Capability.allCases.first(where: { $0.name == wanted }) else { return nil }
        self = found
    }
}
