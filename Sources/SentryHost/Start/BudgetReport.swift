import Credentials

/// What the user is told when a guest's objects have reached the sandbox's limit.
enum BudgetReport {
    static func print(_ kind: BudgetKind, limit: Int) {
        LimitMessages.write(
            "nsentry: the sandbox's kernel objects reached their limit of \(limit >> 20) MiB (\(kind.name))\n")
    }
}
