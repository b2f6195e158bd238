// Rules:
// As: root user
// SO_PASSPIDFD: each message brings a pidfd of its sender, dead or alive.
#include "fixture.h"
#include <sys/socket.h>
#define SO_PASSPIDFD_ 76
#define SO_PEERPIDFD_ 77
#define SCM_PIDFD_ 4
struct info { uint64_t mask, cgroup; uint32_t pid, rest[10]; int32_t exit; };
static void about(const char *label, int pidfd, pid_t pid) {
    struct info info = {.mask = 8};
    if (ioctl(pidfd, 0xc040ff0b, &info) == -1) say("%s: pidfd %s, close-on-exec %d", label, errno_text(errno), fcntl(pidfd, F_GETFD));
    else say("%s: its pid %d, exit %x, close-on-exec %d", label, (pid_t)info.pid == pid, info.exit, fcntl(pidfd, F_GETFD));
}
static void receive(const char *label, int fd, pid_t sender, size_t room) {
    char byte, control[256];
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
    if (recvmsg(fd, &message, 0) == -1) { say("%s: %s", label, errno_text(errno)); return; }
    say("%s: flags %x", label, message.msg_flags);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        int number;
        memcpy(&number, CMSG_DATA(c), sizeof number);
        say("  type %d, length %zu", c->cmsg_type, (size_t)c->cmsg_len);
        if (c->cmsg_type == SCM_PIDFD_) about("  sender", number, sender), close(number);
    }
}
static void option(const char *label, int fd, int number) {
    int value = -1;
    socklen_t length = sizeof value;
    show(label, getsockopt(fd, SOL_SOCKET, number, &value, &length));
    say("  %d, %d", value, (int)length);
}
int main(void) {
    static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (int i = 0; i < 3; i++) {
        int ends[2], on = 1;
        must(socketpair(AF_UNIX, kinds[i], 0, ends));
        say("-- kind %d", kinds[i]);
        option("before", ends[0], SO_PASSPIDFD_);
        show("set", setsockopt(ends[0], SOL_SOCKET, SO_PASSPIDFD_, &on, sizeof on));
        option("after", ends[0], SO_PASSPIDFD_);
        option("credentials", ends[0], SO_PASSCRED);
        must(write(ends[1], "a", 1));
        receive("own", ends[0], getpid(), 256);
        pid_t pid;
        SPAWN(pid) must(write(ends[1], "b", 1));
        siginfo_t unused;
        must(waitid(P_PID, pid, &unused, WEXITED | WNOWAIT));
        receive("zombie's", ends[0], pid, 256);
        reap(pid);
        must(write(ends[1], "c", 1));
        receive("little room", ends[0], getpid(), 16);
        must(setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
        must(write(ends[1], "d", 1));
        receive("with credentials", ends[0], getpid(), 256);
        on = 0;
        must(setsockopt(ends[0], SOL_SOCKET, SO_PASSPIDFD_, &on, sizeof on));
        must(write(ends[1], "e", 1));
        receive("credentials alone", ends[0], getpid(), 256);
    }
    return 0;
}
