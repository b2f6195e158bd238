// Rules: ambient-raise keep-capabilities-locked securebits-locked securebits-need-setpcap
// As: root
// KEEP_CAPS, the securebits with their locks, and what they do to a change of user.
#include "fixture.h"
#define TRY(call) show(#call, call)
static void change(const char *label, unsigned bits) {
    CHILD {
        must(prctl(PR_SET_SECUREBITS, bits));
        must(syscall(SYS_setresuid, 1000, 1000, 1000));
        show_caps(label);
        show("  keepcaps", prctl(PR_GET_KEEPCAPS));
    }
    CHILD {
        must(prctl(PR_SET_SECUREBITS, bits));
        must(caps_set(caps_permitted(), caps_effective(), BIT(CAP_KILL)));
        int raised = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0);
        must(syscall(SYS_setresuid, 1000, 1000, 0));
        show_caps("  saved 0, with ambient");
        must(syscall(SYS_setresuid, -1, 0, -1));
        show_caps("  back to 0");
    }
    CHILD {
        must(prctl(PR_SET_SECUREBITS, bits));
        syscall(SYS_setfsuid, 1000);
        show_caps("  fsuid 1000");
        syscall(SYS_setfsuid, 0);
        show_caps("  fsuid 0");
    }
}
int main(void) {
    change("none", 0);
    change("keepcaps", SECBIT_KEEP_CAPS);
    change("no fixup", SECBIT_NO_SETUID_FIXUP);
    change("noroot", SECBIT_NOROOT);
    CHILD {
        TRY(prctl(PR_SET_KEEPCAPS, 2));
        TRY(prctl(PR_SET_KEEPCAPS, 1));
        TRY(prctl(PR_GET_SECUREBITS));
        TRY(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED | SECBIT_KEEP_CAPS));
        TRY(prctl(PR_SET_KEEPCAPS, 0));
        TRY(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED));
        TRY(prctl(PR_SET_SECUREBITS, 0));
        TRY(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED | SECBIT_KEEP_CAPS | SECBIT_NOROOT));
        TRY(prctl(PR_SET_SECUREBITS, 0x1000));
        TRY(prctl(PR_SET_SECUREBITS, 0xfff));
        TRY(prctl(PR_GET_SECUREBITS));
    }
    CHILD {
        TRY(prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE));
        must(caps_set(caps_permitted(), caps_effective(), BIT(CAP_KILL)));
        TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
    }
    CHILD {
        drop_cap(CAP_SETPCAP);
        TRY(prctl(PR_SET_SECUREBITS, 0));
        TRY(prctl(PR_SET_SECUREBITS, 1));
        TRY(prctl(PR_SET_SECUREBITS, 0x100));
        TRY(prctl(PR_SET_SECUREBITS, 0x100));
        TRY(prctl(PR_SET_SECUREBITS, 0x500));
        TRY(prctl(PR_SET_SECUREBITS, 0xf00));
        TRY(prctl(PR_SET_SECUREBITS, 0));
        TRY(prctl(PR_SET_SECUREBITS, 0x2f00));
        TRY(prctl(PR_SET_KEEPCAPS, 1));
        TRY(prctl(PR_GET_SECUREBITS));
    }
    return 0;
}
