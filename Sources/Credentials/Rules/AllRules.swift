extension Rule {
    /// Every rule, by topic.
    package static let all: [Rule] = [
        accessRules,
        budgetRules,
        cgroupRules,
        cloneRules,
        credentialRules,
        fileRules,
        fileSystemRules,
        idMapRules,
        ipcRules,
        keyRules,
        mountRules,
        mountIDMapRules,
        procRules,
        setnsRules,
        processFileRules,
        schedulingRules,
        sessionRules,
        signalRules,
        socketRules,
        taskRules,
    ].flatMap { $0 }
}
