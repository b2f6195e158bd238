import Kernel
import LinuxABI
import Syscalls
import Testing

@Suite struct TableTests {
    @Test func hasOneEntryForEachNumber() {
        #expect(SyscallTable.entries.map(\.number) == SyscallNumber.allCases.sorted { $0.rawValue < $1.rawValue })
    }

    @Test func unknownNumbersAreRefused() {
        for number in [335, 423, 471, 511, 512, 0x4000_0000, UInt32.max] {
            #expect(SyscallTable.disposition(number) == .refused(.ENOSYS))
        }
    }

    @Test func testsNameExistingArguments() {
        for entry in SyscallTable.entries {
            let test: ArgumentTest
            switch entry.disposition {
            case .nativeUnless(let condition, _), .tracedWhen(let condition): test = condition
            default: continue
            }
            #expect(!test.alternatives.isEmpty, "\(entry.name)")
            for condition in test.alternatives.joined() {
                #expect(condition.index < entry.arguments.count, "\(entry.name)")
                #expect(condition.value & condition.mask == condition.value, "\(entry.name)")
            }
        }
    }

    @Test func argumentShapesReferToExistingArguments() {
        for entry in SyscallTable.entries {
            #expect(entry.arguments.count <= 6)
            for shape in entry.arguments {
                switch shape {
                case .input(let index), .vectors(let index), .groups(let index):
                    #expect(index < entry.arguments.count, "\(entry.name)")
                default: break
                }
            }
        }
    }

    private func isNotified(_ number: SyscallNumber, _ arguments: Arguments) -> Bool {
        guard case .nativeUnless(let test, .notify) = SyscallTable.disposition(UInt32(number.rawValue)) else {
            return false
        }
        return test.holds(arguments)
    }

    @Test func argumentTestsDecideWhoHears() {
        #expect(isNotified(.write, Arguments(1, 0x1000, 16383)))
        #expect(!isNotified(.write, Arguments(1, 0x1000, 16384)))
        #expect(isNotified(.mmap, Arguments(0, 4096, 5, 2, 3, 0)))
        #expect(!isNotified(.mmap, Arguments(0, 4096, 5, 0x22, UInt64.max, 0)))
        #expect(!isNotified(.mmap, Arguments(0, 4096, 3, 2, 3, 0)))
        #expect(isNotified(.lseek, Arguments(3, 0, 0)))
        #expect(!isNotified(.lseek, Arguments(3, 0, 1)))
        #expect(isNotified(.rt_sigaction, Arguments(0xdead_beef_0000_0011)))
        #expect(!isNotified(.rt_sigaction, Arguments(15)))
        #expect(isNotified(.sendto, Arguments(3, 0, 1, 0, 0x1_0000_0000, 16)))
    }

    @Test func priorityInheritanceIsRefused() {
        guard case .nativeUnless(let test, .refuse(.ENOSYS)) = SyscallTable.disposition(202) else {
            Issue.record("futex has no test")
            return
        }
        for operation: UInt64 in 0...13 {
            let isPI = [6, 7, 8, 11, 12, 13].contains(operation)
            #expect(test.holds(Arguments(0, operation)) == isPI)
            #expect(test.holds(Arguments(0, operation | 0x80)) == isPI)
            #expect(test.holds(Arguments(0, operation | 0x100)) == isPI)
        }
    }

    /// A handler for a call that never reaches the sentry would be dead.
    @Test func noHandlerIsOutOfReach() {
        for entry in SyscallTable.entries where Dispatcher.linux.answers(entry.number) {
            switch entry.disposition {
            case .native, .refused: Issue.record("\(entry.name) has a handler but is \(entry.disposition)")
            default: break
            }
        }
    }
}
