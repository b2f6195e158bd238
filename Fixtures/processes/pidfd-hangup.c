// Rules:
// As: user
// The pidfd of a process that has ended and was not waited for is readable; it hangs up when it was.
#include "fixture.h"
int main(void) {
    pid_t pid;
    SPAWN(pid) _exit(0);
    int pidfd = must(syscall(SYS_pidfd_open, pid, 0));
    must(waitid(P_PID, pid, &(siginfo_t){0}, WEXITED | WNOWAIT));
    usleep(200000);
    struct pollfd poll_fd = {pidfd, POLLIN};
    show("polls", poll(&poll_fd, 1, 5000));
    show("events", poll_fd.revents);
    reap(pid);
    show("polls", poll(&poll_fd, 1, 5000));
    show("events", poll_fd.revents);
}
