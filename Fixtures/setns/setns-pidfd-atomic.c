// Rules: setns-mount-needs-capabilities setns-needs-admin-here setns-needs-admin-over-target setns-pidfd-flags setns-user-is-current setns-user-shared-fs
// As: root user
// A pidfd and many flags: all of the namespaces are joined, or none.
#include "fixture.h"
static const char *links[] = {"user", "mnt", "uts", "ipc", "net", "cgroup", "pid_for_children", "time"};
static void joined(pid_t pid) {
    char text[200] = "";
    for (int i = 0; i < 8; i++) {
        const char *theirs = !strcmp(links[i], "pid_for_children") ? "pid" : links[i];
        ino_t a = ns_number(0, links[i]), b = ns_number(pid, theirs);
        sprintf(text + strlen(text), " %s%s", links[i], b == 0 ? "?" : a == b ? "=" : "-");
    }
    say("  joined:%s", text);
}
int main(void) {
    pid_t pid;
    struct gate end = gate_new();
    const int some = CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWTIME;
    SPAWN_IN_USERNS(pid, some | CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        pid_t inner;
        SPAWN(inner) gate_wait(end);
        reap(inner);
    }
    int pidfd = must(pidfd_of(pid));
    static const struct { const char *name; int flags; } tries[] = {
        {"user", CLONE_NEWUSER}, {"user uts", CLONE_NEWUSER | CLONE_NEWUTS}, {"uts", CLONE_NEWUTS},
        {"user mnt uts ipc net cgroup", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP},
        {"user and everything", CLONE_NEWUSER | some | CLONE_NEWPID},
        {"user time", CLONE_NEWUSER | CLONE_NEWTIME}, {"pid", CLONE_NEWPID}, {"time", CLONE_NEWTIME},
        {"mnt", CLONE_NEWNS}, {"uts mnt", CLONE_NEWUTS | CLONE_NEWNS}, {"uts and a bad bit", CLONE_NEWUTS | CLONE_FILES},
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) CHILD {
        show(tries[i].name, setns(pidfd, tries[i].flags));
        joined(pid);
    }
    CHILD {
        must(setns(pidfd, CLONE_NEWUSER));
        show("then user uts", setns(pidfd, CLONE_NEWUSER | CLONE_NEWUTS));
        joined(pid);
        show("then uts ipc", setns(pidfd, CLONE_NEWIPC | CLONE_NEWUTS));
        joined(pid);
    }
    CHILD {
        // The mount namespace refuses because the fs structure is shared; the rest must not be joined either.
        pid_t sharer = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
        if (sharer == 0) { pause(); _exit(0); }
        show("shared fs: uts mnt", setns(pidfd, CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS));
        joined(pid);
        must(kill(sharer, SIGKILL));
        wait_status(sharer);
    }
    gate_open(end);
    reap(pid);
    return 0;
}
