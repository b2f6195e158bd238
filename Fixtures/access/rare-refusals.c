// Rules: clone-pidfd-detached file-access-denied fork-limit nsfs-mount-list-needs-admin proc-net-read-only proc-stack-needs-admin
// As: root user
// Refusals that programs seldom meet: an obsolete clone flag, limits, kernel stacks, the list of mount namespaces.
#include "fixture.h"
#define MNT_GET_NEXT _IOC(_IOC_READ, 0xb7, 11, 16)
int main(void) {
    int pidfd;
    show("clone(PIDFD | DETACHED)", syscall(SYS_clone, CLONE_PIDFD | 0x400000 | SIGCHLD, 0, &pidfd, 0, 0));
    show("open of /proc/net/tcp for writing", open("/proc/net/tcp", O_WRONLY));
    int mount = must(open("/proc/self/ns/mnt", O_RDONLY));
    CHILD {
        if (geteuid() == 0) must(setresuid(1000, 1000, 1000));
        show("next mount namespace", ioctl(mount, MNT_GET_NEXT, &(char[16]){0}));
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        char text[100];
        int stack = open("/proc/self/stack", O_RDONLY);
        show("stack opened", stack >= 0);
        show("stack read", read(stack, text, sizeof text));
        show("next mount namespace, as inner root", ioctl(mount, MNT_GET_NEXT, &(char[16]){0}));
    }
    CHILD {
        if (geteuid() == 0) { must(setresgid(1003, 1003, 1003)); must(setresuid(1003, 1003, 1003)); }
        must(setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0}));
        pid_t pid = fork();
        if (pid == 0) _exit(0);
        show("fork above the limit", pid);
    }
}
