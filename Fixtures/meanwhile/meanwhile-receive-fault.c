// Rules:
// As: root
// While recvmsg waits on a stream its buffers are unmapped: what has come and cannot be delivered stays.
#include "receiving.h"
int main(void) {
    CASE(SOCK_STREAM, "a stream's buffer is unmapped") {
        struct waiter *w = RECVMSG(0);
        take_away(first);
        post(pair[1], "hello");
        finish("recvmsg", w);
        take("left", pair[0]);
    }
    CASE(SOCK_STREAM, "half of the buffers are unmapped") {
        vector[1] = (struct iovec){second, 8};
        vector[0].iov_len = 3;
        header->msg_iovlen = 2;
        struct waiter *w = RECVMSG(0);
        take_away(second);
        post(pair[1], "hello");
        finish("recvmsg", w);
        say("%s", first);
        take("left", pair[0]);
    }
    CASE(SOCK_STREAM, "MSG_WAITALL: the buffer is unmapped in the middle") {
        struct waiter *w = RECVMSG(MSG_WAITALL);
        post(pair[1], "abc");
        waits("three of eight", w);
        take_away(first);
        post(pair[1], "defgh");
        finish("recvmsg", w);
        take("left", pair[0]);
    }
    return 0;
}
