// Rules: pid-namespace-depth
// As: root user
// PID namespaces nest 32 deep; the next is refused.
#include "fixture.h"
static int depth;
static void deeper(void) {
    if (unshare(CLONE_NEWPID) == -1) { say("made %d, then %s", depth, errno_text(errno)); _exit(0); }
    pid_t pid;
    SPAWN(pid) {
        depth++;
        deeper();
    }
    int status = wait_status(pid);
    if (status) report_status("level", status);
}
int main(void) {
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) deeper();
    return 0;
}
