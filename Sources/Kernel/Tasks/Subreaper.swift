extension Kernel {
    /// PR_SET_CHILD_SUBREAPER: orphans below `group` come to it from now on (PR_SET_CHILD_SUBREAPER(2const)).
    package func setChildSubreaper(_ group: ThreadGroup, _ value: Bool) {
        group.isChildSubreaper = value
        if value { hasSubreapers = true }
    }
}
