extension Rule {
    /// Every rule, by topic.
    package static let all: [Rule] = [
        fileRules,
        signalRules,
        taskRules,
    ].flatMap { $0 }
}
