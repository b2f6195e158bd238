// Rules: file-access-denied file-noexec-mount nsfs-is-immutable utime-now-denied xattr-trusted xattr-trusted-hidden
// As: root user
// A pidfd as a file: it has no type, cannot be changed or executed, keeps trusted attributes, and /proc reopens it.
#include "fixture.h"
#include <sys/vfs.h>
#include <sys/xattr.h>
int main(void) {
    int pidfd = must(pidfd_of(getpid())), thread = must(syscall(SYS_pidfd_open, getpid(), PIDFD_THREAD));
    struct stat status;
    must(fstat(pidfd, &status));
    say("mode %o, owner %d, links %d, size %d", status.st_mode, (int)status.st_uid, (int)status.st_nlink, (int)status.st_size);
    say("status flags %x, of a thread's %x", fcntl(pidfd, F_GETFL), fcntl(thread, F_GETFL));
    int generation = -1;
    show("generation", ioctl(pidfd, _IOR('v', 1, long), &generation));
    say("it is %d", generation);
    show("generation to nowhere", ioctl(pidfd, _IOR('v', 1, long), NULL));

    show("fchmod", fchmod(pidfd, 0777));
    show("fchown", fchown(pidfd, geteuid(), -1));
    show("fchown to nobody", fchown(pidfd, -1, -1));
    show("times", futimens(pidfd, (struct timespec[2]){{1, 0}, {1, 0}}));
    show("times now", futimens(pidfd, NULL));
    int event = must(eventfd(0, 0)), namespace = must(ns_open(0, "uts"));
    show("fchmod of an eventfd", fchmod(event, 0777));
    show("fchown of an eventfd", fchown(event, geteuid(), -1));
    show("fchmod of a namespace", fchmod(namespace, 0777));

    char value[8];
    show("set user", fsetxattr(pidfd, "user.a", "b", 1, 0));
    show("set trusted", fsetxattr(pidfd, "trusted.a", "b", 1, 0));
    show("create again", fsetxattr(pidfd, "trusted.a", "c", 1, XATTR_CREATE));
    show("replace none", fsetxattr(pidfd, "trusted.none", "c", 1, XATTR_REPLACE));
    show("set security", fsetxattr(pidfd, "security.a", "b", 1, 0));
    show("list", flistxattr(pidfd, NULL, 0));
    int other = must(pidfd_of(getpid()));
    close(pidfd);
    close(thread);
    close(other);
    pidfd = must(pidfd_of(getpid()));
    show("get from a new pidfd", fgetxattr(pidfd, "trusted.a", value, sizeof value));
    show("get user", fgetxattr(pidfd, "user.a", value, sizeof value));
    show("remove", fremovexattr(pidfd, "trusted.a"));
    show("remove again", fremovexattr(pidfd, "trusted.a"));

    char *path = format_path("/proc/self/fd/%d", pidfd), *none[] = {"x", NULL};
    show("execute", syscall(SYS_execveat, pidfd, "", none, none, AT_EMPTY_PATH));
    show("execute by path", execve(path, none, none));
    show("access", access(path, X_OK));
    int again = open(path, O_RDWR | O_NONBLOCK);
    ok("reopen", again);
    if (again != -1) {
        say("status flags %x", fcntl(again, F_GETFL));
        show("it takes signals", syscall(SYS_pidfd_send_signal, again, 0, NULL, 0));
    }

    // The directory of a process in /proc stands for it as well, but not for its threads.
    int directory = must(open(format_path("/proc/%d", getpid()), O_DIRECTORY));
    show("signal by /proc/[pid]", syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0));
    show("to a thread", syscall(SYS_pidfd_send_signal, directory, 0, NULL, 1));
    show("by task/[tid]", syscall(SYS_pidfd_send_signal, must(open(format_path("/proc/self/task/%d", getpid()), O_DIRECTORY)), 0, NULL, 0));
    show("by /proc", syscall(SYS_pidfd_send_signal, must(open("/proc", O_DIRECTORY)), 0, NULL, 0));
    show("by a place", syscall(SYS_pidfd_send_signal, must(open(format_path("/proc/%d", getpid()), O_PATH)), 0, NULL, 0));
    show("files by /proc/[pid]", syscall(SYS_pidfd_getfd, directory, 0, 0));
    pid_t pid;
    struct gate end = gate_new();
    SPAWN(pid) gate_wait(end);
    directory = must(open(format_path("/proc/%d", pid), O_DIRECTORY));
    gate_open(end);
    must(waitid(P_PID, pid, NULL, WEXITED | WNOWAIT));
    show("zombie", syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0));
    reap(pid);
    show("reaped", syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0));
    return 0;
}
