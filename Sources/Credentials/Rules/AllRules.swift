extension Rule {
    /// Every rule, by topic.
    package static let all: [Rule] = [
        signalRules,
        taskRules,
    ].flatMap { $0 }
}
