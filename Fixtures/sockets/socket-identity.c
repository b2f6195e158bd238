// Rules: socket-credentials-foreign-gid socket-credentials-foreign-pid socket-credentials-foreign-uid socket-credentials-unmapped
// As: user root
// SO_PEERCRED, SO_PASSCRED and SCM_CREDENTIALS: who is shown, in whose numbers, and who may claim what.
#include "fixture.h"
#include <sys/un.h>
static pid_t main_pid;
static const char *who(pid_t pid) {
    static char text[4][32];
    static int next;
    if (pid == 0) return "0";
    if (pid == getpid()) return "self";
    if (pid == main_pid) return "main";
    if (pid == getppid()) return "parent";
    if (pid == 1) return "1";
    sprintf(text[next %= 4], "other");
    return text[next++];
}
static void peer(const char *label, int fd) {
    struct ucred cred = {0};
    socklen_t size = sizeof cred;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) == -1) say("%s: %s", label, errno_text(errno));
    else say("%s: pid %s uid %d gid %d (%u)", label, who(cred.pid), cred.uid, cred.gid, size);
    gid_t groups[64];
    size = sizeof groups;
    if (getsockopt(fd, SOL_SOCKET, 59 /* SO_PEERGROUPS */, groups, &size) == -1) say("  groups: %s", errno_text(errno));
    else say("  %u groups", size / 4);
}
static long claim(int fd, pid_t pid, uid_t uid, gid_t gid) {
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(struct ucred))]; } control;
    struct iovec vector = {"m", 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    control.header = (struct cmsghdr){CMSG_LEN(sizeof(struct ucred)), SOL_SOCKET, SCM_CREDENTIALS};
    memcpy(CMSG_DATA(&control.header), &(struct ucred){pid, uid, gid}, sizeof(struct ucred));
    return sendmsg(fd, &message, 0);
}
static void receive(const char *label, int fd) {
    char data[64];
    union { struct cmsghdr header; char bytes[256]; } control;
    struct iovec vector = {data, sizeof data};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = sizeof control};
    errno = 0;
    long got = recvmsg(fd, &message, MSG_DONTWAIT);
    if (got == -1) { say("%s: %s", label, errno_text(errno)); return; }
    say("%s: %ld control %zu flags %x", label, got, message.msg_controllen, message.msg_flags);
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        struct ucred cred;
        memcpy(&cred, CMSG_DATA(at), sizeof cred);
        if (at->cmsg_type == SCM_CREDENTIALS) say("  pid %s uid %u gid %u", who(cred.pid), cred.uid, cred.gid);
        else say("  type %d", at->cmsg_type);
    }
}
static void attempts(int to, int from) {
    struct { const char *label; pid_t pid; uid_t uid; gid_t gid; } list[] = {
        {"the truth", getpid(), geteuid(), getegid()}, {"another pid", main_pid, geteuid(), getegid()},
        {"no such pid", 4000000, geteuid(), getegid()}, {"pid 0", 0, geteuid(), getegid()},
        {"another uid", getpid(), 7, getegid()}, {"another gid", getpid(), geteuid(), 7},
        {"no uid", getpid(), -1, getegid()}, {"no gid", getpid(), geteuid(), -1},
        {"no uid, no such pid", 4000000, -1, getegid()},
    };
    for (unsigned i = 0; i < sizeof list / sizeof *list; i++) {
        show(list[i].label, claim(to, list[i].pid, list[i].uid, list[i].gid));
        receive("  received", from);
    }
}
int main(void) {
    main_pid = getpid();
    int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (int i = 0; i < 3; i++) {
        say("type %d", types[i]);
        int pair[2];
        must(socketpair(AF_UNIX, types[i], 0, pair));
        peer("pair", pair[0]);
        must(send(pair[1], "early", 5, 0));
        receive("nobody asked", pair[0]);
        must(send(pair[1], "early", 5, 0));
        must(setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
        receive("asked after it was sent", pair[0]);
        must(send(pair[1], "m", 1, 0));
        receive("sent plainly", pair[0]);
        must(write(pair[1], "m", 1));
        receive("written", pair[0]);
        struct msghdr message = {.msg_iov = &(struct iovec){"m", 1}, .msg_iovlen = 1};
        must(sendmsg(pair[1], &message, 0));
        receive("message without control", pair[0]);
        struct gate sent = gate_new(), next = gate_new(), done = gate_new();
        pid_t child;
        SPAWN(child) { must(write(pair[1], "c", 1)); gate_open(sent); gate_wait(next); must(claim(pair[1], getpid(), geteuid(), getegid())); gate_open(sent); gate_wait(done); }
        gate_wait(sent);
        receive("from a child", pair[0]);
        gate_open(next);
        gate_wait(sent);
        receive("and its claim", pair[0]);
        gate_open(done);
        reap(child);
        must(send(pair[1], "m", 1, 0));
        char data[8];
        show("read", read(pair[0], data, 8));
        attempts(pair[1], pair[0]);
        CHILD {
            must(unshare(CLONE_NEWUSER));
            say("in a user namespace without maps");
            peer("pair", pair[0]);
            attempts(pair[1], pair[0]);
            must(send(pair[1], "m", 1, 0));
            receive("sent plainly", pair[0]);
        }
        USERNS_CHILD(0, own_uid_at(5), NULL) {
            say("as user 5 of a user namespace");
            peer("pair", pair[0]);
            attempts(pair[1], pair[0]);
            must(send(pair[1], "m", 1, 0));
        }
        receive("from there", pair[0]);
        USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(3)) {
            CHILD {
                say("in a pid namespace");
                peer("pair", pair[0]);
                must(send(pair[1], "m", 1, 0));
                receive("its own", pair[0]);
                show("its claim", claim(pair[1], getpid(), 0, 3));
                receive("its claim", pair[0]);
                show("its init", claim(pair[1], 1, 0, 3));
                receive("its init", pair[0]);
                show("another user", claim(pair[1], getpid(), 1, 3));
            }
        }
    }
    say("connected");
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "s"};
    int server = must(socket(AF_UNIX, SOCK_STREAM, 0));
    peer("unconnected", server);
    must(bind(server, (struct sockaddr *)&address, sizeof address));
    must(chmod("s", 0777));
    must(chmod(".", 0777));
    pid_t child;
    if (geteuid() == 0) { must(setresgid(-1, 77, -1)); must(setresuid(-1, 88, -1)); }
    must(listen(server, 5));
    if (getuid() == 0) { must(setresuid(-1, 0, -1)); must(setresgid(-1, 0, -1)); }
    peer("listening", server);
    SPAWN(child) {
        if (geteuid() == 0) { must(setresgid(5, 6, 7)); must(setresuid(8, 9, 10)); }
        int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
        must(connect(fd, (struct sockaddr *)&address, sizeof address));
        peer("client sees", fd);
        must(write(fd, "x", 1));
        char data;
        must(read(fd, &data, 1));
    }
    int end = must(accept(server, NULL, NULL));
    char byte;
    must(read(end, &byte, 1));
    struct ucred cred;
    socklen_t size = sizeof cred;
    must(getsockopt(end, SOL_SOCKET, SO_PEERCRED, &cred, &size));
    say("server sees pid %s uid %d gid %d", cred.pid == child ? "child" : "?", cred.uid, cred.gid);
    size = 8;
    must(getsockopt(end, SOL_SOCKET, SO_PEERCRED, &cred, &size));
    say("cut to %u", size);
    must(write(end, "x", 1));
    reap(child);
    int datagram = must(socket(AF_UNIX, SOCK_DGRAM, 0));
    peer("datagram", datagram);
    return 0;
}
