// Rules: proc-ptrace-access setns-needs-admin-here setns-needs-admin-over-target setns-no-access-to-target setns-user-needs-admin
// As: user root
// Cousins: a member of one child namespace may neither join a sibling nor look at its links, though the id is the same.
#include "fixture.h"
int main(void) {
    pid_t a;
    struct gate end = gate_new();
    SPAWN_IN_USERNS(a, CLONE_NEWUTS, own_uid_at(0), own_gid_at(0)) gate_wait(end);
    int user = must(ns_open(a, "user")), uts = must(ns_open(a, "uts"));
    USERNS_CHILD(CLONE_NEWUTS, own_uid_at(0), own_gid_at(0)) {
        show("sibling's user", setns(user, 0));
        show("sibling's uts", setns(uts, 0));
        show("readlink", readlink(format_path("/proc/%d/ns/user", a), (char[64]){0}, 63));
        show("open", ns_open(a, "uts"));
        int pidfd = must(pidfd_of(a));
        show("pidfd", setns(pidfd, CLONE_NEWUSER));
        show("environ", open(format_path("/proc/%d/environ", a), O_RDONLY));
        show("kill 0", kill(a, 0));
        struct stat st;
        show("lstat of the link", lstat(format_path("/proc/%d/ns/user", a), &st));
    }
    // A grandchild joined from the top: its owner is an id of the middle one.
    struct gate ready = gate_new();
    int channel[2];
    must(pipe(channel));
    pid_t b;
    SPAWN_IN_USERNS(b, 0, own_uid_at(0), own_gid_at(0)) {
        pid_t c;
        SPAWN_IN_USERNS(c, CLONE_NEWUTS, "0 0 1", NULL) gate_wait(end);
        must(write(channel[1], &c, sizeof c));
        reap(c);
    }
    pid_t c;
    must(read(channel[0], &c, sizeof c));
    CHILD {
        show("grandchild's uts", setns(must(ns_open(c, "uts")), 0));
        show("grandchild's user", setns(must(ns_open(c, "user")), 0));
        show("then its uts", setns(must(ns_open(c, "uts")), 0));
        show("dumpable", prctl(PR_GET_DUMPABLE));
        show_uids("there");
    }
    gate_open(end);
    gate_open(end);
    reap(a);
    reap(b);
    return 0;
}
