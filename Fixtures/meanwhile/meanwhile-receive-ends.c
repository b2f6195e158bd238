// Rules:
// As: root
// While recvmsg and its kin wait: descriptor, flags and timeout change, ends shut down, a part is done, signals come.
#include "receiving.h"
static void descriptors(void) {
    // One at a time: which of two gets what comes is nobody's to say.
    for (int plain = 0; plain < 2; plain++)
        CASE(SOCK_STREAM, plain ? "the descriptor of read is replaced" : "the descriptor is replaced") {
            int fds[2], kept = dup(pair[0]);
            must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
            struct waiter *w = plain ? begin(SYS_read, pair[0], first, 8L) : RECVMSG(0);
            must(dup2(fds[0], pair[0]));
            post(fds[1], "other");
            waits("replaced", w);
            post(pair[1], "hello");
            finish("received", w);
            buffers();
            take("left in the first", kept);
            take("left in the second", fds[0]);
        }
    for (int plain = 0; plain < 2; plain++)
        CASE(SOCK_STREAM, plain ? "the descriptor of recvfrom is closed" : "the descriptor is closed") {
            struct waiter *w = plain ? begin(SYS_recvfrom, pair[0], first, 8L, 0L, 0L, 0L) : RECVMSG(0);
            must(close(pair[0]));
            waits("closed", w);
            post(pair[1], "hello");
            finish("received", w);
            buffers();
            show("nobody is left", send(pair[1], "x", 1, MSG_NOSIGNAL));
        }
    CASE(SOCK_STREAM, "shutdown") {
        struct waiter *w = RECVMSG(0), *r = begin(SYS_read, pair[0], second, 8L), *back = begin(SYS_recvfrom, pair[1], second, 8L, 0L, 0L, 0L);
        must(shutdown(pair[0], SHUT_RD));
        finish("recvmsg", w);
        finish("read", r);
        waits("the other end", back);
        must(shutdown(pair[0], SHUT_WR));
        finish("the other end", back);
    }
    CASE(SOCK_DGRAM, "shutdown of datagrams") {
        struct waiter *w = RECVMSG(0);
        must(shutdown(pair[0], SHUT_RD));
        finish("recvmsg", w);
        w = begin(SYS_recvmsg, pair[1], header, 0L);
        must(shutdown(pair[0], SHUT_WR));
        waits("the other end", w);
    }
    CASE(SOCK_STREAM, "the other end is closed") {
        struct waiter *w = RECVMSG(0);
        must(close(pair[1]));
        finish("recvmsg", w);
    }
    CASE(SOCK_DGRAM, "the other end of datagrams is closed") {
        struct waiter *w = RECVMSG(0);
        must(close(pair[1]));
        waits("recvmsg", w);
    }
    for (int plain = 0; plain < 2; plain++)
        CASE(SOCK_STREAM, plain ? "flags and timeout of read" : "flags and timeout") {
            struct timeval limit = {0, 10000};
            struct waiter *w = plain ? begin(SYS_read, pair[0], first, 8L) : RECVMSG(0);
            must(fcntl(pair[0], F_SETFL, O_NONBLOCK));
            must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
            waits("changed", w);
            show("another", recvmsg(pair[0], header, 0));
            post(pair[1], "hello");
            finish("received", w);
            must(fcntl(pair[0], F_SETFL, 0));
            limit.tv_usec = 100000;
            must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
            w = plain ? begin(SYS_read, pair[0], first, 8L) : RECVMSG(0);
            limit.tv_sec = 20;
            must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
            finish("lengthened", w);
        }
    CASE(SOCK_STREAM, "MSG_PEEK") {
        struct waiter *w = RECVMSG(MSG_PEEK);
        post(pair[1], "hello");
        finish("recvmsg", w);
        take("left", pair[0]);
    }
}
static void partly(void) {
    CASE(SOCK_STREAM, "MSG_WAITALL: header, vector and descriptor are changed in the middle") {
        int fds[2], kept = dup(pair[0]);
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
        struct waiter *w = RECVMSG(MSG_WAITALL);
        post(pair[1], "abc");
        waits("three of eight", w);
        say("there: %.8s", first);
        vector[0] = (struct iovec){second, 4};
        must(dup2(fds[0], pair[0]));
        post(fds[1], "other");
        first[0] = 'X';
        post(pair[1], "defghi");
        finish("recvmsg", w);
        buffers();
        take("left in the first", kept);
        take("left in the second", fds[0]);
    }
    CASE(SOCK_STREAM, "MSG_WAITALL: ends") {
        struct waiter *w = RECVMSG(MSG_WAITALL);
        post(pair[1], "abc");
        waits("three of eight", w);
        interrupt(w, SA_RESTART);
        finish("a signal", w);
        w = begin(SYS_recvfrom, pair[0], second, 8L, (long)MSG_WAITALL, 0L, 0L);
        post(pair[1], "def");
        waits("three of eight", w);
        interrupt(w, 0);
        finish("a signal in recvfrom", w);
        buffers();
        w = RECVMSG(MSG_WAITALL);
        interrupt(w, SA_RESTART);
        waits("a signal before the first byte", w);
        post(pair[1], "ghi");
        waits("three of eight", w);
        must(shutdown(pair[1], SHUT_WR));
        finish("shutdown", w);
        buffers();
    }
    CASE(SOCK_STREAM, "MSG_WAITALL: timeout") {
        struct timeval limit = {0, 150000};
        must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
        struct waiter *w = RECVMSG(MSG_WAITALL);
        post(pair[1], "abc");
        finish("recvmsg", w);
        buffers();
    }
    CASE(SOCK_STREAM, "signals") {
        int fds[2];
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
        struct waiter *w = RECVMSG(0);
        interrupt(w, 0);
        finish("plain", w);
        w = RECVMSG(0);
        vector[0] = (struct iovec){second, 2};
        must(dup2(fds[0], pair[0]));
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        post(fds[1], "hello");
        finish("the restarted call looks at everything again", w);
        buffers();
        take("left", fds[0]);
        must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){20, 0}, sizeof(struct timeval)));
        w = RECVMSG(0);
        interrupt(w, SA_RESTART);
        finish("with a timeout", w);
    }
}
int main(void) {
    descriptors();
    partly();
    return 0;
}
