// Rules:
// As: user
// The clocks of a time namespace with offsets.
#include "fixture.h"
static long seconds(clockid_t clock) { struct timespec t; must(clock_gettime(clock, &t)); return t.tv_sec; }
static bool near(long a, long b) { return a - b < 3 && b - a < 3; }
int main(void) {
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(unshare(CLONE_NEWTIME));
        long mono = seconds(CLOCK_MONOTONIC), boot = seconds(CLOCK_BOOTTIME);
        show("offsets", put("/proc/self/timens_offsets", "monotonic 86400 5\nboottime 172800 0\n"));
        CHILD {
            yes("monotonic", near(seconds(CLOCK_MONOTONIC), mono + 86400));
            yes("boottime", near(seconds(CLOCK_BOOTTIME), boot + 172800));
        }
    }
}
