// What a step is made of in which a call waits: the call, what changes meanwhile, and how it ends.
#pragma once

#define WAITING_CALL_NAMES(X) \
    X(SEMOP, "semop") X(MSGRCV, "msgrcv") X(MSGSND, "msgsnd") X(MQ_RECEIVE, "mq_timedreceive") X(MQ_SEND, "mq_timedsend") \
    X(ACCEPT, "accept") X(CONNECT, "connect") X(RECVMSG, "recvmsg") X(READ, "read") X(SETLKW, "F_SETLKW") \
    X(OFD_SETLKW, "F_OFD_SETLKW") X(FLOCK, "flock") X(FIFO_READ, "open FIFO to read") X(FIFO_WRITE, "open FIFO to write") \
    X(EVENTFD, "eventfd") X(POLL, "poll") X(FUTEX, "futex")
#define WAITING_CHANGE_NAMES(X) \
    X(SCRIBBLE, "scribble") X(UNMAP, "unmap") X(REPLACE, "replace") X(CLOSE, "close") X(NONBLOCK, "O_NONBLOCK") \
    X(LIMIT, "limit") X(REMOVE, "remove") X(TIMEOUT, "timeout") X(UNCAP, "uncap") X(MODE, "mode")
// END_BOTH: woken, and a signal at once. Linux looks at what woke it first, but for connect and msgsnd.
#define WAITING_END_NAMES(X) X(WAKE, "wake") X(SIGNAL, "signal") X(RESTART, "restart, wake") X(BOTH, "wake, signal")

enum waiting_call {
#define X(name, text) CALL_##name,
    WAITING_CALL_NAMES(X)
#undef X
    WAITING_CALLS
};
enum waiting_change {
#define X(name, text) CHANGE_##name,
    WAITING_CHANGE_NAMES(X)
#undef X
    WAITING_CHANGES
};
enum waiting_end {
#define X(name, text) END_##name,
    WAITING_END_NAMES(X)
#undef X
    WAITING_ENDS
};

/// Prepared by wait_objects.c, used by do_waiting.c.
struct waiting {
    enum waiting_call kind;
    int fd, kept, other, peer, extra, id;   // -1 where there is none
    char *page;                             // what the call's pointers point to
    long number, a[6];                      // the call
    char path[2][220];
    char address[2][128];
    unsigned length[2];
    char received[2][16];
    int opened[24], opened_count;
};
long prepare_wait(struct waiting *w, enum waiting_call kind);
void scribble(struct waiting *w);
long remove_object(struct waiting *w);
long change_mode(struct waiting *w);
long wake(struct waiting *w);
void put_after(struct waiting *w, bool mapped, struct text *out);
void clean_up_wait(struct waiting *w);
