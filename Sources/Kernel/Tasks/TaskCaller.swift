import Credentials

extension Task {
    package var fileTable: FDTable? { files }
    package var protections: FileProtections {
        var protections = FileProtections()
        func setting(_ name: String) -> Int64? { kernel.settings.values[name]?.first }
        if let value = setting("fs/protected_hardlinks") { protections.hardlinks = value != 0 }
        if let value = setting("fs/protected_symlinks") { protections.symlinks = value != 0 }
        if let value = setting("fs/protected_regular") { protections.regular = Int(value) }
        if let value = setting("fs/protected_fifos") { protections.fifos = Int(value) }
        return protections
    }
    package var wantsExplanations: Bool { kernel.wantsExplanations }

    /// Runs `body` with other subjective credentials (override_creds), as access(2) does with the real IDs.
    package func withCredentials<R>(
        _ other: Credentials, _ body: () throws(Refusal) -> R
    ) throws(Refusal) -> R {
        let own = credentials
        credentials = other
        defer { credentials = own }
        return try body()
    }
}
