// What the host counts for its user, timers and inotify instances, used up: the user's other programs go without.
// As: user filter
// Needs: quotas
// Seconds: 3
// Alone: yes
#include "hostile.h"
#include <sys/inotify.h>

void prepare(void) { once = true; }

static void attack(void) {
    for (int i = 0; i < 1000; i++)
        if (inotify_init() < 0) break;
        else round_done();
    pause_us(50000);
    // A process has many timers; several processes have more.
    for (int p = 0; p < 2; p++) {
        if (fork()) continue;
        struct sigevent event = {.sigev_notify = SIGEV_NONE};
        for (long i = 0; i < 120000 && left() > 0; i++) {
            int timer;
            if (RAW(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) < 0) break;
            round_done();
        }
        pause_us(200000);
        _exit(0);
    }
    // Signals that wait are counted alike.
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    while (left() > 0 && sigqueue(getpid(), 40, (union sigval){0}) == 0) round_done();
    while (waitpid(-1, NULL, WNOHANG) >= 0 && left() > -0.2) pause_us(1000);
}
