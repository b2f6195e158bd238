// Rules: map-not-permitted map-of-root-needs-setfcap map-outside-unmapped map-syntax
// As: user
// What an ordinary user may map: a single line of one id, the own effective one; for groups only after "deny".
#include "fixture.h"
static void attempt(const char *file, const char *text, bool deny, bool inside) {
    pid_t pid;
    struct gate end = gate_new();
    SPAWN_IN_USERNS(pid, 0, NULL, NULL) {
        if (inside) {
            if (deny) must(put("/proc/self/setgroups", "deny"));
            show_put(format_path("inside %s%s \"%s\"", file, deny ? " denied" : "", text), format_path("/proc/self/%s", file), text);
        }
        gate_wait(end);
    }
    if (!inside) {
        if (deny) must(put(format_path("/proc/%d/setgroups", pid), "deny"));
        show_put(format_path("outside %s%s \"%s\"", file, deny ? " denied" : "", text), format_path("/proc/%d/%s", pid, file), text);
    }
    gate_open(end);
    reap(pid);
}
int main(void) {
    for (int inside = 0; inside < 2; inside++) {
        static const char *texts[] = {"0 1000 1", "5 1000 1", "1000 1000 1", "0 1001 1", "0 0 1", "0 1000 2", "0 999 2",
                                      "0 1000 1\n1 1001 1", "0 65534 1", "x"};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) attempt("uid_map", texts[i], false, inside);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) attempt("gid_map", texts[i], false, inside);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) attempt("gid_map", texts[i], true, inside);
        attempt("projid_map", "0 0 1", false, inside);
        attempt("projid_map", "0 1000 1000", false, inside);
    }
    // Once 0 is mapped inside, a second level may only map what the first has.
    USERNS_CHILD(0, "0 1000 1", "0 1000 1") {
        static const char *texts[] = {"0 0 1", "7 0 1", "0 1000 1", "0 0 2", "0 1 1"};
        for (size_t i = 0; i < 5; i++) {
            pid_t pid;
            struct gate end = gate_new();
            SPAWN_IN_USERNS(pid, 0, NULL, NULL) gate_wait(end);
            show_put(format_path("second level \"%s\"", texts[i]), format_path("/proc/%d/uid_map", pid), texts[i]);
            gate_open(end);
            reap(pid);
        }
    }
    return 0;
}
