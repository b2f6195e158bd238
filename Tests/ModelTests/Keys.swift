import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

private func errno(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

private let session = -3

extension TestTask {
    fileprivate func addKey(_ name: String, _ payload: String = "secret", type: String = "user", to keyring: Int)
        -> Int64
    {
        let bytes = Array(payload.utf8)
        return call(.add_key, type, name, bytes, bytes.count, keyring)
    }
    fileprivate func addKeyring(_ name: String, to keyring: Int) -> Int64 {
        call(.add_key, "keyring", name, 0, 0, keyring)
    }
    fileprivate func newSession() -> Int64 { call(.keyctl, 1, 0) }
    fileprivate func id(_ key: Int) -> Int64 { call(.keyctl, 0, key, 0) }
}

/// Keys and keyrings as far as no program on Linux can be brought there, and what tasks inherit.
struct Keys {
    @Test func inheritance() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let own = parent.newSession()
        let inThread = parent.addKey("t", to: -1), inProcess = parent.addKey("p", to: -2)
        #expect(inThread > 0 && inProcess > 0)
        let child = try parent.fork()
        #expect(child.id(-1) == errno(.ENOKEY))
        #expect(child.id(-2) == errno(.ENOKEY))
        #expect(child.id(session) == own)
        let thread = try parent.thread()
        #expect(thread.id(-1) > 0 && thread.id(-1) != parent.id(-1))
        #expect(thread.id(-2) == parent.id(-2))
        parent.exec(credentials: try parent.task.credentials.keyringsForChild(isThread: false))
        #expect(parent.id(-1) == errno(.ENOKEY))
        #expect(parent.id(session) == own)
    }

    @Test func theInitOfTheSystemTakesNoSession() throws {
        let sentry = try TestSentry()
        let orphan = try sentry.initTask.fork()
        _ = orphan.newSession()
        #expect(orphan.call(.keyctl, 18) == errno(.EPERM))
        #expect(sentry.lastRule === Rule.sessionParentIsInit)
        let child = try orphan.fork()
        let given = child.newSession()
        #expect(child.call(.keyctl, 18) == 0)
        #expect(orphan.id(session) == given)
    }

    /// What nothing refers to is gone, with all it held, and its owner's quota is as before.
    @Test func theEndOfKeys() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        _ = user.newSession()
        let table = sentry.kernel.keys
        let before = table.users[KUID(1000)]?.keys
        let ring = user.addKeyring("ring", to: session)
        let key = user.addKey("key", to: Int(ring))
        #expect(table.key(KeySerial(Int32(truncatingIfNeeded: key))) != nil)
        #expect(user.call(.keyctl, 9, ring, session) == 0)
        #expect(table.key(KeySerial(Int32(truncatingIfNeeded: key))) == nil)
        #expect(table.users[KUID(1000)]?.keys == before)
        _ = user.newSession()
        #expect(table.users[KUID(1000)]?.keys == before)
    }

    /// A chain of keyrings, however long, goes without a chain of calls.
    @Test func aLongChain() throws {
        let sentry = try TestSentry()
        let root = try sentry.spawn()
        _ = root.newSession()
        let first = root.addKeyring("first", to: session)
        var last = first
        // Each is possessed as the session's own, until the next but one takes its place there.
        for number in 0..<10_000 {
            let next = root.addKeyring(number % 2 == 0 ? "even" : "odd", to: session)
            #expect(root.call(.keyctl, 8, next, last) == 0)
            last = next
        }
        #expect(root.call(.keyctl, 7, session) == 0)
        #expect(sentry.kernel.keys.key(KeySerial(Int32(truncatingIfNeeded: last))) == nil)
    }

    /// Six levels with every keyring in every one above: the ways are counted in billions, the keyrings not.
    @Test func aTangledTree() throws {
        let sentry = try TestSentry()
        let root = try sentry.spawn()
        var above = [root.newSession()]
        for level in 0..<6 {
            let made = (0..<40).map { root.addKeyring("\(level).\($0)", to: Int(above[0])) }
            for keyring in above.dropFirst() {
                for link in made { #expect(root.call(.keyctl, 8, link, keyring) == 0) }
            }
            above = made
        }
        #expect(root.call(.keyctl, 10, session, "user", "none", 0) == errno(.ENOKEY))
        let key = root.addKey("key", to: Int(above[39]))
        #expect(root.call(.keyctl, 10, session, "user", "key", 0) == key)
    }

    @Test func expiryAndCollection() throws {
        let sentry = try TestSentry()
        let root = try sentry.spawn()
        _ = root.newSession()
        let key = root.addKey("key", to: session)
        let table = sentry.kernel.keys
        #expect(root.call(.keyctl, 15, key, 10) == 0)
        let now = sentry.kernel.realSeconds
        let ring = try #require(root.task.credentials.keyrings?.session)
        table.collect(now: now + 10)
        #expect(ring.links.count == 1)
        table.collect(now: now + 10 + table.limits.collectionDelay)
        #expect(ring.links.count == 0)
        // What links were charged for is not given back by this, on Linux neither.
        #expect(ring.dataLength == 4)
        #expect(table.key(KeySerial(Int32(truncatingIfNeeded: key))) == nil)
    }

    @Test func orderOfLinks() throws {
        var links = KeyringLinks()
        #expect(links.count == 0)
        let sentry = try TestSentry()
        let root = try sentry.spawn()
        _ = root.newSession()
        for number in 0..<40 { #expect(root.addKey("\(number)", to: session) > 0) }
        links = try #require(root.task.credentials.keyrings?.session).links
        #expect(links.count == 40)
        #expect(Set(links.keys.map(\.description)).count == 40)
    }
}
