// Rules: pidfd-namespace-no-access
// As: root user
// The namespace requests of pidfds against the files of /proc.
#include "fixture.h"
static const char *names[] = {"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts"};
static void requests(const char *who, pid_t pid) {
    int pidfd = must(pidfd_of(pid));
    for (int i = 0; i < 10; i++) {
        int fd = ioctl(pidfd, PIDFD_NS(i + 1), 0);
        if (fd == -1) { say("%s %s: %s", who, names[i], errno_text(errno)); continue; }
        int other = ns_open(pid, names[i]);
        say("%s %s: same as the link %d, cloexec %d", who, names[i], same_file(fd, other), fcntl(fd, F_GETFD));
        close(fd);
        close(other);
    }
    show("argument not 0", ioctl(pidfd, PIDFD_NS(PIDFD_UTS), 1));
    show("unknown", ioctl(pidfd, 0xff20, 0));
}
int main(void) {
    pid_t pid;
    struct gate end = gate_new();
    requests("self", getpid());
    SPAWN_IN_USERNS(pid, CLONE_NEWUTS, own_uid_at(0), NULL) {
        requests("parent", getppid());
        gate_wait(end);
    }
    gate_open(end);
    reap(pid);
    SPAWN_IN_USERNS(pid, CLONE_NEWUTS, own_uid_at(0), NULL) gate_wait(end);
    requests("child", pid);
    if (geteuid() == 0) CHILD {
        become(1000, 1000);
        requests("stranger", pid);
    }
    gate_open(end);
    reap(pid);
    return 0;
}
