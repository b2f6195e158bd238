// Rules: proc-ptrace-access setns-mount-needs-capabilities setns-needs-admin-here setns-needs-admin-over-target setns-no-access-to-target setns-user-needs-admin
// As: user root
// Who may join what: the owner of a child namespace, its parents, strangers, and one's own ancestors.
#include "fixture.h"
static const char *links[] = {"uts", "ipc", "net", "cgroup", "mnt", "pid", "time"};
static void try_all(const char *who, pid_t pid) {
    for (int i = 0; i < 7; i++) CHILD {
        int fd = ns_open(pid, links[i]);
        if (fd == -1) say("%s: open %s: %s", who, links[i], errno_text(errno));
        else show(format_path("%s: %s", who, links[i]), setns(fd, 0));
    }
}
int main(void) {
    const int all = CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWTIME;
    pid_t pid;
    struct gate end = gate_new(), ready = gate_new();
    int parent_user = must(ns_open(0, "user")), parent_uts = must(ns_open(0, "uts"));
    SPAWN_IN_USERNS(pid, all, own_uid_at(0), own_gid_at(0)) {
        show("back to the parent", setns(parent_user, 0));
        show("the parent's uts", setns(parent_uts, 0));
        show("the parent's by name", ns_open(getppid(), "user"));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    try_all("outside, first", pid);
    CHILD {
        show("user", setns(must(ns_open(pid, "user")), 0));
        try_all("inside, then", pid);
        show_uids("inside");
        show("dumpable", prctl(PR_GET_DUMPABLE));
        show("back", setns(parent_user, 0));
    }
    CHILD {
        int pidfd = must(pidfd_of(pid));
        show("pidfd without user", setns(pidfd, CLONE_NEWUTS));
        show("pidfd with user", setns(pidfd, CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID));
        yes("uts joined", ns_number(0, "uts") == ns_number(pid, "uts"));
        yes("mnt joined", ns_number(0, "mnt") == ns_number(pid, "mnt"));
        yes("net joined", ns_number(0, "net") == ns_number(pid, "net"));
        yes("time not joined", ns_number(0, "time") != ns_number(pid, "time"));
        show_caps("joined");
    }
    if (geteuid() == 0) {
        CHILD {
            become(1000, 1000);
            try_all("a stranger", pid);
            int pidfd = must(pidfd_of(pid));
            show("a stranger by pidfd", setns(pidfd, CLONE_NEWUSER));
            show("a stranger by link", ns_open(pid, "user"));
        }
        int user = must(ns_open(pid, "user")), uts = must(ns_open(pid, "uts"));
        CHILD {
            become(1000, 1000);
            show("a stranger holding the fd: user", setns(user, 0));
            show("a stranger holding the fd: uts", setns(uts, 0));
        }
        CHILD { drop_cap(CAP_SYS_ADMIN); show("the owner without CAP_SYS_ADMIN: user", setns(user, 0)); show_caps("then"); }
        CHILD { drop_cap(CAP_SYS_ADMIN); show("the owner without CAP_SYS_ADMIN: uts", setns(uts, 0)); }
        CHILD {
            must(setresuid(1000, 1000, 0));
            show("euid 1000, no caps: user", setns(user, 0));
            must(setresuid(-1, 0, -1));
            drop_cap(CAP_SYS_CHROOT);
            show("without CAP_SYS_CHROOT: mnt", setns(must(ns_open(pid, "mnt")), 0));
            show("without CAP_SYS_CHROOT: own mnt", setns(must(ns_open(0, "mnt")), 0));
        }
    }
    gate_open(end);
    reap(pid);
    return 0;
}
