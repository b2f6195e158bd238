// Timers of every kind at their shortest intervals while calls are answered by the sentry: it must go on answering, and
// others must get their turn.
#include "hostile.h"
#include <sys/timerfd.h>

static void handler(int number) {}

static void storm(void) {
    for (int i = 34; i < 50; i++) ticking(i, handler, 1000 + random_word() % 400000);
    signal(SIGALRM, handler), signal(SIGVTALRM, handler), signal(SIGPROF, handler);
    struct itimerval every = {{0, 50}, {0, 50}};
    setitimer(ITIMER_REAL, &every, NULL), setitimer(ITIMER_PROF, &every, NULL), setitimer(ITIMER_VIRTUAL, &every, NULL);
    for (int i = 0; i < 50; i++) {
        int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
        struct itimerspec often = {{0, 1000}, {0, 1000}};
        timerfd_settime(fd, 0, &often, NULL);
        fcntl(fd, F_SETOWN, getpid());
        fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
    }
    signal(SIGIO, handler);
    while (1) RAW(SYS_getppid), waitpid(-1, NULL, WNOHANG);
}

static void attack(void) {
    helper(storm), helper(storm);
    double slowest = 0;
    while (left() > 0) {
        double start = now_();
        RAW(SYS_getppid);
        if (now_() - start > slowest) slowest = now_() - start;
        round_done();
        pause_us(500);
    }
    if (slowest > 3) say("STUCK: a call took %.1f s beside the timers", slowest);
}
