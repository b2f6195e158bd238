import ArgumentParser
import Credentials
import Glibc
import Kernel
import SentryHost

/// The options that `run` and `explain` share.
struct SandboxOptions: ParsableArguments {
    @Option(help: ArgumentHelp("User ID of the program.", valueName: "N"))
    var uid: UInt32 = 0

    @Option(help: ArgumentHelp("Group ID; the user ID when not given.", valueName: "N"))
    var gid: UInt32?

    @Option(
        help: ArgumentHelp("Supplementary groups, separated by commas.", valueName: "N,…"),
        transform: SandboxOptions.parseIDs)
    var groups: [UInt32] = []

    @Option(
        help: ArgumentHelp(
            "Capabilities: all, none, or names separated by commas; all for user 0 and none for others when not given.",
            valueName: "LIST"),
        transform: SandboxOptions.parseCapabilities)
    var caps: CapabilitySet?

    @Option(help: ArgumentHelp("Directory to use as /, instead of the host's system directories.", valueName: "DIR"))
    var rootfs: String?

    @Option(
        help: ArgumentHelp(
            "Show the host's SRC at DST. Without :ro it can be written, in the private layer: nothing of the host changes. "
                + "May be repeated.", valueName: "SRC:DST[:ro]"),
        transform: SandboxOptions.parseBind)
    var bind: [RunConfiguration.Bind] = []

    @Option(help: ArgumentHelp("Working directory inside.", valueName: "DIR"))
    var workdir: String?

    @Option(
        help: ArgumentHelp(
            "Set a variable of the program's environment, or with K alone pass it on. May be repeated. Otherwise only "
                + "PATH, HOME, TERM, TZ and the locale are set.", valueName: "K=V"))
    var env: [String] = []

    @Option(help: ArgumentHelp("Host name inside.", valueName: "NAME"))
    var hostname: String = "sandbox"

    @Option(help: ArgumentHelp("Whose behaviour to show: linux or gvisor-pre-13323.", valueName: "NAME"))
    var profile: ProfileName = ProfileName(profile: .linux)

    @Flag(help: "Fail where the host has no Landlock, which is the second wall around the program.")
    var requireLandlock = false

    @Option(help: ArgumentHelp("For tests: leave out one of the two walls.", visibility: .hidden))
    var withoutWall: RunConfiguration.Wall?

    @Option(help: ArgumentHelp("For tests: MiB that the sandbox's kernel objects may take.", visibility: .hidden))
    var budget: Int?

    /// Options whose value may be the next word.
    static let valued: Set<String> = [
        "--uid", "--gid", "--groups", "--caps", "--rootfs", "--bind", "--workdir", "--env", "--hostname",
        "--profile", "--without-wall", "--budget",
    ]

    func configuration(command: [String]) throws -> RunConfiguration {
        guard let program = command.first, !program.isEmpty else {
            throw ValidationError("Name a program to run, for example: nsentry run -- id")
        }
        guard hostname.utf8.count <= 64 else { throw ValidationError("A host name has at most 64 bytes.") }
        // To system calls this number means "no change" (setuid(2)), and no user has it.
        guard uid != .max, gid != .max else { throw ValidationError("An ID is at most 4294967294.") }
        if let workdir, !workdir.hasPrefix("/") { throw ValidationError("--workdir takes an absolute path.") }
        var configuration = RunConfiguration(command: command)
        configuration.uid = uid
        configuration.gid = gid ?? uid
        configuration.groups = groups
        configuration.capabilities = caps ?? (uid == 0 ? .full : [])
        configuration.rootfs = rootfs
        configuration.binds = bind
        configuration.workdir = workdir
        configuration.hostname = hostname
        configuration.profile = profile.profile
        configuration.requiresLandlock = requireLandlock
        if let budget { configuration.budget = min(max(budget, 1), 1 << 20) << 20 }
        if let withoutWall {
            guard !requireLandlock || withoutWall == .first else {
                throw ValidationError("--require-landlock and --without-wall second exclude each other.")
            }
            CommandLineArguments.write(
                "nsentry: WARNING: the \(withoutWall.rawValue) wall is off: this is no sandbox\n", to: STDERR_FILENO)
            configuration.withoutWall = withoutWall
        }
        configuration.environment = try Environment.make(uid: uid, settings: env)
        return configuration
    }
}

extension SandboxOptions {
    /// IDs separated by commas.
    static func parseIDs(_ text: String) throws -> [UInt32] {
        try text.split(separator: ",").map { word in
            guard let value = UInt32(word), value != .max else { throw ValidationError("'\(word)' is not an ID") }
            return value
        }
    }

    /// `all`, `none`, or names of capabilities.
    static func parseCapabilities(_ text: String) throws -> CapabilitySet {
        switch text {
        case "all": return .full
        case "none": return []
        default:
            return try text.split(separator: ",").reduce(into: []) { set, word in
                guard let capability = Capability(name: String(word)) else {
                    throw ValidationError("'\(word)' is not a capability")
                }
                set.insert(CapabilitySet(capability))
            }
        }
    }

    /// `SRC:DST`, `SRC:DST:ro` or `SRC:DST:rw`.
    static func parseBind(_ text: String) throws -> RunConfiguration.Bind {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let isShaped = parts.count == 2 || (parts.count == 3 && (parts[2] == "ro" || parts[2] == "rw"))
        guard isShaped, !parts[0].isEmpty, parts[1].hasPrefix("/") else {
            throw ValidationError("it takes SRC:DST[:ro], where DST is an absolute path")
        }
        let place = parts[1].split(separator: "/")
        if place.isEmpty { throw ValidationError("to show a directory as /, use --rootfs") }
        if place.contains(".") || place.contains("..") {
            throw ValidationError("DST must not contain the names . and ..")
        }
        if place[0] == "proc" || place[0] == "sys" {
            throw ValidationError("/\(place[0]) is the sandbox's own; choose another DST")
        }
        return RunConfiguration.Bind(
            source: parts[0], destination: parts[1], readOnly: parts.count == 3 && parts[2] == "ro")
    }
}

extension RunConfiguration.Wall: ExpressibleByArgument {}

/// A profile by its name.
struct ProfileName: ExpressibleByArgument {
    let profile: Profile

    init(profile: Profile) { self.profile = profile }

    init?(argument: String) {
        guard let profile = Profile.all.first(where: { $0.name == argument }) else { return nil }
        self.profile = profile
    }

    var defaultValueDescription: String { profile.name }
    static var allValueStrings: [String] { Profile.all.map(\.name) }
}
