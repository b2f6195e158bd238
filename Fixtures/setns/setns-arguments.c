// Rules: nsfs-is-immutable setns-mount-needs-capabilities setns-needs-admin-over-target setns-not-a-namespace setns-pidfd-flags setns-user-is-current setns-wrong-kind
// As: user root
// setns(2): what may be given as fd and flags.
#include "fixture.h"
static const char *links[] = {"net", "uts", "ipc", "pid", "pid_for_children", "user", "mnt", "cgroup", "time", "time_for_children"};
#define TRY(call) show(#call, call)
int main(void) {
    for (int i = 0; i < 10; i++) CHILD {
        int fd = must(ns_open(0, links[i]));
        show(format_path("own %s, flags 0", links[i]), setns(fd, 0));
        show(format_path("own %s, NEWUTS", links[i]), setns(fd, CLONE_NEWUTS));
        show(format_path("own %s, NEWUTS|NEWIPC", links[i]), setns(fd, CLONE_NEWUTS | CLONE_NEWIPC));
        show(format_path("own %s, 1", links[i]), setns(fd, 1));
    }
    TRY(setns(-1, 0));
    TRY(setns(999, CLONE_NEWUSER));
    int null = must(open("/dev/null", O_RDONLY)), dir = must(open("/proc/self", O_RDONLY | O_DIRECTORY));
    TRY(setns(null, 0));
    TRY(setns(dir, CLONE_NEWUSER));
    TRY(setns(must(open("/proc/self/status", O_RDONLY)), 0));
    int pipe_fds[2];
    must(pipe(pipe_fds));
    TRY(setns(pipe_fds[0], CLONE_NEWUTS));
    TRY(setns(must(socket(AF_UNIX, SOCK_STREAM, 0)), CLONE_NEWUTS));
    int path_fd = must(open("/proc/self/ns/uts", O_PATH));
    TRY(setns(path_fd, 0));
    int link_fd = must(open("/proc/self/ns/uts", O_PATH | O_NOFOLLOW));
    TRY(setns(link_fd, 0));
    int pidfd = must(pidfd_of(getpid()));
    TRY(setns(pidfd, 0));
    TRY(setns(pidfd, 1));
    TRY(setns(pidfd, 0x100));
    TRY(setns(pidfd, CLONE_NEWUSER));
    TRY(setns(pidfd, CLONE_NEWUTS | CLONE_NEWUSER));
    TRY(setns(pidfd, CLONE_NEWUTS));
    TRY(setns(pidfd, CLONE_NEWUTS | CLONE_VM));
    TRY(setns(pidfd, CLONE_NEWTIME | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWCGROUP));
    TRY(setns(pidfd, -1));
    // Another namespace of the type given in the flags; a dup and a reopened descriptor are as good.
    int fd = must(ns_open(0, "uts"));
    TRY(setns(dup(fd), CLONE_NEWUTS));
    TRY(setns(must(open(format_path("/proc/self/fd/%d", fd), O_RDONLY)), CLONE_NEWUTS));
    TRY(open("/proc/self/ns/uts", O_RDWR));
    TRY(open("/proc/self/ns/uts", O_WRONLY));
    TRY(open("/proc/self/ns/uts", O_RDONLY | O_NOFOLLOW));
    TRY(open("/proc/self/ns/uts", O_RDONLY | O_DIRECTORY));
    TRY(open("/proc/self/ns/nothing", O_RDONLY));
    return 0;
}
