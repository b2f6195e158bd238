import LinuxABI

/// Why a call failed: an errno and, when policy decided, the rule, with the state that mattered where somebody asked.
///
/// Every policy decision throws a rule; a bare errno is for plain facts such as EBADF, EFAULT and ENOENT.
package struct Refusal: Error, Sendable {
    package let errno: Errno
    private let cause: Cause

    /// One word, whatever there is to tell: names are looked up in vain all the time.
    private enum Cause {
        case none
        case rule(Rule)
        case explained(Explained)
    }
    private final class Explained: Sendable {
        let rule: Rule
        let text: String
        init(_ rule: Rule, _ text: String) {
            self.rule = rule
            self.text = text
        }
    }

    /// Where somebody listens, `explanation` tells the state that mattered (`Kernel.refusal`, `Caller.refusal`).
    package init(_ rule: Rule, explanation: String? = nil) {
        errno = rule.errno
        cause = explanation.map { .explained(Explained(rule, $0)) } ?? .rule(rule)
    }
    package init(_ errno: Errno) {
        self.errno = errno
        cause = .none
    }

    package var rule: Rule? {
        switch cause {
        case .none: nil
        case .rule(let rule): rule
        case .explained(let explained): explained.rule
        }
    }
    package var explanation: String? {
        if case .explained(let explained) = cause { explained.text } else { nil }
    }

    /// The same refusal with the state that mattered; a bare errno tells of none.
    package func explained(_ text: String?) -> Refusal {
        rule.map { Refusal($0, explanation: text) } ?? self
    }
    /// The same reason by the rule that the caller is told of.
    package func under(_ rule: Rule) -> Refusal { Refusal(rule, explanation: explanation) }
}
