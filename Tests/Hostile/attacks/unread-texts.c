// Files of /proc, thousands of them opened and not read, whose texts the sentry keeps up to date: others must get their
// turn all the same.
// Seconds: 6
#include "hostile.h"

static void attack(void) {
    struct rlimit limit = {8000, 8000};
    setrlimit(RLIMIT_NOFILE, &limit);
    // A text that takes long.
    char *pages = mmap(NULL, 6000 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 6000; i += 2) mprotect(pages + i * 4096, 4096, PROT_NONE);
    double end = left() / 2;
    while (left() > end && open("/proc/self/maps", O_RDONLY) >= 0) round_done();
    while (left() > 0) {
        double before = left();
        prctl(PR_SET_NAME, before > 1 ? "one" : "other");
        if (before - left() > 1) say("STUCK: a call took %f s", before - left());
        round_done();
    }
}
