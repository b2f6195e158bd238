import Credentials
import LinuxABI

/// Options of one /proc (proc(5), "Mount options").
package struct ProcOptions {
    /// hidepid: how far the processes of others are hidden.
    package enum Hiding: UInt8, Sendable {
        case off = 0
        /// Their directories are listed, but closed.
        case noAccess = 1
        /// Their directories are not listed either.
        case invisible = 2
        /// Those that the reader could not trace do not exist.
        case untraceable = 4
    }

    package var hiding = Hiding.off
    /// Members see everything all the same, unless processes are hidden by whether they can be traced.
    package var group = KGID.root
    /// subset=pid: nothing is there but processes.
    package var showsOnlyProcesses = false

    package init() {}

    /// proc_show_options(); the group is the machine's.
    var text: [UInt8] {
        var text = TextBuffer(capacity: 48)
        if group != .root {
            text.append(",gid=")
            text.append(group.isValid ? group.rawValue : GID.overflow.rawValue)
        }
        switch hiding {
        case .off: break
        case .noAccess: text.append(",hidepid=noaccess")
        case .invisible: text.append(",hidepid=invisible")
        case .untraceable: text.append(",hidepid=ptraceable")
        }
        if showsOnlyProcesses { text.append(",subset=pid") }
        return text.bytes
    }

    /// proc_parse_hidepid_param(): a number or a name.
    static func hiding(_ text: [UInt8]) -> Hiding? {
        if let number = KernelNumber.unsigned32(text) { return UInt8(exactly: number).flatMap { Hiding(rawValue: $0) } }
        switch Name(text) {
        case "off": return .off
        case "noaccess": return .noAccess
        case "invisible": return .invisible
        case "ptraceable": return .untraceable
        default: return nil
        }
    }
}
