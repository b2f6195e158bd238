import LinuxABI

/// Results of calls that were not answered when they were made.
package protocol PlatformAnswers: AnyObject {
    /// Ends the call in which `task` is parked, with its result or a restart code.
    func complete(_ task: Task, _ result: Result<Int64, Errno>)
}
