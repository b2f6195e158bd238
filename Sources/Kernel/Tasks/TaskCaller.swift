import Credentials

extension Task {
    package var fileTable: FDTable? { files }
    package var protectsHardlinks: Bool { kernel.settings.values["fs/protected_hardlinks"]?.first != 0 }
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
