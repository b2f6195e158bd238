import CHostLinux
import Kernel

/// Which of the host's CPUs tasks may run on, by number, and what texts of the host's may tell of them.
struct ShownCPUs: Sendable {
    /// In ascending order.
    private(set) var numbers: [Int32]
    /// Whether there are fewer than the sentry itself may use, so that the guest is to see no others.
    private(set) var isLimited = false

    /// All that the sentry may use.
    init() {
        numbers = [Int32](repeating: 0, count: 1024)
        unsafe numbers.removeLast(numbers.count - Int(max(0, chost_allowed_cpus(&numbers, 1024))))
    }

    /// For tests.
    init(numbers: [Int32], isLimited: Bool) {
        self.numbers = numbers
        self.isLimited = isLimited
    }

    /// Only the first `count` of them: those have the lowest numbers, as what a program learns by getcpu(2) is an index.
    mutating func limit(to count: Int) {
        numbers = Array(numbers.prefix(count))
        isLimited = true
    }

    /// sched_getaffinity(2)'s mask, in whole words of 64 CPUs.
    var mask: [UInt8] {
        let highest = Int(numbers.last ?? 0)
        var mask = [UInt8](repeating: 0, count: (highest / 64 + 1) * 8)
        for number in numbers { mask[Int(number) / 8] |= UInt8(1) << UInt8(number % 8) }
        return mask
    }

    /// A text of the host's with no other CPUs in it.
    func filtered(_ kind: HostText, _ text: [UInt8]) -> [UInt8] {
        guard isLimited else { return text }
        switch kind {
        case .cpusOnline, .cpusPossible, .cpusPresent: return list
        case .cpuinfo: return filteredInformation(text)
        case .stat:
            let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
            return Array(lines.filter { isShown(line: $0) }.joined(separator: [0x0a]))
        default: return text
        }
    }

    /// Numbers and ranges, as in /sys/devices/system/cpu/online.
    private var list: [UInt8] {
        var ranges: [ClosedRange<Int32>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return Array((texts.joined(separator: ",") + "\n").utf8)
    }

    /// proc_stat(5): `cpuN …`; the line of all CPUs has no number.
    private func isShown(line: ArraySlice<UInt8>) -> Bool {
        let name = Array("cpu".utf8)
        guard line.starts(with: name), let first = line.dropFirst(name.count).first, (48...57).contains(first) else {
            return true
        }
        return isShown(number: line.dropFirst(name.count).prefix { $0 != 0x20 })
    }

    private func isShown(number text: ArraySlice<UInt8>) -> Bool {
        numbers.contains { UInt64($0) == HostProc.decimal(text) }
    }

    /// proc_cpuinfo(5): one paragraph for each CPU, which begins with its number.
    private func filteredInformation(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var shows = true
        let name = Array("processor".utf8)
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast() {
            if line.starts(with: name), let colon = line.firstIndex(of: 0x3a) {
                shows = isShown(number: line[colon...])
            }
            if shows { result += line + [0x0a] }
        }
        return result
    }
}
