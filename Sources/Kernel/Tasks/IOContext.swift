/// What tasks with CLONE_IO between them share (io_context).
package final class IOContext {
    /// ioprio_set(2)'s value, 0 when never set.
    package fileprivate(set) var priority: Int32 = 0
}

extension Task {
    package var ioPriority: Int32 {
        get { ioContext?.priority ?? 0 }
        set {
            let context = ioContext ?? IOContext()
            context.priority = newValue
            ioContext = context
        }
    }

    /// copy_io(): a context is shared or, for the sake of its priority, copied.
    func inheritIOContext(of parent: Task, shares: Bool) {
        if shares {
            ioContext = parent.ioContext
        } else if parent.ioPriority != 0 {
            ioPriority = parent.ioPriority
        }
    }
}
