extension Rule {
    /// Every rule, by topic.
    package static let all: [Rule] = [
        fileRules,
        procRules,
        signalRules,
        taskRules,
    ].flatMap { $0 }
}
