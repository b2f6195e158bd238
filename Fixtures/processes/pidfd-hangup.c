// Rules: pidfd-of-thread
// As: user
// A pidfd is readable when its process has ended, and hangs up when that was waited for.
#include "fixture.h"
#include <sys/epoll.h>
static int pidfd_open_(pid_t pid, unsigned flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }
static void polls(const char *label, int pidfd) {
    struct pollfd ready = {pidfd, POLLIN | POLLPRI | POLLOUT};
    int count = poll(&ready, 1, 0);
    say("%s: %d events %#x", label, count, ready.revents);
}
/// What nobody waits for is readable for a moment first.
static void await_hangup(int pidfd) {
    struct pollfd ready = {pidfd, 0};
    poll(&ready, 1, 5000);
}
static void await_end(pid_t pid) { must(waitid(P_PID, pid, &(siginfo_t){0}, WEXITED | WNOWAIT)); }
static struct gate gate, started;
static int other_thread;
static void *sleeper(void *unused) {
    other_thread = gettid();
    gate_open(started);
    gate_wait(gate);
    return NULL;
}
static void *executor(void *leader) {
    int own = dup(must(pidfd_open_(gettid(), PIDFD_THREAD)));
    execl("/proc/self/exe", "again", format_path("%d", (int)(intptr_t)leader), format_path("%d", own), NULL);
    return NULL;
}
static void *poller(void *pidfd) {
    struct pollfd ready = {(int)(intptr_t)pidfd, POLLIN};
    int count = poll(&ready, 1, 5000);
    // Who saw it end can wait for it.
    siginfo_t info = {0};
    int result = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    say("thread polls: %d events %#x, then waitid %d status %d", count, ready.revents, result, info.si_status);
    return NULL;
}
int main(int count, char **numbers_) {
    if (count == 3) {
        await_hangup(atoi(numbers_[2]));
        polls("after exec, the leader's number", atoi(numbers_[1]));
        polls("the thread's former number", atoi(numbers_[2]));
        return 0;
    }
    pid_t pid;
    char byte;
    pthread_t thread;
    SPAWN(pid) { usleep(50000); _exit(3); }
    int pidfd = must(pidfd_open_(pid, 0)), second = must(pidfd_open_(pid, 0));
    polls("alive", pidfd);
    show("read", read(pidfd, &byte, 1));
    show("write", write(pidfd, "", 1));
    show("shutdown", shutdown(pidfd, SHUT_RDWR));
    int events = must(epoll_create1(EPOLL_CLOEXEC));
    struct epoll_event event = {EPOLLIN | EPOLLET, {.fd = 7}};
    must(epoll_ctl(events, EPOLL_CTL_ADD, second, &event));
    pthread_create(&thread, NULL, poller, (void *)(intptr_t)pidfd);
    pthread_join(thread, NULL);
    polls("zombie", pidfd);
    show("epoll_wait", epoll_wait(events, &event, 1, 0));
    say("  events %#x", event.events);
    show("read", read(pidfd, &byte, 1));
    int late = must(pidfd_open_(pid, 0));
    polls("opened of a zombie", late);
    CHILD polls("inherited", pidfd);
    show("signal to a zombie", syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0));
    show("waited by pidfd", waitid(P_PIDFD, late, &(siginfo_t){0}, WEXITED));
    polls("reaped", pidfd);
    polls("reaped", late);
    show("epoll_wait", epoll_wait(events, &event, 1, 0));
    say("  events %#x", event.events);
    show("signal to nobody", syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
    show("opened of nobody", pidfd_open_(pid, 0));
    // Many times: the end is never seen before the parent could wait.
    int early = 0;
    for (int i = 0; i < 100; i++) {
        SPAWN(pid) _exit(0);
        int one = must(pidfd_open_(pid, 0));
        poll(&(struct pollfd){one, POLLIN}, 1, 5000);
        if (waitpid(pid, NULL, WNOHANG) != pid) { early++; waitpid(pid, NULL, 0); }
        close(one);
    }
    show("ends seen too early", early);
    // Children that reap themselves.
    signal(SIGCHLD, SIG_IGN);
    SPAWN(pid) usleep(50000);
    pidfd = must(pidfd_open_(pid, 0));
    await_hangup(pidfd);
    polls("ended by itself", pidfd);
    signal(SIGCHLD, SIG_DFL);
    // A thread's pidfd, and that of a leader who ends before its thread.
    gate = gate_new(), started = gate_new();
    struct gate told = gate_new();
    SPAWN(pid) {
        pthread_create(&thread, NULL, sleeper, NULL);
        gate_wait(started);
        int own = must(pidfd_open_(other_thread, PIDFD_THREAD));
        show("pidfd of a thread", pidfd_open_(other_thread, 0));
        polls("thread", own);
        gate_open(gate);
        pthread_join(thread, NULL);
        await_hangup(own);
        polls("ended thread", own);
        pthread_create(&thread, NULL, sleeper, NULL);
        gate_wait(started);
        gate_open(told);
        pthread_exit(NULL);
    }
    pidfd = must(pidfd_open_(pid, PIDFD_THREAD));
    second = must(pidfd_open_(pid, 0));
    gate_wait(told);
    usleep(50000);
    polls("leader gone", pidfd);
    polls("its process", second);
    gate_open(gate);
    await_end(pid);
    polls("all gone", pidfd);
    polls("its process", second);
    reap(pid);
    polls("reaped", pidfd);
    // An orphan, taken in by its grandparent.
    must(prctl(PR_SET_CHILD_SUBREAPER, 1));
    int numbers[2];
    must(pipe(numbers));
    SPAWN(pid) {
        pid_t leaf;
        SPAWN(leaf) { usleep(50000); _exit(4); }
        must(write(numbers[1], &leaf, sizeof leaf));
    }
    reap(pid);
    must(read(numbers[0], &pid, sizeof pid));
    pidfd = must(pidfd_open_(pid, 0));
    await_end(pid);
    polls("orphan ended", pidfd);
    reap(pid);
    polls("orphan reaped", pidfd);
    // clone with CLONE_PIDFD.
    int made = -1;
    uint64_t arguments[8] = {0x1000, (uint64_t)(uintptr_t)&made, 0, 0, SIGCHLD};
    pid = must(syscall(SYS_clone3, arguments, sizeof arguments));
    if (pid == 0) _exit(5);
    await_end(pid);
    polls("cloned and ended", made);
    reap(pid);
    polls("cloned and reaped", made);
    // A thread that executes a program takes over the leader's number.
    CHILD {
        int leader = dup(must(pidfd_open_(getpid(), PIDFD_THREAD)));
        pthread_create(&thread, NULL, executor, (void *)(intptr_t)leader);
        for (;;) pause();
    }
}
