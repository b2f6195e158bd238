// Rules: map-already-set map-opener-needs-admin map-outside-unmapped map-syntax
// As: user root
// projid_map: anybody may write it, within what the parent has mapped; no capability is asked for.
#include "fixture.h"
int main(void) {
    char *own = own_uid_at(0);
    CHILD {
        must(unshare(CLONE_NEWUSER));
        show_file("fresh", "/proc/self/projid_map");
        show("garbage", put("/proc/self/projid_map", "x y z"));
        show("wide", put("/proc/self/projid_map", "0 5 1000\n1000 0 5"));
        show_file("reads", "/proc/self/projid_map");
        show("again", put("/proc/self/projid_map", "0 0 1"));
    }
    CHILD {
        must(unshare(CLONE_NEWUSER));
        must(caps_set(0, 0, 0));
        show("without capabilities", put("/proc/self/projid_map", "0 5 10"));
        show("uid map without capabilities", put("/proc/self/uid_map", own));
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(put("/proc/self/projid_map", "0 5 10"));
        CHILD {
            must(unshare(CLONE_NEWUSER));
            show("outside the parent's", put("/proc/self/projid_map", "0 5 10"));
            show("inside the parent's", put("/proc/self/projid_map", "7 2 8"));
            show_file("reads", "/proc/self/projid_map");
        }
    }
    return 0;
}
