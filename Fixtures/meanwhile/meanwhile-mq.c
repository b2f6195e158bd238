// Rules:
// As: root user
// While mq_timedsend and mq_timedreceive wait: memory, descriptor, flags, name and timeout change; signals come.
#include "waiting.h"
#include <mqueue.h>
static int queue;
static char *page;
static int open_queue(const char *name, int flags) {
    struct mq_attr shape = {.mq_maxmsg = 1, .mq_msgsize = 16};
    return must(syscall(SYS_mq_open, name, O_RDWR | O_CREAT | flags, 0600, &shape));
}
static struct timespec soon(int ms) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long ns = now.tv_nsec + ms % 1000 * 1000000L;
    return (struct timespec){now.tv_sec + ms / 1000 + ns / 1000000000, ns % 1000000000};
}
static struct timespec never = {1, 0};
static long put_message(int fd, const char *text, int priority) {
    return syscall(SYS_mq_timedsend, fd, text, strlen(text), priority, &never);
}
static void take(const char *label, int fd) {
    char text[16];
    unsigned priority = 99;
    long got = syscall(SYS_mq_timedreceive, fd, text, 16L, &priority, &never);
    if (got == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: %ld bytes of priority %u: %.*s", label, got, priority, (int)got, text);
}
static void start(void) {
    queue = open_queue("one", O_EXCL);
    page = a_page();
}
#define RECEIVE(timeout) begin(SYS_mq_timedreceive, queue, page, 16L, page + 64, timeout)
#define SEND(timeout) begin(SYS_mq_timedsend, queue, page, 5L, 7L, timeout)
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = (syscall(SYS_mq_unlink, "one"), syscall(SYS_mq_unlink, "two"), false))
static void got(void) { say("got %.16s of priority %u", page, *(unsigned *)(page + 64)); }
static void receiving(void) {
    CASE("receive: the buffer is unmapped") {
        struct waiter *w = RECEIVE(0L);
        take_away(page);
        show("send", put_message(queue, "hello", 3));
        finish("receive", w);
        take("left", queue);
    }
    CASE("receive: the descriptor is closed") {
        int other = dup(queue);
        struct waiter *w = RECEIVE(0L);
        must(close(queue));
        waits("closed", w);
        show("send", put_message(other, "hello", 3));
        finish("receive", w);
        got();
    }
    CASE("receive: the descriptor is replaced") {
        int other = dup(queue), two = open_queue("two", O_EXCL);
        struct waiter *w = RECEIVE(0L);
        must(dup2(two, queue));
        show("send to the second", put_message(two, "second", 3));
        waits("replaced", w);
        show("send to the first", put_message(other, "first", 4));
        finish("receive", w);
        got();
        take("left in the second", queue);
    }
    CASE("receive: the flags are changed") {
        struct waiter *w = RECEIVE(0L);
        must(fcntl(queue, F_SETFL, O_NONBLOCK));
        waits("O_NONBLOCK", w);
        show("another", syscall(SYS_mq_timedreceive, queue, page, 16L, 0L, 0L));
        show("send", put_message(queue, "hello", 3));
        finish("receive", w);
        got();
    }
    CASE("receive: the name is unlinked and made again") {
        struct waiter *w = RECEIVE(0L);
        show("unlink", syscall(SYS_mq_unlink, "one"));
        int two = open_queue("one", O_EXCL);
        show("send to the new", put_message(two, "second", 3));
        waits("unlinked", w);
        show("send to the old", put_message(queue, "first", 4));
        finish("receive", w);
        got();
        take("left in the new", two);
    }
    CASE("receive: the timeout is changed") {
        struct timespec *limit = a_page();
        *limit = soon(10000);
        struct waiter *w = RECEIVE(limit);
        *limit = never;
        waits("shortened", w);
        show("send", put_message(queue, "hello", 3));
        finish("receive", w);
        *limit = soon(100);
        w = RECEIVE(limit);
        *limit = soon(10000);
        finish("lengthened", w);
        *limit = soon(100);
        w = RECEIVE(limit);
        take_away(limit);
        finish("unmapped", w);
    }
    CASE("receive: two wait") {
        struct waiter *a = RECEIVE(0L), *b = begin(SYS_mq_timedreceive, queue, page + 128, 16L, 0L, 0L);
        show("send", put_message(queue, "one", 1));
        finish("first", a);
        waits("second", b);
        show("send", put_message(queue, "two", 9));
        finish("second", b);
        say("%s, %s", page, page + 128);
    }
    CASE("receive: signals") {
        struct timespec *limit = a_page();
        *limit = soon(10000);
        struct waiter *w = RECEIVE(0L);
        interrupt(w, 0);
        finish("plain", w);
        w = RECEIVE(0L);
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        show("send", put_message(queue, "hello", 3));
        finish("receive", w);
        w = RECEIVE(limit);
        *limit = never;
        interrupt(w, SA_RESTART);
        finish("another timeout for the restarted call", w);
        w = RECEIVE(0L);
        int two = open_queue("two", O_EXCL);
        must(dup2(two, queue));
        interrupt(w, SA_RESTART);
        show("send to the second", put_message(two, "second", 3));
        finish("the restarted call looks at the descriptor again", w);
    }
}
static void sending(void) {
    CASE("send: the text is changed") {
        must(put_message(queue, "filling", 0));
        strcpy(page, "first");
        struct waiter *w = SEND(0L);
        strcpy(page, "other");
        waits("changed", w);
        take("there", queue);
        finish("send", w);
        take("sent", queue);
    }
    CASE("send: the text is unmapped") {
        must(put_message(queue, "filling", 0));
        strcpy(page, "first");
        struct waiter *w = SEND(0L);
        take_away(page);
        take("there", queue);
        finish("send", w);
        take("sent", queue);
    }
    CASE("send: the descriptor is replaced") {
        int other = dup(queue), two = open_queue("two", O_EXCL);
        must(put_message(queue, "filling", 0));
        strcpy(page, "first");
        struct waiter *w = SEND(0L);
        must(dup2(two, queue));
        must(fcntl(other, F_SETFL, O_NONBLOCK));
        waits("replaced", w);
        take("there", other);
        finish("send", w);
        take("the first", other);
        take("the second", two);
    }
    CASE("send: timeouts and signals") {
        must(put_message(queue, "filling", 0));
        strcpy(page, "first");
        struct timespec *limit = a_page();
        *limit = soon(100);
        struct waiter *w = SEND(limit);
        *limit = soon(10000);
        finish("lengthened", w);
        w = SEND(0L);
        interrupt(w, 0);
        finish("plain", w);
        w = SEND(0L);
        strcpy(page, "again");
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        take("there", queue);
        finish("send", w);
        take("the restarted call copied the text again", queue);
    }
}
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        receiving();
        sending();
    }
    return 0;
}
