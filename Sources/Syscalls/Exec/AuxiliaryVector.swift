import Credentials
import LinuxABI

/// Types of the auxiliary vector's entries (getauxval(3)).
package enum AuxiliaryType: UInt64, Sendable {
    case programHeaders = 3
    case programHeaderSize = 4
    case programHeaderCount = 5
    case pageSize = 6
    case base = 7
    case flags = 8
    case entry = 9
    case uid = 11
    case euid = 12
    case gid = 13
    case egid = 14
    case platform = 15
    case capabilities = 16
    case clockTicks = 17
    case secure = 23
    case basePlatform = 24
    case random = 25
    case capabilities2 = 26
    case rseqFeatureSize = 27
    case rseqAlignment = 28
    case capabilities3 = 29
    case capabilities4 = 30
    case filename = 31
    case vdso = 33
    case minimumSignalStack = 51
}

/// What only the host's kernel knows for a program's auxiliary vector: what its processor can do, what its signal frames and
/// restartable sequences take, and where in the new memory it has put the vDSO, random bytes and the platform's name.
package struct HostAuxiliaries: Sendable {
    private var values: [AuxiliaryType: UInt64] = [:]

    /// The entries that are the host's to say. What else it tells its own program is nobody's business.
    private static let known: Set<AuxiliaryType> = [
        .vdso, .minimumSignalStack, .capabilities, .capabilities2, .capabilities3, .capabilities4, .random, .platform,
        .basePlatform, .rseqFeatureSize, .rseqAlignment,
    ]

    package init() {}

    /// Takes an entry of the vector that the host gave the loader.
    package mutating func take(_ type: UInt64, _ value: UInt64) {
        guard let type = AuxiliaryType(rawValue: type), Self.known.contains(type) else { return }
        values[type] = value
    }

    package subscript(_ type: AuxiliaryType) -> UInt64? { values[type] }
}

/// The auxiliary vector of a program about to start, in the kernel's order (create_elf_tables).
package struct AuxiliaryVector: Sendable {
    package private(set) var entries: [(type: AuxiliaryType, value: UInt64)] = []

    /// USER_HZ and the page size belong to the interface, not to the machine.
    private static let clockTicks: UInt64 = 100
    private static let pageSize: UInt64 = 4096

    /// `program` lies at `base`, its dynamic loader at `loaderBase`, 0 without one. The path's place is not known yet.
    package init(
        _ program: ELFImage, at base: UInt64, loaderBase: UInt64, _ credentials: Credentials, isSecure: Bool,
        _ host: HostAuxiliaries
    ) {
        let namespace = credentials.userNamespace
        add(host, .vdso, .minimumSignalStack, .capabilities)
        add(.pageSize, Self.pageSize)
        add(.clockTicks, Self.clockTicks)
        add(.programHeaders, base &+ program.programHeadersAddress)
        add(.programHeaderSize, UInt64(ELFImage.programHeaderSize))
        add(.programHeaderCount, program.programHeaderCount)
        add(.base, loaderBase)
        add(.flags, 0)
        add(.entry, base &+ program.entry)
        // from_kuid_munged(): as the program's own user namespace numbers them.
        add(.uid, UInt64(namespace.uidOrOverflow(credentials.uid).rawValue))
        add(.euid, UInt64(namespace.uidOrOverflow(credentials.euid).rawValue))
        add(.gid, UInt64(namespace.gidOrOverflow(credentials.gid).rawValue))
        add(.egid, UInt64(namespace.gidOrOverflow(credentials.egid).rawValue))
        add(.secure, isSecure ? 1 : 0)
        add(host, .random, .capabilities2, .capabilities3, .capabilities4)
        add(.filename, 0)
        add(host, .platform, .basePlatform, .rseqFeatureSize, .rseqAlignment)
    }

    private mutating func add(_ type: AuxiliaryType, _ value: UInt64) { entries.append((type, value)) }

    private mutating func add(_ host: HostAuxiliaries, _ types: AuxiliaryType...) {
        for type in types {
            if let value = host[type] { add(type, value) }
        }
    }

    package subscript(_ type: AuxiliaryType) -> UInt64? { entries.first { $0.type == type }?.value }

    /// Types and values in turn, with AT_NULL at the end. The path of the program is at `filename`.
    func words(filename: UInt64) -> [UInt64] {
        entries.flatMap { [$0.type.rawValue, $0.type == .filename ? filename : $0.value] } + [0, 0]
    }
}
