// Helpers for the fixtures of file locks.
#pragma once
#include "fixture.h"
#include <sys/file.h>

/// A struct flock: type, whence, start, length.
static inline struct flock range_of(int type, int whence, long start, long length) {
    return (struct flock){.l_type = type, .l_whence = whence, .l_start = start, .l_len = length};
}
/// fcntl with a lock from the file's start.
static inline int lock(int fd, int command, int type, long start, long length) {
    struct flock l = range_of(type, SEEK_SET, start, length);
    return fcntl(fd, command, &l);
}
static inline const char *type_text(int type) {
    return type == F_RDLCK ? "read" : type == F_WRLCK ? "write" : type == F_UNLCK ? "none" : "?";
}
/// What F_GETLK or F_OFD_GETLK tells of a lock in the way.
static inline void test(const char *label, int fd, int command, int type, long start, long length) {
    struct flock l = range_of(type, SEEK_SET, start, length);
    if (fcntl(fd, command, &l) == -1) say("%s: -1 %s", label, errno_text(errno));
    else if (l.l_type == F_UNLCK) say("%s: free", label);
    else
        say("%s: %s %ld+%ld whence %d by %s", label, type_text(l.l_type), (long)l.l_start, (long)l.l_len, l.l_whence,
            l.l_pid == -1 ? "a description" : l.l_pid == 0 ? "nobody" : l.l_pid == getpid() ? "me"
            : l.l_pid == getppid() ? "the parent" : "somebody");
}
/// Prints, as seen by a process of its own, which parts of the first `size` bytes are locked: r, w, or - for each, and
/// what the rest is.
static inline void map(const char *label, int fd, int size) {
    CHILD {
        char text[256];
        for (int i = 0; i <= size; i++) {
            struct flock l = range_of(F_WRLCK, SEEK_SET, i, i < size ? 1 : 0);
            must(fcntl(fd, F_GETLK, &l));
            text[i] = l.l_type == F_UNLCK ? '-' : l.l_type == F_RDLCK ? 'r' : 'w';
        }
        say("%s: %.*s, then %c", label, size, text, text[size]);
    }
}
/// Waits until `pid` waits for a lock.
static inline void wait_blocked(pid_t pid) {
    char number[32];
    snprintf(number, sizeof number, " %d ", pid);
    for (int i = 0; i < 5000; i++) {
        FILE *file = fopen("/proc/locks", "re");
        char line[512];
        bool found = false;
        while (file && fgets(line, sizeof line, file))
            if (strstr(line, "-> ") && strstr(line, number)) found = true;
        if (file) fclose(file);
        if (found) return;
        usleep(1000);
    }
    say("nobody waits");
    _exit(96);
}
/// Memory that children share.
static inline int *shared_memory(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}
