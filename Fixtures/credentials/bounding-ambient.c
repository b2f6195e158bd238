// Rules: ambient-raise bounding-drop-needs-setpcap capset-inheritable-not-permitted
// As: root user
// prctl on the bounding and the ambient set.
#include "fixture.h"
#define TRY(call) show(#call, call)
static void tries(void) {
    TRY(prctl(PR_CAPBSET_READ, CAP_CHOWN));
    TRY(prctl(PR_CAPBSET_READ, 40));
    TRY(prctl(PR_CAPBSET_READ, 41));
    TRY(prctl(PR_CAPBSET_READ, -1));
    TRY(prctl(PR_CAPBSET_DROP, 41));
    TRY(prctl(PR_CAPBSET_DROP, CAP_NET_RAW));
    TRY(prctl(PR_CAPBSET_READ, CAP_NET_RAW));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 41, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
    TRY(caps_set(caps_permitted(), caps_effective(), BIT(CAP_KILL)));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 41, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 1, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 1));
    TRY(prctl(PR_CAP_AMBIENT, 9, CAP_KILL, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1, 0, 0));
    show_caps("now");
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_CHOWN, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_KILL, 0, 0));
    TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    show_caps("finally");
}
int main(void) {
    CHILD tries();
    if (geteuid() == 0) CHILD { drop_cap(CAP_SETPCAP); tries(); }
    CHILD { must(unshare(CLONE_NEWUSER)); tries(); }
    return 0;
}
