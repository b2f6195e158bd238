import LinuxABI

extension Dispatcher {
    /// Every call the sentry answers.
    package static let linux = Dispatcher(families: [
        AttributeCalls.handlers,
        CapabilityCalls.handlers,
        DescriptorCalls.handlers,
        DirectoryCalls.handlers,
        FcntlCalls.handlers,
        FileTimeCalls.handlers,
        HostObjectCalls.handlers,
        HostnameCalls.handlers,
        IDCalls.handlers,
        IoctlCalls.handlers,
        LimitCalls.handlers,
        MemoryCalls.handlers,
        NameCalls.handlers,
        NamespaceCalls.handlers,
        OpenCalls.handlers,
        OtherProcessCalls.handlers,
        PrctlCalls.handlers,
        PriorityCalls.handlers,
        ProcessFileCalls.handlers,
        ProcessNumberCalls.handlers,
        RebootCalls.handlers,
        ReceiveCalls.handlers,
        SchedulerCalls.handlers,
        SendCalls.handlers,
        SignalCalls.handlers,
        SocketCalls.handlers,
        SocketOptionCalls.handlers,
        StatCalls.handlers,
        ThreadCalls.handlers,
        TransferCalls.handlers,
        UsageCalls.handlers,
        WaitCalls.handlers,
    ])
}
