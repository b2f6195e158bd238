// Rules: ipc-access-denied
// As: root user
// While msgsnd and msgrcv wait: buffers change or go, the queue is removed, its mode and capacity change, signals come.
#include "waiting.h"
#include <sys/ipc.h>
#include <sys/msg.h>
struct message { long type; char text[16]; };
static int queue;
static struct message *page;
static void put_message(long type, const char *text) {
    struct message m = {type};
    strcpy(m.text, text);
    must(msgsnd(queue, &m, strlen(text), IPC_NOWAIT));
}
static void take(const char *label) {
    struct message m = {0};
    long got = msgrcv(queue, &m, 16, 0, IPC_NOWAIT);
    if (got == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: %ld bytes of type %ld: %.*s", label, got, m.type, (int)got, m.text);
}
static void capacity(int bytes) {
    struct msqid_ds state;
    must(msgctl(queue, IPC_STAT, &state));
    state.msg_qbytes = bytes;
    must(msgctl(queue, IPC_SET, &state));
}
static void mode(int bits) {
    struct msqid_ds state;
    must(msgctl(queue, IPC_STAT, &state));
    state.msg_perm.mode = bits;
    must(msgctl(queue, IPC_SET, &state));
}
/// A queue that is full with one message.
static void full(void) {
    capacity(8);
    put_message(1, "filling.");
    *page = (struct message){3, "first"};
}
static void start(void) {
    queue = must(msgget(IPC_PRIVATE, 0600));
    page = a_page();
}
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = (msgctl(queue, IPC_RMID, NULL), false))
static void sending(void) {
    CASE("msgsnd: the message is changed") {
        full();
        struct waiter *w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        *page = (struct message){4, "other"};
        waits("changed", w);
        take("there");
        finish("msgsnd", w);
        take("sent");
    }
    CASE("msgsnd: the message is unmapped") {
        full();
        struct waiter *w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        take_away(page);
        take("there");
        finish("msgsnd", w);
        take("sent");
    }
    CASE("msgsnd: the queue is removed") {
        full();
        struct waiter *w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        must(msgctl(queue, IPC_RMID, NULL));
        queue = must(msgget(IPC_PRIVATE, 0600));
        finish("msgsnd", w);
        take("the new queue");
    }
    CASE("msgsnd: the queue gets wider") {
        full();
        struct waiter *w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        capacity(12);
        waits("not enough", w);
        capacity(100);
        finish("msgsnd", w);
        take("first");
        take("second");
    }
    CASE("msgsnd: the mode is changed") {
        full();
        lower_effective(CAP_IPC_OWNER);
        struct waiter *w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        raise_effective(CAP_IPC_OWNER);
        mode(0);
        waits("changed", w);
        take("first");
        finish("msgsnd", w);
        take("second");
    }
    CASE("msgsnd: two wait, and a smaller one fits") {
        full();
        struct waiter *w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        *page = (struct message){5, "x"};
        struct waiter *small = begin(SYS_msgsnd, queue, page, 3L, 0L);
        take("there");
        finish("both", w);
        finish("both", small);
        say("bytes: %d", ({ struct msqid_ds state; must(msgctl(queue, IPC_STAT, &state)); (int)state.__msg_cbytes; }));
    }
    CASE("msgsnd: signals") {
        full();
        struct waiter *w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        interrupt(w, 0);
        finish("plain", w);
        w = begin(SYS_msgsnd, queue, page, 5L, 0L);
        interrupt(w, SA_RESTART);
        finish("SA_RESTART", w);
        take("first");
        take("second");
    }
}
static void receiving(void) {
    CASE("msgrcv: the buffer is unmapped") {
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        take_away(page);
        put_message(2, "hello");
        finish("msgrcv", w);
        take("left");
    }
    CASE("msgrcv: the buffer is protected and given back") {
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        must(mprotect(page, 4096, PROT_NONE));
        waits("protected", w);
        must(mprotect(page, 4096, PROT_READ | PROT_WRITE));
        put_message(2, "hello");
        finish("msgrcv", w);
        say("got type %ld %s", page->type, page->text);
    }
    CASE("msgrcv: by type") {
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, -3L, 0L);
        put_message(5, "five");
        waits("five", w);
        put_message(2, "two");
        finish("msgrcv", w);
        say("got type %ld %s", page->type, page->text);
        take("left");
    }
    CASE("msgrcv: all but a type") {
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, 5L, (long)MSG_EXCEPT);
        put_message(5, "five");
        waits("five", w);
        put_message(6, "six");
        finish("msgrcv", w);
        say("got type %ld %s", page->type, page->text);
    }
    CASE("msgrcv: too long a message") {
        struct waiter *w = begin(SYS_msgrcv, queue, page, 3L, 0L, 0L);
        put_message(2, "hello");
        finish("msgrcv", w);
        take("left");
        w = begin(SYS_msgrcv, queue, page, 3L, 0L, (long)MSG_NOERROR);
        put_message(2, "hello");
        finish("MSG_NOERROR", w);
        say("got type %ld %.5s", page->type, page->text);
        take("left");
    }
    CASE("msgrcv: the first cannot take it, the second can") {
        struct waiter *a = begin(SYS_msgrcv, queue, page, 3L, 0L, 0L), *b = begin(SYS_msgrcv, queue, page + 1, 16L, 0L, 0L);
        put_message(2, "hello");
        finish("first", a);
        finish("second", b);
        take("left");
    }
    CASE("msgrcv: in order") {
        struct waiter *a = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L), *b = begin(SYS_msgrcv, queue, page + 1, 16L, 0L, 0L);
        put_message(2, "one");
        finish("first", a);
        waits("second", b);
        put_message(2, "two");
        finish("second", b);
        say("got %s, %s", page[0].text, page[1].text);
    }
    CASE("msgrcv: the queue is removed") {
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        must(msgctl(queue, IPC_RMID, NULL));
        queue = must(msgget(IPC_PRIVATE, 0600));
        put_message(2, "hello");
        finish("msgrcv", w);
        take("the new queue");
    }
    CASE("msgrcv: the mode is changed") {
        lower_effective(CAP_IPC_OWNER);
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        raise_effective(CAP_IPC_OWNER);
        mode(0200);
        finish("no longer readable", w);
        mode(0600);
        lower_effective(CAP_IPC_OWNER);
        w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        raise_effective(CAP_IPC_OWNER);
        mode(0400);
        waits("readable", w);
        put_message(2, "hello");
        finish("msgrcv", w);
    }
    CASE("msgrcv: another thread leaves the namespace") {
        pid_t sender;
        struct gate left = gate_new();
        SPAWN(sender) { gate_wait(left); put_message(2, "hello"); }
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        int home = ns_open(0, "ipc");
        show("unshare", unshare(CLONE_NEWIPC));
        show("there", msgrcv(queue, page, 16, 0, IPC_NOWAIT));
        gate_open(left);
        finish("msgrcv", w);
        reap(sender);
        show("back", setns(home, CLONE_NEWIPC));
    }
    CASE("msgrcv: signals") {
        struct waiter *w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        interrupt(w, 0);
        finish("plain", w);
        w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        interrupt(w, SA_RESTART);
        finish("SA_RESTART", w);
        put_message(2, "hello");
        take("still there");
        w = begin(SYS_msgrcv, queue, page, 16L, 0L, 0L);
        put_message(2, "hello");
        signal_to(w, SIGUSR1);
        finish("woken, then a signal", w);
        say("handled: %d", handled);
    }
}
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        sending();
        receiving();
    }
    return 0;
}
