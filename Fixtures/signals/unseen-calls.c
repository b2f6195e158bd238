// Rules:
// As: user
// Calls that cannot be interrupted never fail with EINTR, however often a handler without SA_RESTART runs.
#include "fixture.h"
static volatile sig_atomic_t signals;
static void handler(int number) { signals++; }
int main(void) {
    must(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL));
    struct itimerval often = {{0, 100}, {0, 100}}, never = {0};
    struct stat status;
    int interrupted[6] = {0}, null = must(open("/dev/null", O_WRONLY));
    must(setitimer(ITIMER_REAL, &often, NULL));
    for (int i = 0; i < 1000 || signals < 100; i++) {
        errno = 0;
        interrupted[0] += syscall(SYS_getpid) < 0;
        interrupted[1] += syscall(SYS_kill, getpid(), 0) < 0;
        interrupted[2] += stat("/", &status) < 0;
        interrupted[3] += close(-1) == -1 && errno == EINTR;
        interrupted[4] += write(null, "x", 1) < 0;
        interrupted[5] += syscall(SYS_getresuid, &(uid_t){0}, &(uid_t){0}, &(uid_t){0}) < 0;
    }
    must(setitimer(ITIMER_REAL, &never, NULL));
    say("getpid %d, kill %d, stat %d, close %d, write %d, getresuid %d", interrupted[0], interrupted[1],
        interrupted[2], interrupted[3], interrupted[4], interrupted[5]);
}
