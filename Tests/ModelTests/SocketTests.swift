import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Sockets in the model alone: what is refused before a host is asked, and how names are kept.
@Suite struct SocketTests {
    private func path(_ name: String) -> [UInt8] { [1, 0] + Array(name.utf8) + [0] }
    private func abstract(_ name: String) -> [UInt8] { [1, 0, 0] + Array(name.utf8) }

    @Test func otherFamiliesAreAbsent() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        for family in [2, 10, 16, 17] {
            #expect(task.call(.socket, family, 2, 0) == -97)
            #expect(sentry.lastRule == .socketFamilyAbsent)
        }
        #expect(task.call(.socket, 46, 1, 0) == -97)
        #expect(sentry.lastRule == nil)
    }

    @Test func abstractNamesBelongToTheNetworkNamespace() throws {
        let sentry = try TestSentry()
        let server = try sentry.spawn()
        let fd = server.call(.socket, 1, 1, 0)
        #expect(server.call(.bind, fd, abstract("x"), 4) == 0)
        #expect(server.call(.listen, fd, 5) == 0)
        let client = try sentry.spawn(uid: 1000)
        let inside = client.call(.socket, 1, 1, 0)
        #expect(client.call(.connect, inside, abstract("x"), 4) == 0)
        #expect(client.call(.unshare, CloneFlags([.newUser, .newNet])) == 0)
        let outside = client.call(.socket, 1, 1, 0)
        #expect(client.call(.connect, outside, abstract("x"), 4) == -111)
    }

    @Test func aConnectionTellsWhoIsAtItsOtherEnd() throws {
        let sentry = try TestSentry()
        let server = try sentry.spawn(uid: 5, gid: 6)
        let fd = server.call(.socket, 1, 1, 0)
        #expect(server.call(.bind, fd, abstract("x"), 4) == 0)
        #expect(server.call(.listen, fd, 0) == 0)
        #expect(server.call(.accept, fd, 0, 0) == TestTask.waits)
        let client = try sentry.spawn(uid: 7, gid: 8)
        let end = client.call(.socket, 1, 1, 0)
        #expect(client.call(.connect, end, abstract("x"), 4) == 0)
        let accepted = try #require(server.result)
        #expect(accepted == fd + 1)
        let value = server.allocate(16), size = server.allocate(4)
        try server.task.memory.store(Int32(12), at: size)
        #expect(server.call(.getsockopt, accepted, 1, 17, value, size) == 0)
        #expect(try server.load(value, as: SIMD3<UInt32>.self) == SIMD3(UInt32(client.pid), 7, 8))
    }

    @Test func aFullListenerMakesConnectWait() throws {
        let sentry = try TestSentry()
        let server = try sentry.spawn()
        let fd = server.call(.socket, 1, 1, 0)
        #expect(server.call(.bind, fd, abstract("x"), 4) == 0)
        #expect(server.call(.listen, fd, 0) == 0)
        let first = try sentry.spawn(), second = try sentry.spawn()
        #expect(first.call(.connect, first.call(.socket, 1, 1, 0), abstract("x"), 4) == 0)
        #expect(second.call(.connect, second.call(.socket, 1, 1, 0), abstract("x"), 4) == TestTask.waits)
        #expect(server.call(.accept, fd, 0, 0) >= 0)
        #expect(second.result == 0)
    }

    @Test func aNameGoesWithItsSocket() throws {
        let sentry = try TestSentry()
        let first = try sentry.spawn(), second = try sentry.spawn()
        let fd = first.call(.socket, 1, 2, 0)
        #expect(first.call(.bind, fd, abstract("x"), 4) == 0)
        #expect(second.call(.bind, second.call(.socket, 1, 2, 0), abstract("x"), 4) == -98)
        first.exit()
        #expect(second.call(.bind, second.call(.socket, 1, 2, 0), abstract("x"), 4) == 0)
    }

    @Test func badAddressesAreRefused() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let fd = task.call(.socket, 1, 2, 0)
        for size in [-1, 1, 111, 129, 0x7fff_ffff] {
            #expect(task.call(.bind, fd, [UInt8](repeating: 1, count: 256), size) == -22)
        }
        #expect(task.call(.bind, fd, 8, 20) == -14)
        #expect(task.call(.sendmsg, fd, 8, 0) == -14)
        #expect(task.call(.recvmsg, fd, 8, 0) == -14)
    }
}
