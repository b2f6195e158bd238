import LinuxABI

extension Dispatcher {
    /// Every call the sentry answers.
    package static let linux = Dispatcher(families: [
        CapabilityCalls.handlers,
        HostObjectCalls.handlers,
        HostnameCalls.handlers,
        IDCalls.handlers,
        LimitCalls.handlers,
        MemoryCalls.handlers,
        NamespaceCalls.handlers,
        OtherProcessCalls.handlers,
        PrctlCalls.handlers,
        PriorityCalls.handlers,
        ProcessFileCalls.handlers,
        ProcessNumberCalls.handlers,
        RebootCalls.handlers,
        SchedulerCalls.handlers,
        SignalCalls.handlers,
        ThreadCalls.handlers,
        TransferCalls.handlers,
        UsageCalls.handlers,
        WaitCalls.handlers,
    ])
}
