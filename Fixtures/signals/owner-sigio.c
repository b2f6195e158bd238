// Rules:
// As: root
// F_SETOWN and SIGIO: the ids recorded when the owner was set decide at delivery; the kernel drops the rest silently.
#include "fixture.h"
static volatile int got;
static void handler(int number) { got++; }
static void attempt(const char *label, uid_t setter_r, uid_t setter_e, uid_t target_r, uid_t target_s, bool userns) {
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN(pid) {
        signal(SIGIO, handler);
        must(syscall(SYS_setresuid, target_r, 777, target_s));
        gate_open(ready);
        gate_wait(end);
        say("%s: %s", label, got ? "delivered" : "dropped");
    }
    gate_wait(ready);
    CHILD {
        int sockets[2];
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
        if (userns) must(unshare(CLONE_NEWUSER));
        else must(syscall(SYS_setresuid, setter_r, setter_e, -1));
        if (fcntl(sockets[0], F_SETOWN, pid) == -1) say("F_SETOWN: %s", errno_text(errno));
        say("owner is the target: %d", fcntl(sockets[0], F_GETOWN) == pid);
        must(fcntl(sockets[0], F_SETFL, O_ASYNC));
        must(write(sockets[1], "x", 1));
        usleep(20000);
    }
    gate_open(end);
    reap(pid);
}
int main(void) {
    attempt("0 to 1000", 0, 0, 1000, 1000, false);
    attempt("1000 to 1000", 1000, 1000, 1000, 1000, false);
    attempt("1000 to 1001", 1000, 1000, 1001, 1001, false);
    attempt("real 1000 effective 2000 to saved 1000", 1000, 2000, 3000, 1000, false);
    attempt("real 2000 effective 1000 to real 1000", 2000, 1000, 1000, 3000, false);
    attempt("child namespace's full capabilities, uid 0, to 1000", 0, 0, 1000, 1000, true);
    int fds[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    show("no owner", fcntl(fds[0], F_GETOWN));
    show("unknown process", fcntl(fds[0], F_SETOWN, 4000000));
    show("INT_MIN", fcntl(fds[0], F_SETOWN, INT_MIN));
    struct f_owner_ex { int type; pid_t pid; } owner = {9, 0};
    show("bad type", fcntl(fds[0], 15, &owner));
    owner = (struct f_owner_ex){1, getpid()};
    show("set by F_SETOWN_EX", fcntl(fds[0], 15, &owner));
    owner.type = 7;
    show("get by F_GETOWN_EX", fcntl(fds[0], 16, &owner));
    say("type %d self %d", owner.type, owner.pid == getpid());
    uint32_t uids[2] = {9, 9};
    show("owner uids", fcntl(fds[0], 17, uids));
    say("uids %u %u", uids[0], uids[1]);
    show("signal", fcntl(fds[0], 11, 0));
    show("set signal", fcntl(fds[0], 10, SIGUSR1));
    show("get signal", fcntl(fds[0], 11, 0));
    show("bad signal", fcntl(fds[0], 10, 99));
    return 0;
}
