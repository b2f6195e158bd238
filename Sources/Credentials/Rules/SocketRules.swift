import LinuxABI

/// Sockets: families, names and the credentials that messages carry.
extension Rule {
    package static let socketFamilyAbsent = Rule(
        "socket-family-absent", .EAFNOSUPPORT, "the sandbox has no network: only AF_UNIX sockets can be made",
        source: "socket(2), __sock_create")
    package static let socketPeerConnectedElsewhere = Rule(
        "socket-peer-connected-elsewhere", .EPERM,
        "the receiver is connected to another socket and takes messages from it alone",
        source: "unix_may_send")
    package static let socketCredentialsUnmapped = Rule(
        "socket-credentials-unmapped", .EINVAL,
        "the claimed user or group ID has no mapping in the sender's user namespace",
        source: "unix(7), SCM_CREDENTIALS; scm_check_creds")
    package static let socketCredentialsForeignPID = Rule(
        "socket-credentials-foreign-pid", .EPERM,
        "the claimed process is not the sender's, which has no CAP_SYS_ADMIN over the owner of its PID namespace",
        source: "unix(7), SCM_CREDENTIALS; scm_check_creds")
    package static let socketCredentialsForeignUID = Rule(
        "socket-credentials-foreign-uid", .EPERM,
        "the claimed user ID is not the sender's real, effective or saved one, and it has no CAP_SETUID",
        source: "unix(7), SCM_CREDENTIALS; scm_check_creds")
    package static let socketCredentialsForeignGID = Rule(
        "socket-credentials-foreign-gid", .EPERM,
        "the claimed group ID is not the sender's real, effective or saved one, and it has no CAP_SETGID",
        source: "unix(7), SCM_CREDENTIALS; scm_check_creds")

    package static let socketTooManyFilesInFlight = Rule(
        "socket-too-many-files-in-flight", .ETOOMANYREFS,
        "more of the user's files than RLIMIT_NOFILE are on their way between sockets",
        source: "unix(7), ERRORS; too_many_unix_fds")
    package static let socketNamespaceNeedsNetAdmin = Rule(
        "socket-namespace-needs-net-admin", .EPERM,
        "a socket's network namespace is told only to CAP_NET_ADMIN over its owner",
        source: "SIOCGSKNS of sock_ioctl()")
    package static let socketOptionAbsent = Rule(
        "socket-option-absent", .ENOPROTOOPT, "the sandbox does not offer this socket option",
        source: "getsockopt(2), ERRORS")
    package static let socketOptionNeedsAdmin = Rule(
        "socket-option-needs-admin", .EPERM,
        "the option takes CAP_NET_ADMIN, or SO_MARK CAP_NET_RAW, over the owner of the socket's network namespace",
        source: "socket(7), sk_setsockopt")

    static let socketRules: [Rule] = [
        socketTooManyFilesInFlight, socketNamespaceNeedsNetAdmin, socketOptionAbsent, socketOptionNeedsAdmin,
        socketFamilyAbsent, socketPeerConnectedElsewhere, socketCredentialsUnmapped, socketCredentialsForeignPID,
        socketCredentialsForeignUID, socketCredentialsForeignGID,
    ]
}
