// Rules:
// As: user
// Signals that a process ignores, by default or by choice, end no call of it; a stop with its continuation does.
#include "fixture.h"
#include <sys/epoll.h>
static pid_t start(struct gate ready, void (*prepare)(void)) {
    pid_t pid;
    SPAWN(pid) {
        if (prepare) prepare();
        int events = must(epoll_create1(EPOLL_CLOEXEC));
        struct epoll_event event;
        gate_open(ready);
        show("  epoll_wait", epoll_wait(events, &event, 1, 400));
    }
    gate_wait(ready);
    usleep(60000);
    return pid;
}
static void ignore(void) { signal(SIGUSR1, SIG_IGN); signal(SIGTSTP, SIG_IGN); }
static void block(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
}
static void *idle(void *unused) { pause(); return NULL; }
static void thread(void) {
    pthread_t other;
    pthread_create(&other, NULL, idle, NULL);
}
static void handler(int number) {}
static void handle(void) { signal(SIGCONT, handler); }
int main(void) {
    struct gate ready = gate_new();
    static const struct { const char *name; void (*prepare)(void); int signals[3]; } tries[] = {
        {"SIGCONT", NULL, {SIGCONT, SIGCONT}},
        {"SIGCONT with a thread", thread, {SIGCONT}},
        {"SIGCONT handled", handle, {SIGCONT}},
        {"SIGWINCH, SIGURG, SIGCHLD", NULL, {SIGWINCH, SIGURG, SIGCHLD}},
        {"ignored", ignore, {SIGUSR1, SIGTSTP, SIGCONT}},
        {"blocked", block, {SIGUSR1, SIGTERM, SIGTSTP}},
        {"stopped and continued", NULL, {SIGSTOP, SIGCONT}},
        {"continued, stopped and continued", NULL, {SIGCONT, SIGSTOP, SIGCONT}},
    };
    for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
        say("%s", tries[i].name);
        pid_t pid = start(ready, tries[i].prepare);
        for (int j = 0; j < 3 && tries[i].signals[j]; j++) {
            must(kill(pid, tries[i].signals[j]));
            siginfo_t info;
            if (tries[i].signals[j] == SIGSTOP) must(waitid(P_PID, pid, &info, WSTOPPED));
        }
        reap(pid);
    }
    // Sent at once, a continuation undoes the stop, wherever that has come to.
    for (int i = 0; i < 100; i++) {
        pid_t pid;
        SPAWN(pid) for (;;) getppid();
        kill(pid, i & 1 ? SIGSTOP : SIGTSTP);
        if (i & 2) usleep(i * 5);
        kill(pid, SIGCONT);
        kill(pid, SIGTERM);
        int status = wait_status(pid);
        if (!WIFSIGNALED(status)) say("round %d: %#x", i, status);
    }
}
