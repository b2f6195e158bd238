// As: root user
// What close_range and fcntl mark is closed by exec for calls that only move bytes, too.
#include "fixture.h"
#include <sys/mman.h>

static void look(int fd) {
    char byte;
    say("%d: fcntl %s, pread %s", fd, fcntl(fd, F_GETFD) < 0 ? errno_text(errno) : "ok",
        pread(fd, &byte, 1, 0) < 0 ? errno_text(errno) : "ok");
}

int main(int count, char **arguments) {
    if (count > 1) {
        for (int fd = 10; fd < 16; fd++) look(fd);
        return 0;
    }
    int file = must(memfd_create("file", 0));
    for (int fd = 10; fd < 15; fd++) must(dup2(file, fd));
    must(syscall(SYS_close_range, 10, 12, 4 /* CLOEXEC */));
    must(fcntl(13, F_SETFD, FD_CLOEXEC));
    must(dup3(file, 15, O_CLOEXEC));
    for (int fd = 10; fd < 16; fd++) look(fd);
    must(execl("/proc/self/exe", arguments[0], "after", NULL));
}
