import LinuxABI

// capset(2) and the prctl(2) options that concern credentials (security/commoncap.c).
extension Credentials {
    /// cap_capset(). Bits beyond the last capability are ignored.
    package func settingCapabilities(
        effective newEffective: CapabilitySet, permitted newPermitted: CapabilitySet,
        inheritable newInheritable: CapabilitySet
    ) throws(Refusal) -> Credentials {
        let e = newEffective.intersection(.full)
        let p = newPermitted.intersection(.full)
        let i = newInheritable.intersection(.full)
        if !has(.setpcap, over: userNamespace), !i.isSubset(of: inheritable.union(permitted)) {
            throw Refusal(.capsetInheritableNotPermitted)
        }
        guard i.isSubset(of: inheritable.union(bounding)) else { throw Refusal(.capsetInheritableBounded) }
        guard p.isSubset(of: permitted) else { throw Refusal(.capsetPermittedGrows) }
        guard e.isSubset(of: p) else { throw Refusal(.capsetEffectiveNotPermitted) }
        return changed {
            $0.effective = e
            $0.permitted = p
            $0.inheritable = i
            $0.ambient.formIntersection(p.intersection(i))
        }
    }

    /// PR_CAPBSET_DROP. `number` is checked after the permission, so that an unprivileged caller learns EPERM first.
    package func droppingBounding(_ number: UInt64) throws(Refusal) -> Credentials {
        guard has(.setpcap, over: userNamespace) else { throw Refusal(.boundingDropNeedsSetpcap) }
        guard let capability = Capability(checked: number) else { throw Refusal(.EINVAL) }
        return changed { $0.bounding.subtract(CapabilitySet(capability)) }
    }

    /// PR_SET_SECUREBITS.
    package func settingSecurebits(_ value: UInt64) throws(Refusal) -> Credentials {
        let old = UInt64(securebits.rawValue)
        let changes = old ^ value
        let locks = old & Securebits.locks
        // Locked bits stay, locks stay locked, and nothing else exists.
        guard (locks >> 1) & changes == 0, locks & ~value == 0, value & ~Securebits.known == 0 else {
            throw Refusal(.securebitsLocked)
        }
        if !has(.setpcap, over: userNamespace) {
            // Some bits only bind user space, so anybody may set them; no change at all is refused as it always was.
            guard changes != 0, changes & ~Securebits.unprivileged == 0 else {
                throw Refusal(.securebitsNeedSetpcap)
            }
        }
        return changed { $0.securebits = Securebits(rawValue: UInt32(truncatingIfNeeded: value)) }
    }

    /// PR_SET_KEEPCAPS with a value of 0 or 1.
    package func settingKeepCapabilities(_ keeps: Bool) throws(Refusal) -> Credentials {
        guard !securebits.contains(.keepCapabilitiesLocked) else { throw Refusal(.keepCapabilitiesLocked) }
        return changed {
            if keeps {
                $0.securebits.insert(.keepCapabilities)
            } else {
                $0.securebits.remove(.keepCapabilities)
            }
        }
    }

    /// PR_SET_NO_NEW_PRIVS.
    package func settingNoNewPrivileges() -> Credentials {
        noNewPrivileges ? self : changed { $0.noNewPrivileges = true }
    }

    /// PR_CAP_AMBIENT_RAISE.
    package func raisingAmbient(_ capability: Capability) throws(Refusal) -> Credentials {
        guard permitted.has(capability), inheritable.has(capability), !securebits.contains(.noAmbientRaise) else {
            throw Refusal(.ambientRaise)
        }
        return changed { $0.ambient.insert(CapabilitySet(capability)) }
    }

    /// PR_CAP_AMBIENT_LOWER.
    package func loweringAmbient(_ capability: Capability) -> Credentials {
        changed { $0.ambient.subtract(CapabilitySet(capability)) }
    }

    /// PR_CAP_AMBIENT_CLEAR_ALL.
    package func clearingAmbient() -> Credentials { changed { $0.ambient = [] } }
}

extension Securebits {
    /// The lock of each bit is the next higher one.
    fileprivate static let locks: UInt64 = 0xaaa
    fileprivate static let known: UInt64 = 0xfff
    /// The EXEC_* bits and their locks.
    fileprivate static let unprivileged: UInt64 = 0xf00
}

extension Capability {
    /// Nil unless `number` is a capability.
    package init?(checked number: UInt64) {
        guard number <= UInt64(Capability.last) else { return nil }
        self.init(rawValue: UInt8(truncatingIfNeeded: number))
    }
}
