import Credentials
import LinuxABI

/// Reading options into a context (fs_context.c, fs_parser.c).
extension FileSystemContext {
    /// vfs_parse_fs_param(): the words for all file systems, then the type's own options, then `source`.
    package final func parse(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) {
        let key = parameter.key
        if key.bytes.isEmpty { throw invalid(.mountOptionUnknown, Array("Unnamed parameter".utf8), isPrefixed: false) }
        if let (flag, isSet) = SuperBlockFlags.word(key) {
            if isSet { flags.insert(flag) } else { flags.remove(flag) }
            mask.insert(flag)
            return
        }
        if try take(parameter, for: caller) { return }
        if key == "source" { return try takeSource(parameter) }
        if refusesUnknown { throw unknown(key) }
    }

    /// vfs_parse_fs_param_source()
    private func takeSource(_ parameter: FileSystemParameter) throws(Refusal) {
        guard let text = parameter.text else {
            throw invalid(.mountSourceNotText, Array("Non-string source".utf8), isPrefixed: false)
        }
        if source != nil {
            throw invalid(.mountSourceTwice, Array("Multiple sources".utf8), isPrefixed: false)
        }
        source = Name(text)
    }

    /// generic_parse_monolithic(): the options of mount(2)'s data, up to its NUL, separated by commas.
    package final func parseMonolithic(_ data: [UInt8], for caller: any Caller) throws(Refusal) {
        var rest = data.prefix { $0 != 0 }
        while !rest.isEmpty {
            let end = optionEnd(rest)
            let option = rest[rest.startIndex..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            guard let equals = option.firstIndex(of: UInt8(ascii: "=")) else {
                if !option.isEmpty { try parse(FileSystemParameter(Name(option), .flag), for: caller) }
                continue
            }
            // A value without a name is left out.
            if equals == option.startIndex { continue }
            let value = FileSystemParameter.Value.string(Array(option[(equals + 1)...]))
            try parse(FileSystemParameter(Name(option[..<equals]), value), for: caller)
        }
    }

    // MARK: Refusals, which the log tells of

    package final func invalid(_ rule: Rule, _ text: [UInt8], isPrefixed: Bool = true) -> Refusal {
        log.add(.error, isPrefixed ? type : nil, text)
        return Refusal(rule, explanation: String(decoding: text, as: UTF8.self))
    }
    package final func invalid(_ rule: Rule, _ text: String) -> Refusal { invalid(rule, Array(text.utf8)) }
    package final func badValue(_ parameter: FileSystemParameter) -> Refusal {
        invalid(.mountOptionValue, Self.quote("Bad value for '", parameter.key.bytes))
    }
    package final func unknown(_ key: Name) -> Refusal {
        invalid(.mountOptionUnknown, Self.quote("Unknown parameter '", key.bytes))
    }
    private static func quote(_ text: StaticString, _ word: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.append(text)
        result += word
        result.append(UInt8(ascii: "'"))
        return result
    }

    // MARK: Values

    /// fs_param_is_flag()
    package final func flag(_ parameter: FileSystemParameter) throws(Refusal) {
        guard parameter.isFlag else {
            throw invalid(.mountOptionValue, Self.quote("Unexpected value for '", parameter.key.bytes))
        }
    }
    /// fs_param_is_string()
    package final func string(_ parameter: FileSystemParameter) throws(Refusal) -> [UInt8] {
        guard let text = parameter.text, !text.isEmpty else { throw badValue(parameter) }
        return text
    }
    /// fs_param_is_u32(): C's bases, or `base` alone.
    package final func number(_ parameter: FileSystemParameter, base: UInt64 = 0) throws(Refusal) -> UInt32 {
        guard let text = parameter.text, let value = KernelNumber.unsigned32(text, base: base) else {
            throw badValue(parameter)
        }
        return value
    }
    /// fs_param_is_s32()
    package final func signedNumber(_ parameter: FileSystemParameter) throws(Refusal) -> Int32 {
        guard let text = parameter.text, let value = KernelNumber.signed32(text) else { throw badValue(parameter) }
        return value
    }
    /// fs_param_is_enum()
    package final func choice<T>(
        _ parameter: FileSystemParameter, _ choices: KeyValuePairs<StaticString, T>
    ) throws(Refusal) -> T {
        guard let text = parameter.text else { throw badValue(parameter) }
        for (word, value) in choices where Name(stringLiteral: word).bytes == text { return value }
        throw badValue(parameter)
    }
    /// fs_param_is_uid(): a user as the caller's namespace numbers it.
    package final func uid(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> KUID {
        let value = try number(parameter)
        if let uid = caller.credentials.userNamespace.kuid(UID(value)), uid.isValid { return uid }
        throw invalid(.mountOptionValue, Self.quote("Invalid uid '", parameter.text ?? []))
    }
    /// fs_param_is_gid()
    package final func gid(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> KGID {
        let value = try number(parameter)
        if let gid = caller.credentials.userNamespace.kgid(GID(value)), gid.isValid { return gid }
        throw invalid(.mountOptionValue, Self.quote("Invalid gid '", parameter.text ?? []))
    }
}
