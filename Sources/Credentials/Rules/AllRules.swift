extension Rule {
    /// Every rule, by topic.
    package static let all: [Rule] = [
        accessRules,
        cloneRules,
        credentialRules,
        fileRules,
        idMapRules,
        procRules,
        setnsRules,
        signalRules,
        taskRules,
    ].flatMap { $0 }
}
