import Credentials
import LinuxABI

/// Options of one devpts (mount(8), "Mount options for devpts").
package struct DevptsOptions {
    /// Nil for the opener's.
    package var uid: KUID?
    package var gid: KGID?
    package var mode: UInt32 = 0o600
    package var ptmxMode: UInt32 = 0
    /// How many terminals there may be.
    package var maximum = DevptsOptions.limit
    /// NR_UNIX98_PTY_MAX
    package static let limit: Int32 = 1 << 20

    package init() {}

    /// devpts_show_options(); IDs are the machine's.
    package var text: [UInt8] {
        var text = TextBuffer(capacity: 48)
        if let uid {
            text.append(",uid=")
            text.append(uid.rawValue)
        }
        if let gid {
            text.append(",gid=")
            text.append(gid.rawValue)
        }
        text.append(",mode=")
        text.octal(UInt64(mode), width: 3)
        text.append(",ptmxmode=")
        text.octal(UInt64(ptmxMode), width: 3)
        if maximum < Self.limit {
            text.append(",max=")
            text.append(maximum)
        }
        return text.bytes
    }
}

/// The type `devpts`: every mount is an instance of its own.
package final class DevptsType: FileSystemType {
    private weak var kernel: Kernel?

    package init(_ kernel: Kernel) {
        self.kernel = kernel
        super.init("devpts", .mountableByUserNamespace)
    }

    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        return DevptsContext(self, purpose, flags, mask, kernel, for: caller)
    }
}

private final class DevptsContext: FileSystemContext {
    private let kernel: Kernel
    private var options = DevptsOptions()

    init(
        _ type: DevptsType, _ purpose: Purpose, _ flags: SuperBlockFlags, _ mask: SuperBlockFlags, _ kernel: Kernel,
        for caller: any Caller
    ) {
        self.kernel = kernel
        super.init(type, purpose, flags: flags, mask: mask, for: caller)
    }

    /// devpts_parse_param()
    override func take(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> Bool {
        switch parameter.key {
        case "uid": options.uid = try uid(parameter, for: caller)
        case "gid": options.gid = try gid(parameter, for: caller)
        case "mode": options.mode = try number(parameter, base: 8) & 0o7777
        case "ptmxmode": options.ptmxMode = try number(parameter, base: 8) & 0o7777
        case "newinstance": try flag(parameter)
        case "max":
            let value = try signedNumber(parameter)
            guard (0...DevptsOptions.limit).contains(value) else {
                throw invalid(.mountOptionValue, Array("max out of range".utf8), isPrefixed: false)
            }
            options.maximum = value
        default: return false
        }
        return true
    }

    override func makeRoot(for caller: any Caller) throws(Refusal) -> Root {
        let made = DevptsFS(
            type: type, device: kernel.anonymousDevices.allocate(), userNamespace: userNamespace, options: options,
            now: kernel.platform.storage.now)
        made.flags = flags
        return Root(made, made.makeRoot(for: caller.credentials))
    }

    override func change(_ fileSystem: FileSystem, for caller: any Caller) throws(Refusal) {
        (fileSystem as? DevptsFS)?.change(options)
    }
}
