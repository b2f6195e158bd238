// Rules:
// As: user
// POSIX timers: whom they signal, whose CPU clock they count, how many there may be.
#include "fixture.h"

static clockid_t of(pid_t pid, int thread, int kind) { return (clockid_t)(~(unsigned)pid << 3 | thread << 2 | kind); }
static long create(clockid_t clock, int notify, int number, pid_t tid, int *timer) {
    struct sigevent event = {.sigev_notify = notify, .sigev_signo = number};
    event.sigev_value.sival_int = 77;
    memcpy((char *)&event + 16, &tid, sizeof tid);
    return syscall(SYS_timer_create, clock, &event, timer);
}
static volatile pid_t hit, other;
static volatile int value, stop;
static void handler(int number, siginfo_t *info, void *context) {
    hit = gettid();
    value = info->si_value.sival_int;
}
static void *thread(void *unused) {
    other = gettid();
    while (!stop) usleep(1000);
    return NULL;
}
static void arm(int timer) {
    must(syscall(SYS_timer_settime, timer, 0, &(struct itimerspec){.it_value = {0, 10000000}}, NULL));
}

int main(void) {
    pthread_t made;
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    must(sigaction(SIGRTMIN + 1, &action, NULL));
    must(pthread_create(&made, NULL, thread, NULL));
    while (!other) usleep(1000);
    int timer = -1, rt = SIGRTMIN + 1;
    pid_t child;
    SPAWN(child) pause();
    show("thread", create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, rt, other, &timer));
    arm(timer);
    for (int i = 0; i < 200 && !hit; i++) usleep(5000);
    yes("the other thread got it", hit == other);
    say("value %d", value);
    show("delete", syscall(SYS_timer_delete, timer));
    show("delete again", syscall(SYS_timer_delete, timer));
    show("own", create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, rt, gettid(), &timer));
    show("no thread", create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, rt, 4000000, &timer));
    show("another process", create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, rt, child, &timer));
    show("not ours", create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, rt, 1, &timer));
    show("thread without signal", create(CLOCK_MONOTONIC, 4 | SIGEV_NONE, rt, other, &timer));
    show("no signal", create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0, &timer));
    show("signal 0", create(CLOCK_MONOTONIC, SIGEV_SIGNAL, 0, 0, &timer));
    show("signal 65", create(CLOCK_MONOTONIC, SIGEV_SIGNAL, 65, 0, &timer));
    show("unknown", create(CLOCK_MONOTONIC, 9, rt, 0, &timer));
    show("no event", syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &timer));
    show("bad event", syscall(SYS_timer_create, CLOCK_MONOTONIC, 8, &timer));
    show("bad place", syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, 8));
    show("no clock", syscall(SYS_timer_create, 77, NULL, &timer));
    show("own process's time", create(of(getpid(), 0, 2), SIGEV_SIGNAL, rt, 0, &timer));
    hit = 0;
    arm(timer);
    while (!hit) for (volatile int i = 0; i < 10000; i++);
    show("other thread's time", create(of(other, 1, 2), SIGEV_SIGNAL, rt, 0, &timer));
    show("child's time", create(of(child, 0, 2), SIGEV_SIGNAL, rt, 0, &timer));
    show("child's thread's time", create(of(child, 1, 2), SIGEV_SIGNAL, rt, 0, &timer));
    show("nobody's time", create(of(4000000, 0, 2), SIGEV_SIGNAL, rt, 0, &timer));
    show("a device's time", create(of(1, 0, 3), SIGEV_SIGNAL, rt, 0, &timer));
    show("own by 0", create(of(0, 0, 1), SIGEV_SIGNAL, rt, 0, &timer));

    // How many: of a user, so that a child with another user's share has its own.
    CHILD {
        struct rlimit limit = {4, 4};
        must(setrlimit(RLIMIT_SIGPENDING, &limit));
        int count = 0, last = -1;
        for (int i = 0; i < 20; i++) {
            if (syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &timer)) { show("limit", -1); break; }
            last = timer;
            count++;
        }
        yes("at most 4 with those of the parent", count <= 4);
        if (last >= 0) {
            must(syscall(SYS_timer_delete, last));
            show("room again", syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &timer));
            show("and full again", syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &timer));
        }
        limit.rlim_cur = 0;
        must(setrlimit(RLIMIT_SIGPENDING, &limit));
        // Signals still come, and none carries less than it should.
        hit = 0;
        value = 0;
        must(sigaction(SIGUSR1, &action, NULL));
        kill(getpid(), SIGUSR1);
        yes("kill still works", hit != 0);
    }
    stop = 1;
    pthread_join(made, NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return 0;
}
