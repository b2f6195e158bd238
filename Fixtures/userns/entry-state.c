// Rules:
// As: user root
// Entering a user namespace: full sets, securebits and keepcaps gone, ids and groups as they were, dumpable unchanged.
#include "fixture.h"
int main(void) {
    if (geteuid() == 0) {
        gid_t groups[] = {5, 1000, 70000};
        must(setgroups(3, groups));
        must(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED));
        must(prctl(PR_CAPBSET_DROP, CAP_SYS_TIME, 0, 0, 0));
        must(caps_set(caps_permitted(), caps_effective(), BIT(CAP_CHOWN)));
        must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
    } else must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
    show_caps("before");
    show_groups("before");
    must(prctl(PR_SET_PDEATHSIG, SIGUSR1));
    must(unshare(CLONE_NEWUSER));
    show_caps("after");
    show_uids("after");
    show_gids("after");
    show_groups("after");
    show("securebits", prctl(PR_GET_SECUREBITS));
    show("keepcaps", prctl(PR_GET_KEEPCAPS));
    show("dumpable", prctl(PR_GET_DUMPABLE));
    int signal_number = 0;
    must(prctl(PR_GET_PDEATHSIG, &signal_number));
    show("pdeathsig", signal_number);
    show_file("uid_map", "/proc/self/uid_map");
    show_file("gid_map", "/proc/self/gid_map");
    show_file("projid_map", "/proc/self/projid_map");
    show_file("setgroups", "/proc/self/setgroups");
    show_field("status", "/proc/self/status", "Uid");
    show_field("status", "/proc/self/status", "Groups");
    return 0;
}
