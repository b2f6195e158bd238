#define _GNU_SOURCE
#include "chost_landlock.h"
#include <errno.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Headers may be older than the kernel. All of this runs also between fork and exec.
struct ruleset {
    uint64_t files, network, scopes;
};

enum {
    ALL_OF_VERSION_1 = (1 << 13) - 1,
    REFER = 1 << 13,
    EXECUTE = 1 << 0,
    NETWORK_BIND_TCP = 1 << 0,
    NETWORK_CONNECT_TCP = 1 << 1,
    SCOPE_ABSTRACT_SOCKET = 1 << 0,
    SCOPE_SIGNAL = 1 << 1,
    LOG_SAME_EXEC_OFF = 1 << 0,
};

int chost_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? 0 : (int)version;
}

static uint64_t file_rights(int version) {
    uint64_t rights = ALL_OF_VERSION_1;
    if (version >= 2) rights |= REFER;
    if (version >= 3) rights |= CHOST_LANDLOCK_TRUNCATE;
    if (version >= 5) rights |= CHOST_LANDLOCK_DEVICE_CONTROL;
    return rights;
}

int chost_landlock_create(void) {
    int version = chost_landlock_version();
    if (version < 1) return -ENOSYS;
    struct ruleset attributes = {.files = file_rights(version)};
    size_t size = sizeof attributes.files;
    if (version >= 4) {
        attributes.network = NETWORK_BIND_TCP | NETWORK_CONNECT_TCP;
        size += sizeof attributes.network;
    }
    if (version >= 6) {
        attributes.scopes = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
        size += sizeof attributes.scopes;
    }
    long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    return ruleset < 0 ? -errno : (int)ruleset;
}

int chost_landlock_allow(int ruleset, int file, uint64_t rights) {
    struct stat status;
    if (fstat(file, &status) < 0) return -errno;
    rights &= file_rights(chost_landlock_version());
    if (!S_ISDIR(status.st_mode))
        rights &= EXECUTE | CHOST_LANDLOCK_WRITE_FILE | CHOST_LANDLOCK_READ_FILE | CHOST_LANDLOCK_TRUNCATE |
                  CHOST_LANDLOCK_DEVICE_CONTROL;
    if (!rights) return 0;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = file};
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0) return 0;
    // EBADFD: a pipe, a socket or a memory file, which no rule concerns.
    return errno == EBADFD ? 0 : -errno;
}

int chost_landlock_enforce(int ruleset) {
    // What is refused is no matter of the host's audit log, which a guest could fill.
    unsigned flags = chost_landlock_version() >= 7 ? LOG_SAME_EXEC_OFF : 0;
    int error = 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_landlock_restrict_self, ruleset, flags) < 0)
        error = -errno;
    close(ruleset);
    return error;
}
