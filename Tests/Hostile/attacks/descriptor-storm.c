// Threads that open, duplicate, close, pass and replace the same numbers, in shared and unshared tables and at the highest
// numbers: no file may turn up that nobody opened, and nothing granted may become writable.
// Seconds: 2
#include "hostile.h"

static int place(void) {
    switch (random_word() % 6) {
    case 0: return 63 + random_word() % 70;  // the loader stub's own number, and where it moves to
    case 1: return 1000 + random_word() % 30;
    default: return 4 + random_word() % 12;
    }
}
static void *churn(void *unused) {
    if (random_word() & 1) unshare(CLONE_FILES);
    int pair[2];
    while (left() > 0) {
        int a = place(), b = place();
        char path[64];
        switch (random_word() % 12) {
        case 0: close(a); break;
        case 1: dup2(a, b); break;
        case 2: open("/granted/file", O_RDONLY); break;
        case 3: memfd_create("m", 0); break;
        case 4: if (pipe(pair) == 0) dup3(pair[0], a, O_CLOEXEC); break;
        case 5: RAW(SYS_close_range, a, a + 3, random_word() & 6); break;
        case 6: fcntl(a, F_DUPFD, b); break;
        case 7: {
            snprintf(path, sizeof path, "/proc/self/fd/%d", a);
            int fd = open(path, O_RDWR);
            if (fd < 0) break;
            // Whatever this is, it may be written.
            if (descriptor_tells(fd, "granted")) succeeded("the granted file is writable");
            pwrite(fd, "written\n", 8, 4);
            close(fd);
            break;
        }
        case 8: pwrite(a, "written\n", 8, 4), ftruncate(a, 100); break;
        case 9: { int self = syscall(SYS_pidfd_open, getpid(), 0); RAW(SYS_pidfd_getfd, self, a, 0); close(self); break; }
        case 10: if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) dup2(pair[0], a), dup2(pair[1], b); break;
        case 11: { char bytes[16]; RAW(SYS_recvfrom, a, bytes, 16, MSG_DONTWAIT); break; }
        }
        round_done();
    }
    return NULL;
}
static void attack(void) {
    for (int i = 0; i < 3; i++) thread_start(churn, NULL);
    churn(NULL);
}
