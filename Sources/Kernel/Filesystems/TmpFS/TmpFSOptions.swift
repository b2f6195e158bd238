import Credentials
import LinuxABI

/// What a tmpfs is told by its options (tmpfs(5)).
package struct TmpFSOptions {
    package enum HugePages: Sendable { case never, always, withinSize, advise }

    /// In pages; 0 means without a limit.
    package var blocks: UInt64
    package var inodes: UInt64
    package var mode: UInt32 = 0o1777
    package var uid: KUID
    package var gid: KGID
    package var has64BitNumbers = false
    package var hugePages = HugePages.never
    package var staysInMemory = false
    /// Nil for the default.
    package var policy: MemoryPolicy?
    /// What `blocks` and `inodes` are when nobody says: half of the machine's memory in pages.
    package let defaultPages: UInt64

    package init(uid: KUID, gid: KGID, memoryPages: UInt64) {
        self.uid = uid
        self.gid = gid
        defaultPages = memoryPages / 2
        blocks = defaultPages
        inodes = defaultPages
    }

    /// shmem_show_options(); IDs are the machine's.
    package var text: [UInt8] {
        var text = TextBuffer(capacity: 64)
        if blocks != defaultPages {
            text.append(",size=")
            text.append(blocks &<< 2)
            text.append("k")
        }
        if inodes != defaultPages {
            text.append(",nr_inodes=")
            text.append(inodes)
        }
        if mode != 0o1777 {
            text.append(",mode=")
            text.octal(UInt64(mode), width: 3)
        }
        if uid != .root {
            text.append(",uid=")
            text.append(uid.rawValue)
        }
        if gid != .root {
            text.append(",gid=")
            text.append(gid.rawValue)
        }
        if has64BitNumbers { text.append(",inode64") }
        switch hugePages {
        case .never: break
        case .always: text.append(",huge=always")
        case .withinSize: text.append(",huge=within_size")
        case .advise: text.append(",huge=advise")
        }
        if let policy {
            text.append(",mpol=")
            text.append(policy.text)
        }
        if staysInMemory { text.append(",noswap") }
        return text.bytes
    }
}

/// On which memory nodes pages are put (mpol of tmpfs(5)). There is one node, 0.
package struct MemoryPolicy: Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        case preferred = "prefer"
        case bind
        case interleave
        case local
        case preferredMany = "prefer (many)"
        case weightedInterleave = "weighted interleave"
    }
    package let mode: Mode
    /// `=static` or `=relative`.
    private let flag: [UInt8]

    /// mpol_parse_str(): nil for no policy at all; throws where the text is none.
    package static func parse(_ text: [UInt8]) throws(InvalidPolicy) -> MemoryPolicy? {
        var rest = text[...], flag: [UInt8] = [], nodes: ArraySlice<UInt8>?
        let colon = rest.firstIndex(of: UInt8(ascii: ":")), equals = rest.firstIndex(of: UInt8(ascii: "="))
        if let equals {
            let end = colon.flatMap { $0 > equals ? $0 : nil } ?? rest.endIndex
            flag = Array(rest[(equals + 1)..<end])
        }
        if let colon {
            let end = equals.flatMap { $0 > colon ? $0 : nil } ?? rest.endIndex
            nodes = rest[(colon + 1)..<end]
        }
        rest = rest[..<min(colon ?? rest.endIndex, equals ?? rest.endIndex)]
        let hasNodes = try nodes.map { (list) throws(InvalidPolicy) in try isNodeList(list) }
        if Name(rest) == "default" {
            if nodes != nil { throw InvalidPolicy() }
            return nil
        }
        guard var mode = Mode.allCases.first(where: { Name($0.rawValue) == Name(rest) }) else { throw InvalidPolicy() }
        switch mode {
        case .preferred:
            if let nodes, !nodes.allSatisfy({ (0x30...0x39).contains($0) }) || nodes.isEmpty { throw InvalidPolicy() }
            if nodes == nil { mode = .local }
        case .interleave, .weightedInterleave: if hasNodes == false { throw InvalidPolicy() }
        case .local: if nodes != nil { throw InvalidPolicy() }
        case .preferredMany, .bind: guard hasNodes == true else { throw InvalidPolicy() }
        }
        guard equals == nil || ["static", "relative"].contains(Name(flag)) && mode != .local else {
            throw InvalidPolicy()
        }
        return MemoryPolicy(mode: mode, flag: flag)
    }

    /// nodelist_parse() for the one node there is: false for no node.
    private static func isNodeList(_ text: ArraySlice<UInt8>) throws(InvalidPolicy) -> Bool {
        if text.isEmpty { return false }
        for range in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            for end in range.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false) {
                guard !end.isEmpty, end.allSatisfy({ $0 == UInt8(ascii: "0") }) else { throw InvalidPolicy() }
            }
        }
        return true
    }

    /// mpol_to_str()
    package var text: [UInt8] {
        var text = Array(mode.rawValue.utf8)
        if !flag.isEmpty { text += [UInt8(ascii: "=")] + flag }
        if mode != .local { text.append(":0") }
        return text
    }

    package struct InvalidPolicy: Error {}
}
