// Rules:
// As: user
// Calls that never wait never fail with EINTR, however many signals come.
#include "fixture.h"
#include <sys/stat.h>
#include <sys/time.h>

static volatile sig_atomic_t came;
static void note(int signal) { (void)signal, came++; }

int main(void) {
    struct sigaction action = {.sa_handler = note};
    struct itimerval often = {{0, 250}, {0, 250}}, never = {{0, 0}, {0, 0}};
    enum { SEEK_FAR, SEEK_START, SEEK_LAST, STAT, DUP, ACCESS, KINDS };
    static const char *names[] = {"far", "start", "end", "fstat", "dup", "access"};
    int failed[KINDS] = {0}, wrong = 0;
    struct stat status;
    int fd = must(open("file", O_RDWR | O_CREAT, 0600));
    must(ftruncate(fd, 100000));
    must(sigaction(SIGALRM, &action, NULL));
    must(setitimer(ITIMER_REAL, &often, NULL));
    for (int i = 0; i < 8000; i++) {
        long far = lseek(fd, 100 + i, SEEK_SET);
        failed[SEEK_FAR] += far < 0, wrong += far >= 0 && far != 100 + i;
        failed[SEEK_FAR] += lseek(fd, (1L << 40) + i, SEEK_SET) < 0;
        failed[SEEK_START] += lseek(fd, 0, SEEK_SET) < 0;
        failed[SEEK_LAST] += lseek(fd, 0, SEEK_END) != 100000;
        failed[STAT] += fstat(fd, &status) < 0;
        if (i % 8) continue;
        int copy = dup(fd);
        failed[DUP] += copy < 0;
        if (copy >= 0) close(copy);
        failed[ACCESS] += access("/", R_OK) < 0;
    }
    must(setitimer(ITIMER_REAL, &never, NULL));
    for (int kind = 0; kind < KINDS; kind++) printf("%s failed %d\n", names[kind], failed[kind]);
    printf("wrong %d, signals came %d\n", wrong, came > 0);
    return 0;
}
