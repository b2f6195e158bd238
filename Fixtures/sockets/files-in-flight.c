// Rules: socket-too-many-files-in-flight
// As: root
// How many files may be on their way in messages: by the sender's user against RLIMIT_NOFILE, unless it is privileged.
#include "fixture.h"
static long send_copies(int socket, int file, int count) {
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int) * 64)]; } control;
    struct iovec vector = {"x", 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    control.header = (struct cmsghdr){CMSG_LEN(sizeof(int) * count), SOL_SOCKET, SCM_RIGHTS};
    for (int i = 0; i < count; i++) memcpy(CMSG_DATA(&control.header) + i * sizeof(int), &file, sizeof(int));
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}
static void receive_one(int socket) {
    char byte;
    must(recvmsg(socket, &(struct msghdr){.msg_iov = &(struct iovec){&byte, 1}, .msg_iovlen = 1}, 0));
}
int main(void) {
    // Users of their own, as files of others of the same user count too.
    int pair[2];
    CHILD {
        must(setresuid(54322, 54322, 54322));
        must(prctl(PR_SET_DUMPABLE, 1));
        must(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
        must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){20, 4096}));
        USERNS_CHILD(0, own_uid_at(0), NULL) {
            show("root of a namespace: 30 files", send_copies(pair[0], 1, 30));
            show("one more", send_copies(pair[0], 1, 1));
        }
        show("its user outside", send_copies(pair[0], 1, 1));
    }
    must(setresuid(54321, 54321, 54321));
    must(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){20, 4096}));
    show("30 files with a limit of 20", send_copies(pair[0], 1, 30));
    show("one more", send_copies(pair[0], 1, 1));
    show("a message without files", send(pair[0], "y", 1, 0));
    CHILD show("from another process", send_copies(pair[0], 1, 1));
    receive_one(pair[1]);
    show("after 30 were received", send_copies(pair[0], 1, 20));
    show("at the limit", send_copies(pair[0], 1, 1));
    show("above it", send_copies(pair[0], 1, 1));
    must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){40, 4096}));
    show("with a higher limit", send_copies(pair[0], 1, 1));
    close(pair[0]);
    close(pair[1]);
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    show("after the sockets are gone", send_copies(pair[0], 1, 41));
    show("a stream", send_copies(pair[0], 1, 1));
    return 0;
}
