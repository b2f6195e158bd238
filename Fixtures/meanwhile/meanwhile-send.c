// Rules:
// As: root
// While sendmsg and its kin wait for room: header, vectors, control data, descriptors and timeout change; signals.
#include "waiting.h"
#include <sys/un.h>
enum { BIG = 1000000 };
static int pair[2];
static char *first, *second;
static struct msghdr *header;
static struct iovec *vector;
static void *large(void) {
    void *pages = mmap(NULL, BIG, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) _exit(98);
    return pages;
}
static void open_pair(int type) {
    must(socketpair(AF_UNIX, type, 0, pair));
    first = large();
    second = large();
    memset(first, 'a', BIG);
    memset(second, 'b', BIG);
    header = a_page();
    vector = a_page();
    vector[0] = (struct iovec){first, BIG};
    header->msg_iov = vector;
    header->msg_iovlen = 1;
}
/// Fills a socket up, and says how many calls that took.
static int fill(int fd, int size) {
    static char bytes[65536];
    memset(bytes, 'f', sizeof bytes);
    int count = 0;
    while (send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) count++;
    return count;
}
/// Reads what is there, until a call is done and nothing is left: how much, and how it begins and ends.
static long drain(const char *label, int fd, struct waiter *w) {
    static char bytes[65536];
    long total = 0, got;
    char start = '-', end = '-';
    for (int i = 0; i < 2000; i++) {
        bool last = is_done(w);
        while ((got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
            if (!total) start = bytes[0];
            end = bytes[got - 1];
            total += got;
        }
        if (last) break;
        usleep(1000);
    }
    yes(label, total == (w->result > 0 ? w->result : 0));
    say("from %c to %c", start, end);
    return total;
}
static void amount(const char *label, struct waiter *w) {
    if (!done_within(w, 1000)) { say("%s: waits for ever", label); _exit(0); }
    if (w->error) say("%s: -1 %s", label, errno_text(w->error));
    else say("%s: %s", label, w->result == BIG ? "all" : w->result ? "a part" : "nothing");
}
#define SENDMSG() begin(SYS_sendmsg, pair[0], header, (long)MSG_NOSIGNAL)
#define CASE(type, label) CHILD for (bool once_ = (open_pair(type), say("-- %s", label), true); once_; once_ = false)
static void streams(void) {
    CASE(SOCK_STREAM, "header and vector are changed") {
        struct waiter *w = SENDMSG();
        header->msg_iov = NULL;
        header->msg_iovlen = 0;
        vector[0] = (struct iovec){second, 10};
        waits("changed", w);
        drain("everything came", pair[1], w);
        amount("sendmsg", w);
    }
    CASE(SOCK_STREAM, "the bytes are changed") {
        struct waiter *w = SENDMSG();
        memset(first, 'c', BIG);
        drain("everything came", pair[1], w);
        amount("sendmsg", w);
    }
    CASE(SOCK_STREAM, "the bytes are unmapped") {
        struct waiter *w = SENDMSG();
        must(munmap(first, BIG));
        drain("what was sent came", pair[1], w);
        amount("sendmsg", w);
    }
    CASE(SOCK_STREAM, "the descriptor is replaced") {
        int fds[2];
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
        struct waiter *w = SENDMSG();
        must(dup2(fds[0], pair[0]));
        drain("everything came", pair[1], w);
        amount("sendmsg", w);
        show("the second has", recv(fds[1], second, 1, MSG_DONTWAIT));
    }
    CASE(SOCK_STREAM, "the descriptor is closed") {
        struct waiter *w = SENDMSG();
        must(close(pair[0]));
        drain("everything came", pair[1], w);
        amount("sendmsg", w);
        show("then", recv(pair[1], second, 1, 0));
    }
    CASE(SOCK_STREAM, "shutdown") {
        struct waiter *w = SENDMSG();
        must(shutdown(pair[0], SHUT_WR));
        amount("after a part", w);
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
        fill(pair[0], 1000);
        w = SENDMSG();
        must(shutdown(pair[0], SHUT_WR));
        amount("before the first byte", w);
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
        fill(pair[0], 1000);
        w = SENDMSG();
        must(shutdown(pair[1], SHUT_RD));
        amount("at the other end", w);
    }
    CASE(SOCK_STREAM, "the other end is closed") {
        handle(SIGPIPE, 0);
        struct waiter *w = begin(SYS_sendmsg, pair[0], header, 0L);
        must(close(pair[1]));
        amount("after a part", w);
        say("SIGPIPE: %d", handled);
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
        fill(pair[0], 1000);
        w = begin(SYS_sendmsg, pair[0], header, 0L);
        must(close(pair[1]));
        amount("before the first byte", w);
        say("SIGPIPE: %d", handled);
    }
    CASE(SOCK_STREAM, "flags and timeout") {
        struct timeval limit = {0, 10000};
        struct waiter *w = SENDMSG();
        must(fcntl(pair[0], F_SETFL, O_NONBLOCK));
        must(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
        waits("changed", w);
        drain("everything came", pair[1], w);
        amount("sendmsg", w);
        must(fcntl(pair[0], F_SETFL, 0));
        limit.tv_usec = 100000;
        must(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
        w = SENDMSG();
        limit.tv_sec = 20;
        must(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
        amount("lengthened", w);
        limit = (struct timeval){0, 100000};
        must(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
        fill(pair[0], 1000);
        amount("full", SENDMSG());
    }
    CASE(SOCK_STREAM, "signals") {
        struct waiter *w = SENDMSG();
        interrupt(w, SA_RESTART);
        amount("after a part", w);
        drain("what was sent came", pair[1], w);
        fill(pair[0], 1000);
        w = SENDMSG();
        interrupt(w, 0);
        amount("plain", w);
        w = SENDMSG();
        vector[0] = (struct iovec){"x", 1};
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        while (recv(pair[1], second, BIG, MSG_DONTWAIT) > 0) {}
        finish("the restarted call looks again", w);
        must(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){20, 0}, sizeof(struct timeval)));
        fill(pair[0], 1000);
        vector[0] = (struct iovec){first, BIG};
        w = SENDMSG();
        interrupt(w, SA_RESTART);
        amount("with a timeout", w);
    }
}
static int receiver(const char *name) {
    int fd = must(socket(AF_UNIX, SOCK_DGRAM, 0));
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    strcpy(own.sun_path, name);
    unlink(name);
    must(bind(fd, (struct sockaddr *)&own, sizeof own));
    return fd;
}
static void take(const char *label, int fd, int skip) {
    char text[32];
    long got = 0;
    for (int i = 0; i <= skip; i++) got = recv(fd, text, 31, MSG_DONTWAIT);
    if (got == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: %.*s", label, (int)got, text);
}
/// pair[0] is connected to pair[1], which is not connected, so that its queue has a length.
static void one_way(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "one"};
    pair[1] = receiver("one");
    pair[0] = must(socket(AF_UNIX, SOCK_DGRAM, 0));
    must(connect(pair[0], (struct sockaddr *)&address, sizeof address));
    unlink("one");
}
static void datagrams(void) {
    CASE(SOCK_DGRAM, "a datagram's address, bytes and descriptor are changed") {
        int one = receiver("one"), two = receiver("two");
        struct sockaddr_un *address = a_page();
        *address = (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "one"};
        int from = must(socket(AF_UNIX, SOCK_DGRAM, 0));
        int count = 0;
        while (sendto(from, "f", 1, MSG_DONTWAIT, (struct sockaddr *)address, sizeof *address) == 1) count++;
        strcpy(first, "first");
        struct waiter *w = begin(SYS_sendto, from, first, 5L, 0L, address, (long)sizeof *address);
        strcpy(address->sun_path, "two");
        strcpy(first, "other");
        must(dup2(pair[0], from));
        waits("changed", w);
        take("the first has", one, 0);
        finish("sendto", w);
        take("the last is", one, count - 1);
        take("the second has", two, 0);
    }
    CASE(SOCK_DGRAM, "the receiver's name leads elsewhere") {
        int one = receiver("one");
        struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "one"};
        int from = must(socket(AF_UNIX, SOCK_DGRAM, 0));
        while (sendto(from, "f", 1, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof address) == 1) {}
        struct waiter *w = begin(SYS_sendto, from, first, 5L, 0L, &address, (long)sizeof address);
        int two = receiver("one");
        waits("renamed", w);
        take("the first has", one, 0);
        finish("sendto", w);
        take("the second has", two, 0);
    }
    CASE(SOCK_DGRAM, "the receiver is closed") {
        one_way();
        fill(pair[0], 1);
        vector[0].iov_len = 5;
        struct waiter *w = SENDMSG();
        must(close(pair[1]));
        finish("sendmsg", w);
    }
    CASE(SOCK_DGRAM, "a file on its way is replaced") {
        one_way();
        int one = must(open("a-file", O_CREAT | O_RDWR, 0600)), two = must(open("b-file", O_CREAT | O_RDWR, 0600)), kept = dup(one);
        fill(pair[0], 1);
        union { struct cmsghdr head; char space[CMSG_SPACE(sizeof(int))]; } *control = a_page();
        control->head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
        *(int *)CMSG_DATA(&control->head) = one;
        *vector = (struct iovec){"hello", 5};
        header->msg_control = control;
        header->msg_controllen = sizeof *control;
        struct waiter *w = SENDMSG();
        must(dup2(two, one));
        *(int *)CMSG_DATA(&control->head) = 77;
        take("there", pair[1], 0);
        finish("sendmsg", w);
        vector->iov_base = first;
        do header->msg_controllen = sizeof *control;
        while (recvmsg(pair[1], header, MSG_DONTWAIT) == 1);
        yes("the first file came", same_file(*(int *)CMSG_DATA(&control->head), kept));
    }
    CASE(SOCK_DGRAM, "sendmmsg: the entries are changed") {
        one_way();
        int count = fill(pair[0], 1);
        struct mmsghdr *entries = a_page();
        struct iovec vectors[3] = {{"one", 3}, {"two", 3}, {"other", 5}};
        for (int i = 0; i < 2; i++) entries[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
        struct waiter *w = begin(SYS_sendmmsg, pair[0], entries, 2L, 0L);
        entries[0].msg_hdr.msg_iov = &vectors[2];
        entries[1].msg_hdr.msg_iov = &vectors[2];
        take("there", pair[1], 0);
        waits("one of two", w);
        take("there", pair[1], 0);
        finish("sendmmsg", w);
        take("the last but one", pair[1], count - 2);
        take("the last", pair[1], 0);
        say("lengths %u %u", entries[0].msg_len, entries[1].msg_len);
        fill(pair[0], 1);
        w = begin(SYS_sendmmsg, pair[0], entries, 2L, 0L);
        take("there", pair[1], 0);
        waits("one of two", w);
        interrupt(w, SA_RESTART);
        finish("one of two, then a signal", w);
    }
}
int main(void) {
    streams();
    datagrams();
    return 0;
}
