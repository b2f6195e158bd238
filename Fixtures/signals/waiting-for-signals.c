// Rules:
// As: user
// Threads that wait for signals by rt_sigtimedwait or a signalfd, while others get theirs by handlers.
#include "fixture.h"
#include <sys/epoll.h>
#include <sys/signalfd.h>
static sigset_t set;
static volatile int handled, handled_code;
static void handler(int number, siginfo_t *info, void *context) { handled = number, handled_code = info->si_code; }
static int signals;
static struct gate begin, end;
static void *reader(void *unused) {
    struct signalfd_siginfo record;
    gate_open(begin);
    for (int i = 0; i < 3; i++) {
        if (read(signals, &record, sizeof record) != sizeof record) { say("read: %s", errno_text(errno)); break; }
        say("thread reads %u code %d status %d", record.ssi_signo, record.ssi_code, record.ssi_status);
        gate_open(end);
    }
    return NULL;
}
static void *waiter(void *unused) {
    siginfo_t info;
    gate_open(begin);
    for (int i = 0; i < 2; i++) {
        int number = sigwaitinfo(&set, &info);
        say("thread waits for %d code %d status %d", number, info.si_code, number == SIGCHLD ? info.si_status : 0);
        gate_open(end);
    }
    return NULL;
}
int main(void) {
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    begin = gate_new(), end = gate_new();
    pthread_t thread;
    // SIGCHLD's default is to be ignored, yet a wait for it ends: it was blocked before.
    pthread_create(&thread, NULL, waiter, NULL);
    gate_wait(begin);
    usleep(20000);
    pid_t pid;
    SPAWN(pid) _exit(5);
    gate_wait(end);
    kill(getpid(), SIGUSR1);
    gate_wait(end);
    pthread_join(thread, NULL);
    waitpid(pid, NULL, 0);
    // Without blocking it first, nothing keeps it.
    sigset_t other;
    sigemptyset(&other);
    sigaddset(&other, SIGURG);
    SPAWN(pid) { usleep(50000); kill(getppid(), SIGURG); }
    show("an ignored one that is not blocked", sigtimedwait(&other, NULL, &(struct timespec){0, 200000000}));
    waitpid(pid, NULL, 0);
    while (sigtimedwait(&set, NULL, &(struct timespec){0}) > 0) {}
    // A handler ends a wait for another signal.
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR2, &action, NULL);
    SPAWN(pid) { usleep(50000); kill(getppid(), SIGUSR2); usleep(200000); }
    show("interrupted", sigtimedwait(&set, NULL, &(struct timespec){3, 0}));
    say("handled %d code %d", handled, handled_code);
    waitpid(pid, NULL, 0);
    while (sigtimedwait(&set, NULL, &(struct timespec){0}) > 0) {}
    show("bad set", sigtimedwait((void *)8, NULL, &(struct timespec){0}));
    show("bad time", sigtimedwait(&set, NULL, &(struct timespec){0, -1}));
    kill(getpid(), SIGUSR1);
    show("bad siginfo", syscall(SYS_rt_sigtimedwait, &set, (void *)8, &(struct timespec){0}, 8));
    show("bad size", syscall(SYS_rt_sigtimedwait, &set, NULL, &(struct timespec){0}, 4));
    // A thread made after the signalfd reads from it.
    signals = must(signalfd(-1, &set, SFD_CLOEXEC));
    pthread_create(&thread, NULL, reader, NULL);
    gate_wait(begin);
    usleep(20000);
    kill(getpid(), SIGUSR1);
    gate_wait(end);
    SPAWN(pid) _exit(6);
    gate_wait(end);
    waitpid(pid, NULL, 0);
    union sigval value = {.sival_int = 1};
    sigqueue(getpid(), SIGUSR1, value);
    gate_wait(end);
    pthread_join(thread, NULL);
    // Handlers run in a task with a signalfd as in any other; calls go on.
    SPAWN(pid) { usleep(50000); kill(getppid(), SIGUSR2); usleep(200000); }
    handled = 0;
    struct pollfd nothing = {signals, POLLIN};
    sigset_t rest;
    sigemptyset(&rest);
    sigaddset(&rest, SIGCHLD);
    close(signals);
    signals = must(signalfd(-1, &(sigset_t){{0}}, SFD_CLOEXEC));
    nothing.fd = signals;
    show("poll", poll(&nothing, 1, 3000));
    say("handled %d code %d", handled, handled_code);
    waitpid(pid, NULL, 0);
    struct signalfd_siginfo record;
    while (sigtimedwait(&set, NULL, &(struct timespec){0}) > 0) {}
    // An event loop.
    close(signals);
    signals = must(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    int events = must(epoll_create1(EPOLL_CLOEXEC));
    must(epoll_ctl(events, EPOLL_CTL_ADD, signals, &(struct epoll_event){EPOLLIN}));
    pid_t children[3];
    for (int i = 0; i < 3; i++) SPAWN(children[i]) { usleep(30000 * (i + 1)); _exit(i); }
    for (int ended = 0; ended < 3;) {
        struct epoll_event event;
        if (epoll_wait(events, &event, 1, 3000) != 1) { say("no event"); break; }
        if (read(signals, &record, sizeof record) != sizeof record) continue;
        int status;
        pid_t one;
        while ((one = waitpid(-1, &status, WNOHANG)) > 0) {
            ended++;
            say("SIGCHLD code %d, child %d", record.ssi_code, WEXITSTATUS(status));
        }
    }
    // exec keeps a signalfd without FD_CLOEXEC.
    signals = must(signalfd(-1, &set, 0));
    int output[2];
    must(pipe2(output, O_CLOEXEC));
    CHILD {
        dup2(signals, 0);
        dup2(output[1], 1);
        kill(getpid(), SIGUSR1);
        execlp("dd", "dd", "bs=128", "count=1", "status=none", NULL);
    }
    must(read(output[0], &record, sizeof record));
    say("after exec: %u code %d errno %d", record.ssi_signo, record.ssi_code, record.ssi_errno);
}
