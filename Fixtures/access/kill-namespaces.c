// Rules: signal-other-user
// As: root user
// Signals across user namespaces: the ids compared are the global ones, CAP_KILL counts over the target's namespace.
#include "fixture.h"
int main(void) {
    pid_t outer, inner;
    struct gate end = gate_new(), told = gate_new();
    signal(SIGCONT, SIG_IGN);
    SPAWN(outer) gate_wait(end);
    SPAWN_IN_USERNS(inner, 0, own_uid_at(0), own_gid_at(0)) {
        show("out to the same id", kill(outer, 0));
        show("to the parent", kill(getppid(), 0));
        gate_open(told);
        gate_wait(end);
    }
    gate_wait(told);
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        show("to a sibling namespace", kill(inner, 0));
        must(caps_set(0, 0, 0));
        show("without capabilities", kill(inner, 0));
    }
    if (geteuid() == 0) {
        pid_t other;
        struct gate ready = gate_new(), other_end = gate_new();
        SPAWN(other) { become(2000, 2000); gate_open(ready); gate_wait(other_end); }
        gate_wait(ready);
        USERNS_CHILD(0, "0 0 5000", "0 0 5000") {
            show("inner root to outer 2000", kill(other, 0));
            show("SIGCONT in one session", kill(other, SIGCONT));
            must(setsid() != -1 ? 0 : -1);
            show("SIGCONT from another session", kill(other, SIGCONT));
            show("signal 99", kill(other, 99));
        }
        CHILD { must(caps_set(0, 0, 0)); show("root without CAP_KILL to 2000", kill(other, 0)); }
        CHILD { become(2000, 2000); show("2000 to the inner root", kill(inner, 0)); }
        gate_open(other_end);
        reap(other);
    }
    gate_open(end);
    gate_open(end);
    reap(outer);
    reap(inner);
    return 0;
}
