import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

struct TaskNumbers {
    @Test func firstIsOneAndNumbersCountUp() throws {
        let sentry = try TestSentry()
        #expect(sentry.initTask.pid == 1)
        let child = try sentry.spawn()
        #expect(child.pid == 2)
    }
}
