import ArgumentParser
import SentryHost

/// The environment of the program: little by default, as a host's variables often hold secrets.
enum Environment {
    static func make(uid: UInt32, settings: [String]) throws -> [(String, String)] {
        var variables: [(String, String)] = [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("HOME", uid == 0 ? "/root" : "/"),
        ]
        for name in ["TERM", "TZ", "LANG", "LC_ALL", "LC_CTYPE"] {
            if let value = hostVariable(name) { variables.append((name, value)) }
        }
        for setting in settings {
            let name: String
            let value: String?
            if let equals = setting.firstIndex(of: "=") {
                name = String(setting[..<equals])
                value = String(setting[setting.index(after: equals)...])
            } else {
                name = setting
                value = hostVariable(setting)
            }
            guard !name.isEmpty else { throw ValidationError("--env takes K=V or K, not '\(setting)'.") }
            variables.removeAll { $0.0 == name }
            if let value { variables.append((name, value)) }
        }
        return variables
    }
}
