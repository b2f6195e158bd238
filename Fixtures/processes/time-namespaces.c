// Rules: time-offsets-frozen time-offsets-need-sys-time time-offsets-range time-offsets-syntax
// As: user root
// Time namespaces: offsets are set before the first member, entered by children.
#include "fixture.h"
#define TIMENS "/proc/self/timens_offsets"
static long seconds(clockid_t clock) { struct timespec t; must(clock_gettime(clock, &t)); return t.tv_sec; }
static bool near(long a, long b) { return a - b < 3 && b - a < 3; }
int main(void) {
    show("initial", put(TIMENS, "monotonic 1 0"));
    show_file("initial", TIMENS);
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(unshare(CLONE_NEWTIME));
        yes("own is unchanged", ns_number(0, "time") != ns_number(0, "time_for_children"));
        static const char *texts[] = {"", "x", "monotonic", "monotonic 1", "monotonic 1 1000000000", "monotonic 1 -1", "realtime 1 0", "0 1 0",
                                      "monotonic 99999999999 0", "monotonic -99999999 0", "monotonic 1 0 0", "boottime 9223372036 0"};
        for (int i = 0; i < 12; i++) show(format_path("\"%s\"", texts[i]), put(TIMENS, texts[i]));
        long mono = seconds(CLOCK_MONOTONIC), real = seconds(CLOCK_REALTIME);
        show("good", put(TIMENS, "monotonic 86400 5\nboottime 172800 0\n"));
        show_file("reads", TIMENS);
        show("by number", put(TIMENS, "1 86400 0\n7 172800 0"));
        show_file("reads", TIMENS);
        yes("parent's clock is unshifted", near(seconds(CLOCK_MONOTONIC), mono));
        CHILD {
            yes("child is in it", ns_number(0, "time") == ns_number(0, "time_for_children"));
            yes("realtime", near(seconds(CLOCK_REALTIME), real));
            show("frozen", put(TIMENS, "monotonic 1 0"));
        }
        show("frozen for the parent too", put(TIMENS, "monotonic 1 0"));
        CHILD {
            show("setns to it", setns(must(ns_open(0, "time_for_children")), CLONE_NEWTIME));
        }
        show("again", unshare(CLONE_NEWTIME));
        show_file("inherited", TIMENS);
        CHILD { must(caps_set(0, 0, 0)); show("without capabilities", put(TIMENS, "monotonic 1 0")); }
        CHILD {
            pid_t pid = vfork();
            if (pid == 0) _exit(ns_number(0, "time") == ns_number(0, "time_for_children"));
            say("a vforked child entered: %d", WEXITSTATUS(wait_status(pid)));
        }
    }
    return 0;
}
