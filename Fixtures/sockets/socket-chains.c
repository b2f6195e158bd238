// Rules: socket-too-many-files-in-flight
// As: user
// Sockets that only messages hold: a long chain of them, and pairs passed to each other. What fails on the way is not shown,
// for the limits differ.
#include "fixture.h"
static void pass(int to, int fd) {
    union { struct cmsghdr header; char bytes[CMSG_SPACE(4)]; } control = {.header = {CMSG_LEN(4), SOL_SOCKET, SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), &fd, 4);
    struct iovec vector = {"x", 1};
    struct msghdr m = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    sendmsg(to, &m, 0);
}
int main(void) {
    int last[2], next[2], i;
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, last));
    for (i = 0; i < 12000; i++) {
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, next));
        pass(next[0], last[1]);
        close(last[0]); close(last[1]);
        last[0] = next[0]; last[1] = next[1];
    }
    close(last[0]); close(last[1]);
    say("chain gone");
    for (i = 0; i < 9000; i++) {
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, next));
        pass(next[0], next[1]); pass(next[1], next[0]);
        close(next[0]); close(next[1]);
    }
    say("cycles gone");
    return 0;
}
