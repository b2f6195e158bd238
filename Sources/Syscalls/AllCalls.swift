import LinuxABI

extension Dispatcher {
    /// Every call the sentry answers.
    package static let linux = Dispatcher(families: [
        CapabilityCalls.handlers,
        HostnameCalls.handlers,
        IDCalls.handlers,
        NamespaceCalls.handlers,
        PrctlCalls.handlers,
    ])
}
