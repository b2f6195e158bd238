// Rules:
// As: user
// CPU clocks that name a process or a thread by its number.
#include "fixture.h"

static clockid_t of(pid_t pid, int thread, int kind) { return (clockid_t)(~(unsigned)pid << 3 | thread << 2 | kind); }
static volatile unsigned spun;
static void spin(long milliseconds) {
    struct timespec start, now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    do {
        for (int i = 0; i < 10000; i++) spun++;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < milliseconds);
}
static long ask(clockid_t clock) {
    struct timespec time;
    return syscall(SYS_clock_gettime, clock, &time);
}
static long milliseconds(clockid_t clock) {
    struct timespec time;
    must(syscall(SYS_clock_gettime, clock, &time));
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
static long resolution(clockid_t clock) {
    struct timespec time = {9, 9};
    long result = syscall(SYS_clock_getres, clock, &time);
    if (result == 0) say("resolution: %ld.%09ld", (long)time.tv_sec, time.tv_nsec);
    return result;
}
static long rest(clockid_t clock, long nanoseconds) {
    return syscall(SYS_clock_nanosleep, clock, 0, &(struct timespec){0, nanoseconds}, NULL);
}
static volatile pid_t other;
static volatile int go, stop;
static void *thread(void *unused) {
    other = gettid();
    while (!go) usleep(1000);
    spin(60);
    while (!stop) spin(1);
    return NULL;
}

int main(void) {
    pid_t self = getpid(), child;
    SPAWN(child) { spin(60); pause(); }
    pthread_t made;
    must(pthread_create(&made, NULL, thread, NULL));
    while (!other) usleep(1000);
    for (int kind = 0; kind < 4; kind++) {
        say("kind %d", kind);
        show("own process", ask(of(self, 0, kind)));
        show("own thread", ask(of(self, 1, kind)));
        show("child", ask(of(child, 0, kind)));
        show("child's thread", ask(of(child, 1, kind)));
        show("other thread", ask(of(other, 1, kind)));
        show("other thread as a process", ask(of(other, 0, kind)));
        show("pid 1", ask(of(1, 0, kind)));
        show("nobody", ask(of(4000000, 0, kind)));
        show("nobody's thread", ask(of(4000000, 1, kind)));
        show("own, by 0", ask(of(0, 0, kind)));
        show("own thread, by 0", ask(of(0, 1, kind)));
        show("resolution of own", resolution(of(self, 0, kind)));
        show("resolution of the child", resolution(of(child, 0, kind)));
        show("resolution of the child's thread", resolution(of(child, 1, kind)));
        show("resolution of nobody", resolution(of(4000000, 0, kind)));
    }
    show("bad address", syscall(SYS_clock_gettime, of(self, 0, 2), 8));
    show("bad address and nobody", syscall(SYS_clock_gettime, of(4000000, 0, 2), 8));
    show("resolution to nowhere", syscall(SYS_clock_getres, of(self, 0, 2), NULL));
    clockid_t clock;
    show("clock_getcpuclockid", clock_getcpuclockid(child, &clock));
    yes("it names the child", clock == of(child, 0, 2));
    for (int i = 0; i < 200 && milliseconds(clock) < 60; i++) usleep(10000);
    yes("child's time", milliseconds(clock) >= 60);
    yes("less than all", milliseconds(clock) < 60000);
    go = 1;
    for (int i = 0; i < 200 && milliseconds(of(other, 1, 2)) < 60; i++) usleep(10000);
    yes("other thread's time", milliseconds(of(other, 1, 2)) >= 60);
    yes("process has it too", milliseconds(of(self, 0, 2)) >= milliseconds(of(self, 1, 2)) + 60);
    yes("ticks", milliseconds(of(other, 1, 0)) >= 40 && milliseconds(of(other, 1, 1)) <= milliseconds(of(other, 1, 0)));

    // Sleeping by such a clock.
    show("sleep by the other thread", rest(of(other, 1, 2), 20000000));
    show("sleep by own process", rest(of(self, 0, 2), 20000000));
    show("sleep by own thread", rest(of(gettid(), 1, 2), 20000000));
    show("sleep by own thread, by 0", rest(of(0, 1, 2), 20000000));
    show("sleep by nobody", rest(of(4000000, 0, 2), 1));
    show("sleep by a child's thread", rest(of(child, 1, 2), 1));
    show("sleep by a device", rest(of(1, 0, 3), 1));
    show("sleep too long", rest(of(self, 0, 2), 2000000000));
    show("sleep at a bad address", syscall(SYS_clock_nanosleep, of(self, 0, 2), 0, 8, NULL));

    // The fixed clocks by a plain system call.
    for (int number = 0; number < 12; number++)
        if (number != 8 && number != 9) show("clock", ask(number));
    show("no clock", ask(12));
    show("monotonic at a bad address", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, 8));
    struct timespec called, read;
    clock_gettime(CLOCK_MONOTONIC, &read);
    must(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &called));
    yes("the same clock", called.tv_sec - read.tv_sec < 5 && called.tv_sec >= read.tv_sec);

    stop = 1;
    pthread_join(made, NULL);
    show("thread that has ended", ask(of(other, 1, 2)));
    kill(child, SIGKILL);
    siginfo_t info;
    must(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    show("zombie", ask(of(child, 0, 2)));
    must(waitpid(child, NULL, 0));
    show("reaped", ask(of(child, 0, 2)));
    return 0;
}
