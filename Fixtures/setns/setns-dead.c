// Rules:
// As: user root
// A target that is a zombie or reaped, and namespaces that outlive their members through an open file.
#include "fixture.h"
int main(void) {
    pid_t pid;
    struct gate end = gate_new();
    char *self_uid = own_uid_at(0);
    SPAWN_IN_USERNS(pid, CLONE_NEWUTS, self_uid, NULL) { must(sethostname("kept", 4)); gate_wait(end); }
    int user = must(ns_open(pid, "user")), uts = must(ns_open(pid, "uts")), pidfd = must(pidfd_of(pid));
    struct stat before, after;
    must(fstat(user, &before));
    gate_open(end);
    siginfo_t info;
    must(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
    show("zombie: setns", setns(pidfd, CLONE_NEWUSER));
    show("zombie: ioctl", ioctl(pidfd, PIDFD_NS(PIDFD_USER), 0));
    ok("zombie: open user", ns_open(pid, "user"));
    ok("zombie: open pid", ns_open(pid, "pid"));
    show("zombie: open uts", ns_open(pid, "uts"));
    show("zombie: open mnt", ns_open(pid, "mnt"));
    show("zombie: open pid_for_children", ns_open(pid, "pid_for_children"));
    show_file("zombie: uid_map", format_path("/proc/%d/uid_map", pid));
    show("zombie: signal 0", syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
    reap(pid);
    show("reaped: setns", setns(pidfd, CLONE_NEWUSER));
    show("reaped: ioctl", ioctl(pidfd, PIDFD_NS(PIDFD_USER), 0));
    show("reaped: signal 0", syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
    show("reaped: pidfd_open", pidfd_of(pid));
    show("reaped: open", ns_open(pid, "user"));
    must(fstat(user, &after));
    yes("the namespace is the same", before.st_ino == after.st_ino && before.st_dev == after.st_dev);
    CHILD {
        show("join it still", setns(user, 0));
        show("and its uts", setns(uts, 0));
        struct utsname name;
        must(uname(&name));
        say("hostname %s", name.nodename);
        show_file("map", "/proc/self/uid_map");
        show_uids("there");
    }
    return 0;
}
