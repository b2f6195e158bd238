// Landlock (landlock(7)): rules that a thread lays on itself, that its children inherit and that nobody can take off.
#ifndef CHOST_LANDLOCK_H
#define CHOST_LANDLOCK_H

#include <stdint.h>

// Rights below a directory, or to a single file, numbered as the kernel does.
enum {
    CHOST_LANDLOCK_WRITE_FILE = 1 << 1,
    CHOST_LANDLOCK_READ_FILE = 1 << 2,
    CHOST_LANDLOCK_READ_DIRECTORY = 1 << 3,
    CHOST_LANDLOCK_REMOVE_DIRECTORY = 1 << 4,
    CHOST_LANDLOCK_REMOVE_FILE = 1 << 5,
    CHOST_LANDLOCK_MAKE_REGULAR = 1 << 8,
    CHOST_LANDLOCK_MAKE_SOCKET = 1 << 9,
    CHOST_LANDLOCK_MAKE_FIFO = 1 << 10,
    CHOST_LANDLOCK_TRUNCATE = 1 << 14,
    CHOST_LANDLOCK_DEVICE_CONTROL = 1 << 15,
};

// The version of the host's Landlock; 0 where there is none, or where something around the sentry forbids it.
int chost_landlock_version(void);
// A new ruleset's descriptor: nothing that this version knows is allowed, neither files nor TCP, nor signals and abstract
// sockets across the domain's border.
int chost_landlock_create(void);
// Allows `rights`, as far as this version knows them and the file's type has them, to what `file` is and below it.
int chost_landlock_allow(int ruleset, int file, uint64_t rights);
// Lays the ruleset on the calling thread, which also gives up gaining privileges by execve(2); closes the ruleset.
int chost_landlock_enforce(int ruleset);

#endif
