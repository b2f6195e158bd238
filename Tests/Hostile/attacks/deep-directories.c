// Long chains whose ends are let go at once: what the sentry frees by recursion ends its stack. The chain of directories
// is removed from below while a process is still in the deepest one; then that process goes.
// Limits: stack=1024
// Seconds: 6
#include "hostile.h"

void prepare(void) { once = true; }

static void directories(void) {
    int told[2];
    pipe(told);
    chdir("/tmp");
    char name[32];
    sprintf(name, "deep%d", getpid());
    mkdir(name, 0777);
    chdir(name);
    double enough = left() * 0.5;
    long depth = 0;
    while (left() > enough) {
        if (RAW(SYS_mkdir, "d", 0777) != 0 || RAW(SYS_chdir, "d") != 0) break;
        depth++;
        round_done();
    }
    pid_t deepest = fork();
    if (deepest == 0) {
        char byte;
        close(told[1]);
        read(told[0], &byte, 1);
        // Half the time the directory is left, half the time the process ends.
        if (random_word() & 1) chdir("/");
        getppid();
        _exit(0);
    }
    while (depth-- > 0 && left() > 0.2)
        if (RAW(SYS_chdir, "..") != 0 || RAW(SYS_rmdir, "d") != 0) break;
    chdir("/tmp");
    rmdir(name);
    close(told[0]), close(told[1]);
    waitpid(deepest, NULL, 0);
    getppid();
}

/// Sockets in flight within sockets in flight.
static void sockets(int depth) {
    int outer[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, outer) != 0) return;
    double enough = left() * 0.8;
    for (int i = 0; i < depth && left() > enough; i++) {
        int next[2];
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, next) != 0) break;
        char control[CMSG_SPACE(2 * sizeof(int))] = {0};
        struct iovec data = {"x", 1};
        struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(2 * sizeof(int));
        memcpy(CMSG_DATA(head), outer, sizeof outer);
        if (sendmsg(next[0], &message, MSG_DONTWAIT) != 1) { close(next[0]), close(next[1]); break; }
        close(outer[0]), close(outer[1]);
        memcpy(outer, next, sizeof outer);
        round_done();
    }
    close(outer[0]), close(outer[1]);
    getppid();
}

/// User namespaces as deep as they go, and processes in them, over and over.
static void namespaces(void) {
    for (int i = 0; i < 40; i++) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC) != 0) break;
        pid_t pid = fork();
        if (pid > 0) { waitpid(pid, NULL, 0); _exit(0); }
        round_done();
    }
    _exit(0);
}

static void attack(void) {
    pid_t pid = fork();
    if (pid == 0) { sockets(20000); _exit(0); }
    waitpid(pid, NULL, 0);
    pid = fork();
    if (pid == 0) namespaces();
    waitpid(pid, NULL, 0);
    directories();
}
