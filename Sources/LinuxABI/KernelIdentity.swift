/// What uname(2) and /proc/version say of the kernel.
package enum KernelIdentity {
    package static let system = "Linux"
    package static let release = "6.18.0-nsentry"
    /// The second number of the release.
    package static let patchLevel = 18
    package static let version = "#1 SMP PREEMPT_DYNAMIC nsentry"
    package static let machine = "x86_64"
}
