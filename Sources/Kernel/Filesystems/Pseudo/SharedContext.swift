import Credentials

/// The context of a type without options of its own.
final class SharedContext: FileSystemContext {
    typealias Make = (FileSystemContext, any Caller) throws(Refusal) -> Root
    private let make: Make

    /// `make` finds the instance or makes one.
    init(
        _ type: FileSystemType, _ purpose: Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags,
        userNamespace: UserNamespace? = nil, for caller: any Caller, _ make: @escaping Make
    ) {
        self.make = make
        super.init(type, purpose, flags: flags, mask: mask, userNamespace: userNamespace, for: caller)
    }

    override func makeRoot(for caller: any Caller) throws(Refusal) -> Root { try make(self, caller) }
}
