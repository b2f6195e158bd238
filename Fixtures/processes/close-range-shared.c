// Rules:
// As: user
// close_range with CLOSE_RANGE_UNSHARE: the other users of a shared table keep their files.
#include "fixture.h"
#include <sys/syscall.h>
#define UNSHARE 2
#define ON_EXEC 4
static void look(const char *who, int *fds) { say("%s: %d %d %d", who, fcntl(fds[0], F_GETFD), fcntl(fds[1], F_GETFD), fcntl(fds[2], F_GETFD)); }
static pid_t sharing(void) {
    struct { uint64_t flags, pidfd, child, parent, signal, stack, size, tls; } clone3 = {.flags = CLONE_FILES, .signal = SIGCHLD};
    return must(syscall(SYS_clone3, &clone3, sizeof clone3));
}
int main(void) {
    static const int cases[] = {UNSHARE, UNSHARE | ON_EXEC, ON_EXEC, 0};
    int fds[3];
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        fds[0] = must(open("/dev/null", O_RDONLY));
        fds[1] = must(fcntl(fds[0], F_DUPFD, 63));
        fds[2] = must(fcntl(fds[0], F_DUPFD, 200));
        say("-- flags %d", cases[i]);
        pid_t pid = sharing();
        if (pid == 0) {
            show("wrong way round", syscall(SYS_close_range, 9, 3, cases[i]));
            show("unknown flag", syscall(SYS_close_range, fds[0], ~0U, cases[i] | 8));
            show("nothing in range", syscall(SYS_close_range, 500, ~0U, cases[i]));
            look("child before", fds);
            show("range", syscall(SYS_close_range, fds[0] + 1, ~0U, cases[i]));
            look("child", fds);
            show("duplicate", dup2(fds[0], 42));
            show("close", close(fds[0]));
            show("close again", close(fds[0]));
            show("close the duplicate", close(42));
            show("lowest", open("/dev/null", O_RDONLY) == fds[0]);
            execl("/bin/true", "true", NULL);
            _exit(9);
        }
        reap(pid);
        look("parent", fds);
        ok("read", read(fds[1], &(char){0}, 1));
        for (int j = 0; j < 3; j++) close(fds[j]);
    }
    // In a table of one's own the flag changes nothing.
    fds[0] = must(open("/dev/null", O_RDONLY));
    fds[1] = must(fcntl(fds[0], F_DUPFD, 63));
    fds[2] = must(fcntl(fds[0], F_DUPFD, 200));
    show("alone", syscall(SYS_close_range, fds[1], fds[1], UNSHARE));
    look("alone", fds);
    CHILD execl("/bin/true", "true", NULL);
    // The registers of the call stay as they were.
    register long a asm("rdi") = fds[2], b asm("rsi") = fds[2], c asm("rdx") = UNSHARE;
    long result = SYS_close_range;
    asm volatile("syscall" : "+a"(result), "+r"(a), "+r"(b), "+r"(c) : : "rcx", "r11", "memory");
    say("%ld, registers %d", result, a == fds[2] && b == fds[2] && c == UNSHARE);
    return 0;
}
