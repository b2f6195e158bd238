import Credentials
import LinuxABI

/// One option for a file system: what a comma separates in mount(2)'s text, or one call of fsconfig(2) brings
/// (struct fs_parameter).
package struct FileSystemParameter {
    package enum Value {
        /// A word alone.
        case flag
        case string([UInt8])
        case blob([UInt8])
        /// A path below a directory, whose text may be empty (FSCONFIG_SET_PATH, FSCONFIG_SET_PATH_EMPTY). The directory is
        /// nil where its descriptor is not open, which is EBADF for who looks the path up.
        case path([UInt8], from: Path?, allowsEmpty: Bool)
        case file(OpenFile)
    }
    package let key: Name
    package let value: Value

    package init(_ key: Name, _ value: Value) {
        self.key = key
        self.value = value
    }

    /// The text of a string; nil for anything else.
    package var text: [UInt8]? {
        if case .string(let text) = value { text } else { nil }
    }
    package var isFlag: Bool {
        if case .flag = value { true } else { false }
    }
}
