// Rules: signal-queue-limit
// As: root user
// RLIMIT_SIGPENDING: queued signals and timers of the receiver's user; kill(2) and the kernel's signals come all the same.
#include "fixture.h"
static long queue(pid_t pid, int signal) { return sigqueue(pid, signal, (union sigval){0}); }
static void limit(pid_t pid, rlim_t value) {
    must(prlimit(pid, RLIMIT_SIGPENDING, &(struct rlimit){value, value}, NULL));
}
static sigset_t all;
static int drain(void) {
    int count = 0;
    siginfo_t info;
    while (sigtimedwait(&all, &info, &(struct timespec){0, 0}) > 0) count++;
    return count;
}
int main(void) {
    sigfillset(&all);
    // A user of its own, who has nothing else waiting.
    if (geteuid() == 0) become(23456, 23456);
    sigprocmask(SIG_BLOCK, &all, NULL);
    pid_t self = getpid();
    limit(0, 3);
    for (int i = 0; i < 5; i++) show("queue", queue(self, SIGRTMIN + i % 2));
    show("to a thread", syscall(SYS_tgkill, self, self, SIGRTMIN + 3));
    show("kill", kill(self, SIGRTMIN + 3));
    show("kill again", kill(self, SIGRTMIN + 3));
    show("an old signal", kill(self, SIGUSR1));
    show("an old signal again", kill(self, SIGUSR1));
    show("an old signal, queued", queue(self, SIGUSR2));
    say("taken %d", drain());
    for (int i = 0; i < 3; i++) show("queue again", queue(self, SIGRTMIN));
    show("too many", queue(self, SIGRTMIN));
    signal(SIGRTMIN, SIG_IGN);
    signal(SIGRTMIN, SIG_DFL);
    show("dropped by ignoring", queue(self, SIGRTMIN + 1));
    say("taken %d", drain());
    timer_t timers[3], more;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    for (int i = 0; i < 3; i++) ok("timer", timer_create(CLOCK_MONOTONIC, &event, &timers[i]));
    show("one timer more", timer_create(CLOCK_MONOTONIC, &event, &more));
    show("signal beside timers", queue(self, SIGRTMIN));
    must(timer_delete(timers[0]));
    show("signal in a timer's place", queue(self, SIGRTMIN));
    for (int i = 1; i < 3; i++) must(timer_delete(timers[i]));
    say("taken %d", drain());
    // The kernel's own come.
    show("a", queue(self, SIGRTMIN));
    show("b", queue(self, SIGRTMIN));
    show("c", queue(self, SIGRTMIN));
    CHILD {}
    siginfo_t info;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    show("child's", sigtimedwait(&child, &info, &(struct timespec){1, 0}));
    yes("with its siginfo", info.si_code == CLD_EXITED);
    // Those of another process of the user count too; its own limit decides.
    pid_t pid;
    struct gate go = gate_new();
    SPAWN(pid) gate_wait(go);
    show("to another", queue(pid, SIGRTMIN));
    limit(pid, 2);
    show("to another with less", queue(pid, SIGRTMIN));
    say("taken %d", drain());
    show("to another", queue(pid, SIGRTMIN));
    show("to another", queue(pid, SIGRTMIN));
    show("to another", queue(pid, SIGRTMIN));
    show("to self", queue(self, SIGRTMIN));
    show("to self", queue(self, SIGRTMIN));
    gate_open(go);
    reap(pid);
    show("its own are gone with it", queue(self, SIGRTMIN));
    drain();
    limit(0, 0);
    show("none", queue(self, SIGRTMIN));
    show("kill with none", kill(self, SIGTERM));
    say("taken %d", drain());
    return 0;
}
