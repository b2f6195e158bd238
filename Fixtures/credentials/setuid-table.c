// Rules: id-unmapped setuid-not-permitted
// As: root
// The setuid family from many starting points, with the ids and capability sets that come out.
#include "fixture.h"
static struct { uid_t r, e, s; } starts[] = {{0, 0, 0}, {0, 0, 1000}, {1000, 0, 0}, {1000, 0, 1000}, {0, 1000, 0}, {1000, 1000, 0},
                                             {1000, 2000, 3000}, {1000, 1000, 1000}};
static void begin(int i) {
    must(syscall(SYS_setresuid, starts[i].r, starts[i].e, starts[i].s));
}
static void result(const char *label, long r) {
    uid_t a, b, c;
    int e = errno;
    getresuid(&a, &b, &c);
    say("  %s: %s -> %u %u %u fs %d P %s E %s", label, r == -1 ? errno_text(e) : "ok", a, b, c, (int)syscall(SYS_setfsuid, -1),
        caps_permitted() ? "full" : "0", caps_effective() ? "full" : "0");
}
#define TRY(call) CHILD { begin(i); result(#call, call); }
int main(void) {
    for (int i = 0; i < 8; i++) {
        say("start %u %u %u", starts[i].r, starts[i].e, starts[i].s);
        TRY(syscall(SYS_setuid, 0));
        TRY(syscall(SYS_setuid, 1000));
        TRY(syscall(SYS_setuid, 2000));
        TRY(syscall(SYS_setuid, 3000));
        TRY(syscall(SYS_setuid, -1));
        TRY(syscall(SYS_setreuid, -1, -1));
        TRY(syscall(SYS_setreuid, 0, -1));
        TRY(syscall(SYS_setreuid, -1, 0));
        TRY(syscall(SYS_setreuid, 1000, 0));
        TRY(syscall(SYS_setreuid, 0, 1000));
        TRY(syscall(SYS_setreuid, -1, 1000));
        TRY(syscall(SYS_setreuid, 2000, -1));
        TRY(syscall(SYS_setreuid, -1, 3000));
        TRY(syscall(SYS_setresuid, -1, -1, -1));
        TRY(syscall(SYS_setresuid, -1, 1000, -1));
        TRY(syscall(SYS_setresuid, -1, 0, -1));
        TRY(syscall(SYS_setresuid, 1000, 1000, 0));
        TRY(syscall(SYS_setresuid, 2000, 3000, 1000));
        TRY(syscall(SYS_setresuid, 0, 0, 0));
        TRY(syscall(SYS_setfsuid, 0));
        TRY(syscall(SYS_setfsuid, 1000));
        TRY(syscall(SYS_setfsuid, 3000));
        TRY(syscall(SYS_setfsuid, 4000));
    }
    return 0;
}
