// Rules: id-unmapped setgid-not-permitted
// As: root
// The setgid family from many starting points, with the ids and capability sets that come out.
#include "fixture.h"
static struct { gid_t r, e, s; } starts[] = {{0, 0, 0}, {0, 0, 1000}, {1000, 0, 0}, {1000, 0, 1000}, {0, 1000, 0}, {1000, 1000, 0},
                                             {1000, 2000, 3000}, {1000, 1000, 1000}};
static int privileged;
static void begin(int i) {
    must(syscall(SYS_setresgid, starts[i].r, starts[i].e, starts[i].s));
    if (privileged == 0) must(caps_set(0, 0, 0));
}
static void result(const char *label, long r) {
    gid_t a, b, c;
    int e = errno;
    getresgid(&a, &b, &c);
    say("  %s: %s -> %u %u %u fs %d P %s E %s", label, r == -1 ? errno_text(e) : "ok", a, b, c, (int)syscall(SYS_setfsgid, -1),
        caps_permitted() ? "full" : "0", caps_effective() ? "full" : "0");
}
#define TRY(call) CHILD { begin(i); result(#call, call); }
int main(void) {
    for (privileged = 0; privileged < 2; privileged++) for (int i = 0; i < 8; i++) {
        say("start %u %u %u", starts[i].r, starts[i].e, starts[i].s);
        TRY(syscall(SYS_setgid, 0));
        TRY(syscall(SYS_setgid, 1000));
        TRY(syscall(SYS_setgid, 2000));
        TRY(syscall(SYS_setgid, 3000));
        TRY(syscall(SYS_setgid, -1));
        TRY(syscall(SYS_setregid, -1, -1));
        TRY(syscall(SYS_setregid, 0, -1));
        TRY(syscall(SYS_setregid, -1, 0));
        TRY(syscall(SYS_setregid, 1000, 0));
        TRY(syscall(SYS_setregid, 0, 1000));
        TRY(syscall(SYS_setregid, -1, 1000));
        TRY(syscall(SYS_setregid, 2000, -1));
        TRY(syscall(SYS_setregid, -1, 3000));
        TRY(syscall(SYS_setresgid, -1, -1, -1));
        TRY(syscall(SYS_setresgid, -1, 1000, -1));
        TRY(syscall(SYS_setresgid, -1, 0, -1));
        TRY(syscall(SYS_setresgid, 1000, 1000, 0));
        TRY(syscall(SYS_setresgid, 2000, 3000, 1000));
        TRY(syscall(SYS_setresgid, 0, 0, 0));
        TRY(syscall(SYS_setfsgid, 0));
        TRY(syscall(SYS_setfsgid, 1000));
        TRY(syscall(SYS_setfsgid, 3000));
        TRY(syscall(SYS_setfsgid, 4000));
    }
    return 0;
}
