// Rules:
// As: user
// FIOASYNC and F_SETFL's O_ASYNC: which kinds of files know it, that the two are one flag, and the signal that follows.
#include "fixture.h"
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

static volatile sig_atomic_t came;
static void note(int signal) { (void)signal, came++; }
static int is_on(int fd) { return (fcntl(fd, F_GETFL) & O_ASYNC) != 0; }

static void kind(const char *name, int fd) {
    int on = 1, off = 0, first, second;
    if (fd < 0) {
        printf("%s: cannot be opened\n", name);
        return;
    }
    first = ioctl(fd, FIOASYNC, &off) ? errno : 0;
    second = ioctl(fd, FIOASYNC, &on) ? errno : 0;
    printf("%s: off %d, on %d, is %d", name, first, second, is_on(fd));
    first = ioctl(fd, FIOASYNC, &on) ? errno : 0;
    second = ioctl(fd, FIOASYNC, &off) ? errno : 0;
    printf("; on again %d, off %d, is %d", first, second, is_on(fd));
    first = fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) ? errno : 0;
    printf("; F_SETFL %d, is %d", first, is_on(fd));
    second = ioctl(fd, FIOASYNC, &off) ? errno : 0;
    printf(", off %d, is %d\n", second, is_on(fd));
    close(fd);
}

/// As servers do it for the socket on which their processes talk: the flag, then the owner.
static void signalled(const char *name, int reader, int writer) {
    int on = 1, off = 0;
    came = 0;
    must(ioctl(reader, FIOASYNC, &on));
    must(write(writer, "a", 1));
    usleep(20000);
    printf("%s: without an owner %d", name, came);
    must(fcntl(reader, F_SETOWN, getpid()));
    must(write(writer, "b", 1));
    for (int i = 0; i < 200 && !came; i++) usleep(5000);
    printf(", with one %d", came > 0);
    must(ioctl(reader, FIOASYNC, &off));
    came = 0;
    must(write(writer, "c", 1));
    usleep(20000);
    printf(", off again %d\n", came);
}

int main(void) {
    int ends[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    must(signal(SIGIO, note) == SIG_ERR ? -1 : 0);
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    kind("socket", ends[0]), close(ends[1]);
    must(pipe(ends));
    kind("pipe", ends[0]), kind("pipe's end", ends[1]);
    must(mkfifo("fifo", 0600));
    kind("fifo", open("fifo", O_RDWR));
    kind("file", open("file", O_RDWR | O_CREAT, 0600));
    kind("directory", open(".", O_RDONLY));
    kind("/dev/null", open("/dev/null", O_RDWR));
    kind("/dev/urandom", open("/dev/urandom", O_RDONLY));
    kind("/proc", open("/proc/self/status", O_RDONLY));
    kind("memory file", memfd_create("m", 0));
    kind("eventfd", eventfd(0, 0));
    kind("timerfd", timerfd_create(CLOCK_MONOTONIC, 0));
    kind("epoll", epoll_create1(0));
    kind("inotify", inotify_init());
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    signalled("socket", ends[0], ends[1]);
    must(pipe(ends));
    signalled("pipe", ends[0], ends[1]);
    printf("bad address %d\n", ioctl(ends[0], FIOASYNC, (void *)8) ? errno : 0);
    return 0;
}
