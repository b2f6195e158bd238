import LinuxABI

extension Dispatcher {
    /// Every call the sentry answers.
    package static let linux = Dispatcher(families: [
        CapabilityCalls.handlers,
        HostnameCalls.handlers,
        IDCalls.handlers,
        LimitCalls.handlers,
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
        UsageCalls.handlers,
        WaitCalls.handlers,
    ])
}
