// Rules:
// As: user
// Reads and writes at a position, and advice, of files that were not opened for it, or that have no positions: which
// errno comes first.
#include "fixture.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

static char bytes[4] = "abc";
static struct iovec vector = {bytes, 1};

static void one(const char *label, long result) { printf(" %s %d", label, result < 0 ? errno : 0); }

static void kind(const char *name, int fd, int writes) {
    printf("%s:", name);
    if (writes) {
        one("pwrite", syscall(SYS_pwrite64, fd, bytes, 1, 0L));
        one("pwritev", syscall(SYS_pwritev, fd, &vector, 1, 0L, 0L));
        one("pwritev2", syscall(SYS_pwritev2, fd, &vector, 1, 0L, 0L, 0));
    }
    one("pwrite -1", syscall(SYS_pwrite64, fd, bytes, 1, -1L));
    one("pwritev -1", syscall(SYS_pwritev, fd, &vector, 1, -1L, 0L));
    one("pwritev2 -2", syscall(SYS_pwritev2, fd, &vector, 1, -2L, 0L, 0));
    one("pread -1", syscall(SYS_pread64, fd, bytes, 1, -1L));
    one("readahead", syscall(SYS_readahead, fd, 0L, 1L));
    one("advice", syscall(SYS_fadvise64, fd, 0L, 0L, 3));
    one("unknown advice", syscall(SYS_fadvise64, fd, 0L, 0L, 77));
    one("sync range", syscall(SYS_sync_file_range, fd, 0L, 0L, 0));
    one("range flags", syscall(SYS_sync_file_range, fd, 0L, 0L, 64));
    printf("\n");
    if (fd >= 0) close(fd);
}

int main(void) {
    int ends[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    kind("none", -1, 1);
    kind("new file", open("file", O_RDWR | O_CREAT, 0600), 1);
    kind("for reading", open("file", O_RDONLY), 1);
    kind("for writing", open("file", O_WRONLY), 1);
    kind("path", open("file", O_PATH), 1);
    kind("directory", open(".", O_RDONLY), 1);
    must(pipe(ends));
    kind("pipe's reader", ends[0], 1), kind("pipe's writer", ends[1], 1);
    must(mkfifo("fifo", 0600));
    int both = must(open("fifo", O_RDWR));
    kind("fifo's reader", open("fifo", O_RDONLY), 1), kind("fifo's writer", open("fifo", O_WRONLY), 1);
    kind("fifo", both, 1);
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    kind("socket", ends[0], 1);
    kind("eventfd", eventfd(0, 0), 1);
    kind("timerfd", timerfd_create(CLOCK_MONOTONIC, 0), 1);
    kind("epoll", epoll_create1(0), 1);
    kind("inotify", inotify_init(), 1);
    kind("memory file", memfd_create("m", 0), 1);
    kind("/dev/null", open("/dev/null", O_RDONLY), 1);
    kind("/dev/zero", open("/dev/zero", O_RDWR), 1);
    kind("/proc for reading", open("/proc/self/status", O_RDONLY), 0);
    kind("/proc for writing", open("/proc/self/comm", O_WRONLY), 0);
    kind("/proc directory", open("/proc/self", O_RDONLY), 1);
    return 0;
}
