// Rules:
// As: user
// Copies of descriptors in random order: the numbers that come out, and whether what a number names is what it reads.
#include "fixture.h"
#include <sys/signalfd.h>

enum { END = 72 };
static unsigned long sum;
static unsigned seed = 1;
static unsigned chance(unsigned limit) {
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % limit;
}
static void note(long value) { sum = (sum ^ (unsigned long)value) * 1099511628211ul; }

static int named(unsigned number) {
    char name[16];
    snprintf(name, sizeof name, "%u", number);
    int fd = memfd_create(name, chance(2) ? MFD_CLOEXEC : 0);
    if (fd >= 0) must(write(fd, name, strlen(name)));
    return fd;
}

static void step(void) {
    static unsigned made;
    int fd = 3 + (int)chance(END - 3), other = 3 + (int)chance(END - 3);
    int ends[2];
    long result;
    switch (chance(12)) {
    case 0: result = named(made++ % 1000); break;
    case 1: result = dup(fd); break;
    case 2: result = dup2(fd, other); break;
    case 3: result = dup3(fd, other, chance(2) ? O_CLOEXEC : 0); break;
    case 4: result = fcntl(fd, F_DUPFD, other); break;
    case 5: result = fcntl(fd, F_DUPFD_CLOEXEC, other); break;
    case 6: result = fcntl(fd, F_SETFD, (int)chance(2)); break;
    case 7:
        result = pipe(ends);
        if (!result) note(ends[0]), note(ends[1]), close(ends[0]), close(ends[1]);
        break;
    case 8: result = chance(8) ? 0 : close_range((unsigned)fd, (unsigned)fd + 2, 0); break;
    default: result = close(fd);
    }
    note(result);
    // What would fill the table goes again.
    if (result >= END) note(close((int)result));
}

// By what the name is and what a native read gives.
static void compare(const char *when) {
    int listed = 0, wrong = 0;
    for (int fd = 3; fd < END + 8; fd++) {
        char path[32], link[64] = "", text[16] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(path, link, sizeof link - 1);
        ssize_t got = pread(fd, text, sizeof text - 1, 0);
        int isListed = length > 0 && !strncmp(link, "/memfd:", 7);
        listed += isListed;
        if (isListed != (got > 0) || (isListed && strtol(link + 7, NULL, 10) != strtol(text, NULL, 10))) wrong++;
        note(isListed ? fcntl(fd, F_GETFD) : -1);
    }
    say("%s: %d listed, %d wrong, %lx", when, listed, wrong, sum);
}

static void steps(int count) { while (count-- > 0) step(); }
static void *share(void *count) {
    steps(*(int *)count);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        seed = 7;
        compare("after exec");
        steps(400);
        compare("and more");
        return 0;
    }
    steps(1500);
    compare("alone");
    pthread_t thread;
    int count = 300;
    must(pthread_create(&thread, NULL, share, &count));
    must(pthread_join(thread, NULL));
    compare("a thread");
    steps(500);
    compare("alone again");
    CHILD {
        steps(500);
        compare("child");
    }
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    note(signalfd(-1, &set, 0));
    steps(500);
    compare("with signals");
    fflush(stdout);
    execl("/proc/self/exe", "again", "after", NULL);
    return 1;
}
