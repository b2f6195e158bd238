// Rules: sysctl-owner
// As: root user
// fs.mount-max: who may write it, and which values it refuses. (No value is changed.)
#include "mounts.h"
#define FILE_ "/proc/sys/fs/mount-max"
static void look(const char *who) {
    say("%s:", who);
    struct stat st;
    must(stat(FILE_, &st));
    say("  mode %o uid %u", st.st_mode, st.st_uid);
    show_text("  value", get(FILE_));
    // The same again changes nothing.
    char *same = get(FILE_);
    show_put("  the same", FILE_, same);
    show_put("  0", FILE_, "0\n");
    show_put("  -1", FILE_, "-1\n");
    show_put("  text", FILE_, "many\n");
    show_put("  too much", FILE_, "4294967296\n");
    show_text("  value", get(FILE_));
}
int main(void) {
    look("here");
    if (geteuid() == 0) {
        CHILD { must(caps_set(0, 0, 0)); look("uid 0 without capabilities"); }
        USERNS_CHILD(CLONE_NEWNS, "0 0 65536", "0 0 65536") look("in a user namespace with uid 0");
        USERNS_CHILD(CLONE_NEWNS, "0 1000 1", "0 1000 1") look("in a user namespace without it");
        CHILD { become(1000, 1000); look("uid 1000"); }
    } else USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) look("in a user namespace");
    return 0;
}
