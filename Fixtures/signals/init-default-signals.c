// Rules:
// As: root user
// What the init of a PID namespace blocked, or gets from its own timers and pipes, ends it no more than what others send.
#include "fixture.h"
static volatile int caught;
static void handler(int number) { caught = number; }
static void block(int how, int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    must(sigprocmask(how, &set, NULL));
}
static void as_init(void) {
    yes("is init", getpid() == 1);
    block(SIG_BLOCK, SIGUSR1);
    CHILD { must(kill(1, SIGUSR1)); }
    sigset_t pending;
    must(sigpending(&pending));
    yes("pending", sigismember(&pending, SIGUSR1));
    block(SIG_UNBLOCK, SIGUSR1);
    say("lives after an unblocked signal");
    block(SIG_BLOCK, SIGUSR1);
    CHILD { must(kill(1, SIGUSR1)); }
    signal(SIGUSR1, handler);
    block(SIG_UNBLOCK, SIGUSR1);
    yes("handled", caught == SIGUSR1);
    block(SIG_BLOCK, SIGTSTP);
    must(raise(SIGTSTP));
    block(SIG_UNBLOCK, SIGTSTP);
    say("lives after an unblocked stop");
    // F_SETSIG may name any signal, and what a file sends is not forced.
    int sockets[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    must(fcntl(sockets[0], F_SETOWN, 1));
    must(fcntl(sockets[0], F_SETSIG, SIGKILL));
    must(fcntl(sockets[0], F_SETFL, O_ASYNC));
    must(write(sockets[1], "x", 1));
    usleep(20000);
    say("lives after a file's SIGKILL");
    int ends[2];
    must(pipe(ends));
    close(ends[0]);
    show("write to nobody", write(ends[1], "x", 1));
    struct itimerval soon = {.it_value = {0, 1000}};
    must(setitimer(ITIMER_REAL, &soon, NULL));
    show("pause", ppoll(NULL, 0, &(struct timespec){0, 50000000}, NULL));
    struct rlimit none = {0, 0};
    must(setrlimit(RLIMIT_CORE, &none));
    CHILD { raise(SIGTERM); }
    pid_t pid;
    SPAWN(pid) { __builtin_trap(); }
    report_status("a child's fault", wait_status(pid));
    say("faults");
    __builtin_trap();
}
int main(void) {
    if (geteuid() != 0) must(unshare(CLONE_NEWUSER));
    must(unshare(CLONE_NEWPID));
    pid_t pid;
    SPAWN(pid) { as_init(); }
    report_status("init", wait_status(pid));
}
