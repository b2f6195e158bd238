// Rules:
// As: root
// While recvmsg and its kin wait: header, vectors, buffers, control data and address lengths change or go.
#include "receiving.h"
int main(void) {
    CASE(SOCK_STREAM, "header and vector are changed") {
        struct waiter *w = RECVMSG(0);
        vector[0] = (struct iovec){second, 2};
        struct iovec other = {second, 3};
        header->msg_iov = &other;
        header->msg_iovlen = 0;
        header->msg_control = (void *)8;
        header->msg_controllen = 100;
        post(pair[1], "hello");
        finish("recvmsg", w);
        buffers();
        say("control length %zu, flags %x", header->msg_controllen, header->msg_flags);
        take("left", pair[0]);
    }
    CASE(SOCK_STREAM, "vector and header are unmapped") {
        struct waiter *w = RECVMSG(0);
        take_away(vector);
        post(pair[1], "hello");
        finish("no vector", w);
        buffers();
        vector = a_page();
        vector[0] = (struct iovec){second, 8};
        header->msg_iov = vector;
        w = RECVMSG(0);
        take_away(header);
        post(pair[1], "again");
        finish("no header", w);
        buffers();
        take("left", pair[0]);
    }
    CASE(SOCK_DGRAM, "a datagram's buffer is unmapped") {
        struct waiter *w = RECVMSG(0);
        take_away(first);
        post(pair[1], "hello");
        finish("recvmsg", w);
        take("left", pair[0]);
    }
    CASE(SOCK_STREAM, "the control buffer is changed") {
        struct cmsghdr *a = a_page(), *b = a_page();
        header->msg_control = a;
        header->msg_controllen = 64;
        struct waiter *w = RECVMSG(0);
        header->msg_control = b;
        header->msg_controllen = 0;
        union { struct cmsghdr head; char space[CMSG_SPACE(sizeof(int))]; } control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
        *(int *)CMSG_DATA(&control.head) = pair[1];
        struct msghdr message = {.msg_iov = &(struct iovec){"hello", 5}, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        show("sendmsg", sendmsg(pair[1], &message, 0));
        finish("recvmsg", w);
        say("first %zu, second %zu; length %zu, flags %x", (size_t)a->cmsg_len, (size_t)b->cmsg_len, header->msg_controllen, header->msg_flags);
        yes("the file came", same_file(*(int *)CMSG_DATA(a), pair[1]));
        header->msg_control = a;
        header->msg_controllen = 64;
        w = RECVMSG(0);
        take_away(a);
        show("sendmsg", sendmsg(pair[1], &message, 0));
        finish("the control buffer is unmapped", w);
        say("length %zu, flags %x", header->msg_controllen, header->msg_flags);
    }
    CASE(SOCK_DGRAM, "the address's length is changed") {
        struct sockaddr *address = a_page();
        socklen_t *length = a_page();
        *length = 0;
        struct waiter *w = begin(SYS_recvfrom, pair[0], first, 8L, 0L, address, length);
        *length = 100;
        post(pair[1], "hello");
        finish("recvfrom", w);
        say("length %u", *length);
        *length = 100;
        w = begin(SYS_recvfrom, pair[0], first, 8L, 0L, address, length);
        *length = -1;
        post(pair[1], "hello");
        finish("a negative length", w);
        take("left", pair[0]);
    }
    CASE(SOCK_DGRAM, "recvmmsg: entries are changed") {
        struct mmsghdr *entries = a_page();
        struct iovec vectors[3] = {{first, 8}, {first + 8, 8}, {second, 3}};
        for (int i = 0; i < 2; i++) entries[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
        struct waiter *w = begin(SYS_recvmmsg, pair[0], entries, 2L, 0L, 0L);
        entries[0].msg_hdr.msg_iov = &vectors[2];
        entries[1].msg_hdr.msg_iov = &vectors[2];
        post(pair[1], "one");
        waits("one of two", w);
        post(pair[1], "second");
        finish("recvmmsg", w);
        buffers();
        say("lengths %u %u, flags %x %x", entries[0].msg_len, entries[1].msg_len, entries[0].msg_hdr.msg_flags, entries[1].msg_hdr.msg_flags);
        w = begin(SYS_recvmmsg, pair[0], entries, 2L, (long)MSG_WAITFORONE, 0L);
        post(pair[1], "one");
        finish("MSG_WAITFORONE", w);
        w = begin(SYS_recvmmsg, pair[0], entries, 2L, 0L, 0L);
        post(pair[1], "one");
        waits("one of two", w);
        interrupt(w, SA_RESTART);
        finish("one of two, then a signal", w);
    }
    return 0;
}
