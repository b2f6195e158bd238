// Rules: user-namespace-depth
// As: user root
// 33 nested user namespaces can be made, the next fails with ENOSPC.
#include "fixture.h"
int main(void) {
    char *uids = own_uid_at(0), *gids = own_gid_at(0);
    CHILD {
        int made = 0;
        unsigned uid = geteuid(), gid = getegid();
        while (unshare(CLONE_NEWUSER) == 0) {
            made++;
            if (put("/proc/self/setgroups", "deny") == -1 && errno != EPERM) break;
            must(put("/proc/self/uid_map", format_path("0 %u 1", uid)));
            must(put("/proc/self/gid_map", format_path("0 %u 1", gid)));
            uid = gid = 0;
        }
        say("made %d, then %s", made, errno_text(errno));
        show("clone too", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
        show_file("innermost map", "/proc/self/uid_map");
    }
    return 0;
}
