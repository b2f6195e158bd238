// What calls of MEANWHILE steps wait for: how each is prepared, changed, woken and looked at afterwards.
#include "sequence.h"
#include "waiting.h"
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

struct message { long type; char text[8192]; };
static struct message message;
static const struct timespec past = { 1, 0 };

/// Notes a new fd, to be closed at the end.
static int note(struct waiting *w, int fd) {
    if (fd >= 0 && w->opened_count < 24) w->opened[w->opened_count++] = fd;
    return fd;
}

static int queue(struct waiting *w, const char *name) {
    struct mq_attr shape = { .mq_maxmsg = 1, .mq_msgsize = 8 };
    return note(w, (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0600, &shape));
}

static int listener(struct waiting *w, int index, int backlog) {
    int fd = note(w, socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address.sun_family) < 0 || listen(fd, backlog) < 0) return -1;
    w->length[index] = sizeof w->address[index];
    return getsockname(fd, (struct sockaddr *)w->address[index], &w->length[index]) < 0 ? -1 : fd;
}

static int pair(struct waiting *w, bool pipes, int *peer) {
    int fds[2];
    if ((pipes ? pipe(fds) : socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds)) < 0) return -1;
    *peer = note(w, fds[1]);
    return note(w, fds[0]);
}

static void call(struct waiting *w, long number, long a, long b, long c, long d, long e) {
    w->number = number;
    long words[6] = { a, b, c, d, e, 0 };
    memcpy(w->a, words, sizeof words);
}

static long prepare_queues(struct waiting *w) {
    char *page = w->page;
    switch (w->kind) {
    case CALL_SEMOP:
        if ((w->id = semget(IPC_PRIVATE, 2, 0600)) < 0) return -1;
        *(struct sembuf *)page = (struct sembuf){ 0, -1, 0 };
        call(w, SYS_semop, w->id, (long)page, 1, 0, 0);
        return 0;
    case CALL_MSGRCV:
        if ((w->id = msgget(IPC_PRIVATE, 0600)) < 0) return -1;
        call(w, SYS_msgrcv, w->id, (long)page, 8, 0, 0);
        return 0;
    case CALL_MSGSND:
        if ((w->id = msgget(IPC_PRIVATE, 0600)) < 0) return -1;
        message.type = 1;
        while (msgsnd(w->id, &message, 8192, IPC_NOWAIT) == 0) { }
        *(long *)page = 3;
        strcpy(page + sizeof(long), "first");
        call(w, SYS_msgsnd, w->id, (long)page, 5, 0, 0);
        return 0;
    default:
        w->fd = queue(w, "fuzz1");
        w->other = queue(w, "fuzz2");
        if (w->fd < 0 || w->other < 0) return -1;
        strcpy(page, "first");
        if (w->kind == CALL_MQ_RECEIVE) call(w, SYS_mq_timedreceive, w->fd, (long)page, 8, (long)(page + 64), 0);
        else {
            if (syscall(SYS_mq_timedsend, w->fd, "full", 4, 0, &past) < 0) return -1;
            call(w, SYS_mq_timedsend, w->fd, (long)page, 5, 7, 0);
        }
        return 0;
    }
}

static long prepare_sockets(struct waiting *w) {
    char *page = w->page;
    int unused;
    switch (w->kind) {
    case CALL_ACCEPT:
        w->fd = listener(w, 0, 5);
        w->other = listener(w, 1, 5);
        w->peer = note(w, socket(AF_UNIX, SOCK_STREAM, 0));
        *(unsigned *)(page + 128) = 128;
        call(w, SYS_accept4, w->fd, (long)page, (long)(page + 128), 0, 0);
        return w->fd < 0 || w->other < 0 ? -1 : w->peer;
    case CALL_CONNECT:
        w->peer = listener(w, 0, 0);
        w->extra = listener(w, 1, 5);
        w->fd = note(w, socket(AF_UNIX, SOCK_STREAM, 0));
        w->other = note(w, socket(AF_UNIX, SOCK_STREAM, 0));
        if (w->peer < 0 || w->fd < 0 || w->other < 0) return -1;
        memcpy(page, w->address[0], 128);
        fcntl(w->peer, F_SETFL, O_NONBLOCK);
        call(w, SYS_connect, w->fd, (long)page, w->length[0], 0, 0);
        return connect(note(w, socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)w->address[0], w->length[0]);
    case CALL_RECVMSG: {
        struct msghdr *header = (struct msghdr *)page;
        struct iovec *vector = (struct iovec *)(page + 256);
        *vector = (struct iovec){ w->received[0], 8 };
        *header = (struct msghdr){ .msg_iov = vector, .msg_iovlen = 1 };
        w->fd = pair(w, false, &w->peer);
        w->other = pair(w, false, &unused);
        call(w, SYS_recvmsg, w->fd, (long)page, 0, 0, 0);
        return w->fd < 0 ? -1 : w->other;
    }
    case CALL_EVENTFD:
        w->fd = note(w, eventfd(0, 0));
        w->other = note(w, eventfd(0, 0));
        call(w, SYS_read, w->fd, (long)page, 8, 0, 0);
        return w->fd < 0 ? -1 : w->other;
    default:
        w->fd = pair(w, true, &w->peer);
        w->other = pair(w, true, &unused);
        *(struct pollfd *)page = (struct pollfd){ w->fd, POLLIN, 0 };
        if (w->kind == CALL_READ) call(w, SYS_read, w->fd, (long)page, 8, 0, 0);
        else call(w, SYS_poll, (long)page, 1, -1, 0, 0);
        return w->fd < 0 ? -1 : w->other;
    }
}

static long prepare_files(struct waiting *w) {
    if (w->kind == CALL_FIFO_READ || w->kind == CALL_FIFO_WRITE) {
        for (int i = 0; i < 2; i++) {
            snprintf(w->path[i], sizeof w->path[i], "%s/fifo%d", here.scratch, i);
            if (mkfifo(w->path[i], 0600) < 0) return -1;
        }
        w->extra = note(w, open(w->path[0], O_PATH));
        strcpy(w->page, w->path[0]);
        call(w, SYS_open, (long)w->page, w->kind == CALL_FIFO_READ ? O_RDONLY : O_WRONLY, 0, 0, 0);
        return w->extra;
    }
    char path[40];
    w->fd = note(w, memfd_create("one", 0));
    w->other = note(w, memfd_create("two", 0));
    if (w->fd < 0 || w->other < 0) return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", w->fd);
    w->peer = note(w, open(path, O_RDWR));
    struct flock held = { .l_type = F_WRLCK, .l_len = 10 };
    *(struct flock *)w->page = (struct flock){ .l_type = F_WRLCK, .l_len = 5 };
    if (w->kind == CALL_FLOCK) call(w, SYS_flock, w->fd, LOCK_EX, 0, 0, 0);
    else call(w, SYS_fcntl, w->fd, w->kind == CALL_SETLKW ? F_SETLKW : F_OFD_SETLKW, (long)w->page, 0, 0);
    return w->kind == CALL_FLOCK ? flock(w->peer, LOCK_EX) : fcntl(w->peer, F_OFD_SETLK, &held);
}

long prepare_wait(struct waiting *w, enum waiting_call kind) {
    memset(w, 0, sizeof *w);
    w->kind = kind;
    w->fd = w->kept = w->other = w->peer = w->extra = w->id = -1;
    w->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (w->page == MAP_FAILED) return -1;
    long result = 0;
    if (kind <= CALL_MQ_SEND) result = prepare_queues(w);
    else if (kind == CALL_FUTEX) call(w, SYS_futex, (long)w->page, FUTEX_WAIT_PRIVATE, 0, 0, 0);
    else if (kind <= CALL_READ || kind == CALL_EVENTFD || kind == CALL_POLL) result = prepare_sockets(w);
    else result = prepare_files(w);
    if (result < 0) return -1;
    if (w->fd >= 0) return w->kept = note(w, dup(w->fd));
    return 0;
}

/// Other arguments, as good as the first ones, in the same memory.
void scribble(struct waiting *w) {
    switch (w->kind) {
    case CALL_SEMOP: *(struct sembuf *)w->page = (struct sembuf){ 1, 2, 0 }; break;
    case CALL_MSGSND: *(long *)w->page = 4; strcpy(w->page + sizeof(long), "other"); break;
    case CALL_MQ_SEND: strcpy(w->page, "other"); break;
    case CALL_ACCEPT: *(unsigned *)(w->page + 128) = 3; break;
    case CALL_CONNECT: memcpy(w->page, w->address[1], 128); break;
    case CALL_RECVMSG: *(struct iovec *)(w->page + 256) = (struct iovec){ w->received[1], 2 }; break;
    case CALL_SETLKW: case CALL_OFD_SETLKW:
        *(struct flock *)w->page = (struct flock){ .l_type = F_RDLCK, .l_start = 6, .l_len = 1 };
        break;
    case CALL_FIFO_READ: case CALL_FIFO_WRITE: strcpy(w->page, w->path[1]); break;
    case CALL_POLL: ((struct pollfd *)w->page)->fd = -1; break;
    case CALL_FUTEX: *(int *)w->page = 5; break;
    default: w->page[0] = 'z';
    }
}

long remove_object(struct waiting *w) {
    switch (w->kind) {
    case CALL_SEMOP: return semctl(w->id, 0, IPC_RMID);
    case CALL_MSGRCV: case CALL_MSGSND: return msgctl(w->id, IPC_RMID, NULL);
    case CALL_MQ_RECEIVE: case CALL_MQ_SEND: return syscall(SYS_mq_unlink, "fuzz1");
    case CALL_ACCEPT: case CALL_RECVMSG: return shutdown(w->kept, SHUT_RD);
    case CALL_CONNECT: case CALL_READ: return close(w->peer);
    case CALL_FIFO_READ: case CALL_FIFO_WRITE: return unlink(w->path[0]);
    default: return 0;
    }
}

/// Takes all permission bits away.
long change_mode(struct waiting *w) {
    struct semid_ds set;
    struct msqid_ds messages;
    switch (w->kind) {
    case CALL_SEMOP:
        if (semctl(w->id, 0, IPC_STAT, &set) < 0) return -1;
        set.sem_perm.mode = 0;
        return semctl(w->id, 0, IPC_SET, &set);
    case CALL_MSGRCV: case CALL_MSGSND:
        if (msgctl(w->id, IPC_STAT, &messages) < 0) return -1;
        messages.msg_perm.mode = 0;
        return msgctl(w->id, IPC_SET, &messages);
    case CALL_FIFO_READ: case CALL_FIFO_WRITE: return chmod(w->path[0], 0);
    case CALL_SETLKW: case CALL_OFD_SETLKW: case CALL_FLOCK: return fchmod(w->kept, 0);
    default: return 0;
    }
}

long wake(struct waiting *w) {
    char path[40];
    uint64_t three = 3;
    struct flock none = { .l_type = F_UNLCK };
    switch (w->kind) {
    case CALL_SEMOP: return syscall(SYS_semop, w->id, &(struct sembuf){ 0, 1, IPC_NOWAIT }, 1);
    case CALL_MSGRCV:
        message.type = 2;
        strcpy(message.text, "hello");
        return msgsnd(w->id, &message, 5, IPC_NOWAIT);
    case CALL_MSGSND: return msgrcv(w->id, &message, 8192, 1, IPC_NOWAIT);
    case CALL_MQ_RECEIVE: return syscall(SYS_mq_timedsend, w->kept, "hello", 5, 3, &past);
    case CALL_MQ_SEND: return syscall(SYS_mq_timedreceive, w->kept, w->received[0], 8, NULL, &past);
    case CALL_ACCEPT: return connect(w->peer, (struct sockaddr *)w->address[0], w->length[0]);
    case CALL_CONNECT: return note(w, accept(w->peer, NULL, NULL)) < 0 ? -1 : 0;
    case CALL_RECVMSG: return send(w->peer, "hello", 5, MSG_NOSIGNAL);
    case CALL_READ: case CALL_POLL: return write(w->peer, "hello", 5);
    case CALL_EVENTFD: return write(w->kept, &three, 8);
    case CALL_FUTEX: return syscall(SYS_futex, w->page, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    case CALL_FLOCK: return flock(w->peer, LOCK_UN);
    case CALL_SETLKW: case CALL_OFD_SETLKW: return fcntl(w->peer, F_OFD_SETLK, &none);
    default:
        snprintf(path, sizeof path, "/proc/self/fd/%d", w->extra);
        return note(w, open(path, (w->kind == CALL_FIFO_READ ? O_WRONLY : O_RDONLY) | O_NONBLOCK)) < 0 ? -1 : 0;
    }
}

/// Whether a byte of the file is locked by others than `peer`.
static char locked(struct waiting *w, long at) {
    struct flock l = { .l_type = F_WRLCK, .l_start = at, .l_len = 1 };
    return fcntl(w->peer, F_OFD_GETLK, &l) < 0 ? '?' : l.l_type == F_UNLCK ? '-' : l.l_type == F_RDLCK ? 'r' : 'w';
}

void put_after(struct waiting *w, bool mapped, struct text *out) {
    char *page = w->page;
    long got;
    unsigned priority = 0;
    switch (w->kind) {
    case CALL_SEMOP: put(out, " values %d %d", semctl(w->id, 0, GETVAL), semctl(w->id, 1, GETVAL)); break;
    case CALL_MSGRCV: if (mapped) put(out, " type %ld %.5s", *(long *)page, page + sizeof(long)); break;
    case CALL_MSGSND:
        for (long type = 3; type <= 4; type++)
            if ((got = msgrcv(w->id, &message, 8192, type, IPC_NOWAIT)) >= 0) put(out, " type %ld %.*s", type, (int)got, message.text);
        break;
    case CALL_MQ_RECEIVE: case CALL_MQ_SEND:
        if (w->kind == CALL_MQ_RECEIVE && mapped) put(out, " %.5s %u", page, *(unsigned *)(page + 64));
        got = syscall(SYS_mq_timedreceive, w->kept, w->received[1], 8, &priority, &past);
        if (got >= 0) put(out, " left %.*s %u", (int)got, w->received[1], priority); else put(out, " left %s", error_name(errno));
        break;
    case CALL_ACCEPT: if (mapped) put(out, " length %u", *(unsigned *)(page + 128)); break;
    case CALL_CONNECT:
        fcntl(w->extra, F_SETFL, O_NONBLOCK);
        put(out, " second %s", note(w, accept(w->extra, NULL, NULL)) < 0 ? error_name(errno) : "connected");
        break;
    case CALL_RECVMSG: put(out, " \"%.8s\" \"%.8s\"", w->received[0], w->received[1]); break;
    case CALL_READ: if (mapped) put(out, " %.5s", page); break;
    case CALL_POLL: if (mapped) put(out, " %d", ((struct pollfd *)page)->revents); break;
    case CALL_EVENTFD: if (mapped) put(out, " %d", page[0]); break;
    case CALL_FLOCK: put(out, " %s", flock(w->peer, LOCK_EX | LOCK_NB) < 0 ? "locked" : "free"); break;
    case CALL_SETLKW: case CALL_OFD_SETLKW: put(out, " locks %c%c", locked(w, 0), locked(w, 6)); break;
    default: break;
    }
}

void clean_up_wait(struct waiting *w) {
    for (int i = 0; i < w->opened_count; i++) close(w->opened[i]);
    if (w->kind == CALL_SEMOP && w->id >= 0) semctl(w->id, 0, IPC_RMID);
    if ((w->kind == CALL_MSGRCV || w->kind == CALL_MSGSND) && w->id >= 0) msgctl(w->id, IPC_RMID, NULL);
    if (w->kind == CALL_MQ_RECEIVE || w->kind == CALL_MQ_SEND) {
        syscall(SYS_mq_unlink, "fuzz1");
        syscall(SYS_mq_unlink, "fuzz2");
    }
    for (int i = 0; i < 2; i++) if (w->path[i][0]) unlink(w->path[i]);
    if (w->page != MAP_FAILED) munmap(w->page, 4096);
}
