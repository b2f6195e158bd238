import Credentials
import LinuxABI

/// The rules as text and as a page.
enum RulesPage {
    private static var sorted: [Rule] { Rule.all.sorted { $0.id < $1.id } }

    static func text() -> String {
        let width = sorted.map(\.id.count).max() ?? 0
        return sorted.map { rule in
            let errno = rule.errno.description
            return padded(rule.id, width) + "  " + padded(errno, 9) + "  \(rule.text) (\(rule.source))\n"
        }.joined()
    }

    static func markdown() -> String {
        var page = """
            # Rules

            <!-- Made by `nsentry rules --markdown`; `make check` fails when it is stale. -->

            A system call that policy refuses names one of these rules in the trace. Sources are man pages and functions \
            of Linux 6.18.

            | rule | errno | the request was refused because | source |
            |---|---|---|---|

            """
        for rule in sorted {
            page += "| `\(rule.id)` | \(rule.errno.description) | \(cell(rule.text)) | \(cell(rule.source)) |\n"
        }
        return page
    }
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

/// Text that cannot end a cell of a Markdown table.
func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
}
