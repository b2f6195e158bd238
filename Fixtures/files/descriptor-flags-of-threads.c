// Rules:
// As: user
// Descriptors' and files' flags where several threads share the table: what exec closes, what still waits.
#include "fixture.h"

static void *wait_for_ever(void *unused) { pause(); return NULL; }
static const char *state(int fd) {
    char byte;
    return read(fd, &byte, 1) == -1 ? errno_text(errno) : "open";
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "after")) {
        // By calls that read, which ask nobody but the host's table.
        for (int fd = 20; fd < 34; fd++) say("%d: %s, %s", fd, state(fd), fcntl(fd, F_GETFD) == -1 ? "closed" : "listed");
        return 0;
    }
    pthread_t thread;
    must(pthread_create(&thread, NULL, wait_for_ever, NULL));
    int zero = must(open("/dev/zero", O_RDONLY));
    for (int fd = 20; fd < 34; fd++) must(dup2(zero, fd));
    show("set", fcntl(20, F_SETFD, FD_CLOEXEC));
    show("get", fcntl(20, F_GETFD));
    show("set and unset", fcntl(21, F_SETFD, FD_CLOEXEC));
    show("unset", fcntl(21, F_SETFD, 0));
    show("by ioctl", ioctl(22, FIOCLEX));
    show("by ioctl and back", ioctl(23, FIOCLEX));
    show("back", ioctl(23, FIONCLEX));
    show("a range", close_range(24, 26, CLOSE_RANGE_CLOEXEC));
    show("one of it back", fcntl(25, F_SETFD, 0));
    show("dup3", dup3(zero, 27, O_CLOEXEC));
    show("dup2 over it", dup2(zero, 27));
    show("dup2 to itself", dup2(28, 28));
    show("dup2 of nothing", dup2(99, 28));
    show("dup2 to nowhere", dup2(zero, -1));
    show("dup3 to itself", dup3(28, 28, O_CLOEXEC));
    show("over the loader's", dup2(zero, 63));
    show("close it", close(63));
    int ends[2];
    must(pipe(ends));
    must(dup2(ends[0], 29));
    show("not waiting", fcntl(29, F_SETFL, O_NONBLOCK));
    say("%s", state(ends[0]));
    int off = 0, on = 1;
    show("waiting", ioctl(ends[0], FIONBIO, &off));
    say("%#x", fcntl(29, F_GETFL));
    show("not waiting again", ioctl(29, FIONBIO, &on));
    say("%s, %#x", state(ends[0]), fcntl(ends[0], F_GETFL));
    show("bad flag", ioctl(29, FIONBIO, 8));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
    int file = must(open("locked", O_RDWR | O_CREAT, 0600));
    must(dup2(file, 30));
    show("size of the pipe", fcntl(29, F_SETPIPE_SZ, 4096));
    show("size of a file", fcntl(30, F_GETPIPE_SZ));
    show("seals of a file", fcntl(30, F_GET_SEALS));
    show("seals of /proc", fcntl(must(open("/proc/self/stat", O_RDONLY)), F_GET_SEALS));
    execl("/proc/self/exe", "again", "after", NULL);
    return 1;
}
