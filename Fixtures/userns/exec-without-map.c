// Rules:
// As: user root
// exec is where capabilities are recalculated: without a map, or as another id than 0, they are lost; as 0 they stay.
#include "fixture.h"
int main(int argc, char **argv) {
    if (argc > 1) {
        show_uids(argv[1]);
        show_caps(argv[1]);
        show("secure", getauxval_secure());
        return 0;
    }
    CHILD {
        must(unshare(CLONE_NEWUSER));
        show_caps("before exec");
        run("/proc/self/exe", "no map");
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) run("/proc/self/exe", "as 0");
    USERNS_CHILD(0, own_uid_at(7), own_gid_at(7)) run("/proc/self/exe", "as 7");
    USERNS_CHILD(0, own_uid_at(0), NULL) run("/proc/self/exe", "uid map only");
    USERNS_CHILD(0, own_uid_at(7), own_gid_at(7)) {
        must(caps_set(ALL_CAPS, ALL_CAPS, BIT(CAP_SETUID) | BIT(CAP_KILL)));
        must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
        run("/proc/self/exe", "7 with ambient kill");
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
        run("/proc/self/exe", "0 with noroot");
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0));
        run("/proc/self/exe", "0 with less bounding");
    }
    return 0;
}
