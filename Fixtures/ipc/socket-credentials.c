// Rules: socket-credentials-foreign-gid socket-credentials-foreign-pid socket-credentials-foreign-uid socket-credentials-unmapped
// As: root user
// SCM_CREDENTIALS: which ids and pids may be claimed, and how the receiver sees them; SO_PEERCRED.
#include "fixture.h"
static int sockets[2];
static void claim(const char *label, pid_t pid, uid_t uid, gid_t gid) {
    struct ucred ucred = {pid, uid, gid};
    char control[CMSG_SPACE(sizeof ucred)] = {0}, byte = 'x';
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS, .cmsg_len = CMSG_LEN(sizeof ucred)};
    memcpy(CMSG_DATA(header), &ucred, sizeof ucred);
    show(label, sendmsg(sockets[0], &message, 0));
}
static void receive(const char *label, pid_t expected) {
    struct ucred ucred = {0};
    char control[256] = {0}, byte;
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    long got = recvmsg(sockets[1], &message, MSG_DONTWAIT);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (got != 1) say("%s: %s", label, got == -1 ? errno_text(errno) : "?");
    else if (!header) say("%s: no credentials", label);
    else {
        memcpy(&ucred, CMSG_DATA(header), sizeof ucred);
        say("%s: pid %s uid %u gid %u", label, ucred.pid == expected ? "as expected" : ucred.pid == 0 ? "0" : "another", ucred.uid, ucred.gid);
    }
}
static void peer(const char *label, int fd, pid_t expected) {
    struct ucred ucred = {0};
    socklen_t length = sizeof ucred;
    must(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &ucred, &length));
    say("%s: pid %s uid %u gid %u", label, ucred.pid == expected ? "as expected" : ucred.pid == 0 ? "0" : "another", ucred.uid, ucred.gid);
}
int main(void) {
    int on = 1;
    pid_t self = getpid(), pid;
    uid_t uid = geteuid(), gid = getegid();
    must(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets));
    must(write(sockets[0], "x", 1));
    receive("not asked for", self);
    must(setsockopt(sockets[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
    must(write(sockets[0], "x", 1));
    receive("implicit", self);
    claim("own", self, uid, gid);
    receive("  received", self);
    claim("parent's pid", getppid(), uid, gid);
    receive("  received", getppid());
    claim("unknown pid", 4000000, uid, gid);
    claim("pid 0", 0, uid, gid);
    claim("another uid", self, 77, gid);
    receive("  received", self);
    claim("another gid", self, uid, 77);
    receive("  received", self);
    claim("uid -1", self, -1, gid);
    peer("peer", sockets[0], self);
    SPAWN(pid) { must(write(sockets[0], "x", 1)); }
    reap(pid);
    receive("from a child", pid);
    SPAWN_IN_USERNS(pid, 0, own_uid_at(7), own_gid_at(7)) {
        claim("inside: own", getpid(), 7, 7);
        claim("inside: outer ids", getpid(), uid, gid);
        claim("inside: unmapped", getpid(), 8, 7);
        claim("inside: parent's pid", getppid(), 7, 7);
        must(write(sockets[0], "x", 1));
        peer("inside: peer", sockets[0], self);
    }
    reap(pid);
    for (int i = 0; i < 4; i++) receive("from inside", pid);
    while (recv(sockets[1], &on, 1, MSG_DONTWAIT) >= 0) {}
    SPAWN_IN_USERNS(pid, CLONE_NEWPID, own_uid_at(7), own_gid_at(7)) {
        CHILD {
            must(write(sockets[0], "x", 1));
            receive("inside a pid namespace, own", 1);
            claim("claims pid 1", 1, 7, 7);
            receive("  received", 1);
            claim("claims a pid of another", 2, 7, 7);
            peer("peer, outer process", sockets[0], self);
        }
    }
    reap(pid);
    if (uid == 0) {
        CHILD {
            must(setresuid(1000, 2000, 3000));
            must(setresgid(-1, -1, -1));
            must(write(sockets[0], "x", 1));
            receive("implicit has real ids", getpid());
            claim("saved uid", getpid(), 3000, 0);
            receive("  received", getpid());
            claim("effective uid", getpid(), 2000, 0);
            receive("  received", getpid());
            claim("no such", getpid(), 4000, 0);
            int pair[2];
            must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
            peer("peer has effective ids", pair[0], getpid());
        }
    }
    // Connected by name: the peer is who listened or connected.
    int listener = must(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un { sa_family_t family; char path[108]; } address = {AF_UNIX, "socket"};
    must(bind(listener, (void *)&address, sizeof address));
    must(listen(listener, 1));
    SPAWN(pid) {
        int client = must(socket(AF_UNIX, SOCK_STREAM, 0));
        must(connect(client, (void *)&address, sizeof address));
        char byte;
        must(read(client, &byte, 1));
        peer("client's peer", client, self);
    }
    int server = must(accept(listener, NULL, NULL));
    peer("server's peer", server, pid);
    must(write(server, "x", 1));
    reap(pid);
    struct stat st;
    must(stat("socket", &st));
    say("socket file mode %o", st.st_mode);
    show("bind again", bind(must(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&address, sizeof address));
    close(listener);
    show("connect to the dead one", connect(must(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&address, sizeof address));
    strcpy(address.path, "absent");
    show("connect to none", connect(must(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&address, sizeof address));
    return 0;
}
