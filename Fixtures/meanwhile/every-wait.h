// Has a thread wait in every kind of call that waits, all at once.
#pragma once
#include "waiting.h"
#include <linux/futex.h>
#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/un.h>

static struct entry { const char *name; struct waiter *waiter; } every[64];
static int every_count, semaphores, queue_full, queue_empty, posix_full, posix_empty, locked_file;
static pid_t helper;

static inline int unix_pair(int type, bool timeout, int *other) {
    int fds[2];
    must(socketpair(AF_UNIX, type, 0, fds));
    if (timeout) {
        struct timeval limit = {20, 0};
        must(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
        must(setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
    }
    if (other) *other = fds[1];
    return fds[0];
}
static inline int full_socket(bool timeout) {
    static char bytes[1000];
    int fd = unix_pair(SOCK_STREAM, timeout, NULL);
    while (send(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {}
    return fd;
}
static inline int bound(const char *name, bool timeout) {
    int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, name);
    must(bind(fd, (struct sockaddr *)&address, sizeof address));
    must(listen(fd, 0));
    struct timeval limit = {20, 0};
    if (timeout) must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    return fd;
}
static inline int posix_queue(const char *name) {
    struct mq_attr shape = {.mq_maxmsg = 1, .mq_msgsize = 8};
    return must(syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0600, &shape));
}
static inline int pipe_end(bool write_end) {
    int fds[2];
    must(pipe(fds));
    static char bytes[65536];
    if (write_end) must(write(fds[1], bytes, must(fcntl(fds[1], F_GETPIPE_SZ))));
    return fds[write_end];
}
#define WAIT_IN(label, number, ...) \
    every[every_count++] = (struct entry){label, start_call(number, ##__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L)}

static inline void wait_in_ipc(void) {
    static struct sembuf take = {0, -1, SEM_UNDO};
    static struct timespec relative = {20, 0}, absolute;
    static struct { long type; char text[8]; } message = {1, "hello"}, room;
    static char text[8];
    clock_gettime(CLOCK_REALTIME, &absolute);
    absolute.tv_sec += 20;
    semaphores = must(semget(IPC_PRIVATE, 1, 0600));
    queue_empty = must(msgget(IPC_PRIVATE, 0600));
    queue_full = must(msgget(IPC_PRIVATE, 0600));
    struct msqid_ds state;
    must(msgctl(queue_full, IPC_STAT, &state));
    state.msg_qbytes = 8;
    must(msgctl(queue_full, IPC_SET, &state));
    must(msgsnd(queue_full, &message, 8, 0));
    posix_empty = posix_queue("empty");
    posix_full = posix_queue("full");
    must(syscall(SYS_mq_timedsend, posix_full, "x", 1L, 0L, NULL));
    WAIT_IN("semop", SYS_semop, semaphores, &take, 1L);
    WAIT_IN("semtimedop", SYS_semtimedop, semaphores, &take, 1L, &relative);
    WAIT_IN("msgsnd", SYS_msgsnd, queue_full, &message, 8L, 0L);
    WAIT_IN("msgrcv", SYS_msgrcv, queue_empty, &room, 8L, 0L, 0L);
    WAIT_IN("mq_timedsend", SYS_mq_timedsend, posix_full, text, 1L, 0L, 0L);
    WAIT_IN("mq_timedsend with a timeout", SYS_mq_timedsend, posix_full, text, 1L, 0L, &absolute);
    WAIT_IN("mq_timedreceive", SYS_mq_timedreceive, posix_empty, text, 8L, 0L, 0L);
    WAIT_IN("mq_timedreceive with a timeout", SYS_mq_timedreceive, posix_empty, text, 8L, 0L, &absolute);
}
static inline void wait_in_sockets(void) {
    static char bytes[8];
    static struct iovec vector = {bytes, 8};
    static struct msghdr header = {.msg_iov = &vector, .msg_iovlen = 1};
    static struct mmsghdr many = {.msg_hdr = {.msg_iov = &vector, .msg_iovlen = 1}};
    static struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "busy"};
    for (const char **n = (const char *[]){"one", "two", "busy", NULL}; *n; n++) unlink(*n);
    bound("busy", false);
    int client = must(socket(AF_UNIX, SOCK_STREAM, 0));
    must(connect(client, (struct sockaddr *)&address, sizeof address));
    client = must(socket(AF_UNIX, SOCK_STREAM, 0));
    WAIT_IN("accept", SYS_accept, bound("one", false), 0L, 0L);
    WAIT_IN("accept with a timeout", SYS_accept4, bound("two", true), 0L, 0L, 0L);
    WAIT_IN("connect", SYS_connect, client, &address, (long)sizeof address);
    WAIT_IN("recvmsg", SYS_recvmsg, unix_pair(SOCK_STREAM, false, NULL), &header, 0L);
    WAIT_IN("recvmsg with a timeout", SYS_recvmsg, unix_pair(SOCK_DGRAM, true, NULL), &header, 0L);
    WAIT_IN("recvmmsg", SYS_recvmmsg, unix_pair(SOCK_DGRAM, false, NULL), &many, 1L, 0L, 0L);
    WAIT_IN("recvfrom", SYS_recvfrom, unix_pair(SOCK_SEQPACKET, false, NULL), bytes, 8L, 0L, 0L, 0L);
    WAIT_IN("recvfrom with a timeout", SYS_recvfrom, unix_pair(SOCK_STREAM, true, NULL), bytes, 8L, 0L, 0L, 0L);
    WAIT_IN("read of a socket", SYS_read, unix_pair(SOCK_STREAM, false, NULL), bytes, 8L);
    WAIT_IN("sendmsg", SYS_sendmsg, full_socket(false), &header, 0L);
    WAIT_IN("sendmsg with a timeout", SYS_sendmsg, full_socket(true), &header, 0L);
    WAIT_IN("sendto", SYS_sendto, full_socket(false), bytes, 8L, 0L, 0L, 0L);
    WAIT_IN("write to a socket", SYS_write, full_socket(false), bytes, 8L);
}
static inline void wait_in_files(void) {
    static struct flock posix = {.l_type = F_WRLCK}, open_file = {.l_type = F_WRLCK, .l_start = 1};
    static siginfo_t info;
    static uint64_t number = 1;
    static char bytes[128];
    unlink("locked");
    locked_file = must(open("locked", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    for (const char **n = (const char *[]){"reader", "writer", NULL}; *n; n++) { unlink(*n); must(mkfifo(*n, 0600)); }
    struct gate ready = gate_new();
    SPAWN(helper) {
        int own = must(open("locked", O_RDWR));
        struct flock all = {.l_type = F_WRLCK};
        must(fcntl(own, F_SETLK, &all));
        must(flock(own, LOCK_EX));
        gate_open(ready);
        for (;;) pause();
    }
    gate_wait(ready);
    WAIT_IN("F_SETLKW", SYS_fcntl, locked_file, (long)F_SETLKW, &posix);
    WAIT_IN("F_OFD_SETLKW", SYS_fcntl, locked_file, (long)F_OFD_SETLKW, &open_file);
    WAIT_IN("flock", SYS_flock, locked_file, (long)LOCK_EX);
    WAIT_IN("open of a FIFO for reading", SYS_openat, (long)AT_FDCWD, "reader", (long)O_RDONLY);
    WAIT_IN("open of a FIFO for writing", SYS_open, "writer", (long)O_WRONLY);
    WAIT_IN("wait4", SYS_wait4, (long)helper, 0L, 0L, 0L);
    WAIT_IN("waitid", SYS_waitid, (long)P_ALL, 0L, &info, (long)WEXITED, 0L);
    WAIT_IN("waitid of a pidfd", SYS_waitid, (long)P_PIDFD, pidfd_of(helper), &info, (long)WEXITED, 0L);
    int count = must(eventfd(0, 0)), counted = must(eventfd(0, 0));
    must(eventfd_write(counted, -2));
    WAIT_IN("read of an eventfd", SYS_read, count, bytes, 8L);
    WAIT_IN("write to an eventfd", SYS_write, counted, &number, 8L);
    WAIT_IN("read of a timerfd", SYS_read, must(timerfd_create(CLOCK_MONOTONIC, 0)), bytes, 8L);
    WAIT_IN("read of an inotify instance", SYS_read, must(inotify_init1(0)), bytes, 100L);
    WAIT_IN("read of a pipe", SYS_read, pipe_end(false), bytes, 8L);
    WAIT_IN("write to a pipe", SYS_write, pipe_end(true), bytes, 8L);
}
static inline void wait_in_time(void) {
    static struct timespec relative = {20, 0}, absolute;
    static struct pollfd quiet = {.events = POLLIN};
    static struct epoll_event event;
    static int word;
    static sigset_t empty, second;
    clock_gettime(CLOCK_MONOTONIC, &absolute);
    absolute.tv_sec += 20;
    sigemptyset(&empty);
    sigemptyset(&second);
    sigaddset(&second, SIGUSR2);
    quiet.fd = pipe_end(false);
    int set = must(epoll_create1(0));
    WAIT_IN("poll", SYS_poll, &quiet, 1L, -1L);
    WAIT_IN("poll with a timeout", SYS_poll, &quiet, 1L, 20000L);
    WAIT_IN("ppoll", SYS_ppoll, &quiet, 1L, 0L, &empty, 8L);
    WAIT_IN("select", SYS_select, 0L, 0L, 0L, 0L, 0L);
    WAIT_IN("pselect", SYS_pselect6, 0L, 0L, 0L, 0L, &relative, 0L);
    WAIT_IN("epoll_wait", SYS_epoll_wait, set, &event, 1L, -1L);
    WAIT_IN("epoll_pwait2", SYS_epoll_pwait2, set, &event, 1L, &relative, 0L, 0L);
    WAIT_IN("futex", SYS_futex, &word, (long)FUTEX_WAIT, 0L, 0L);
    WAIT_IN("futex with a timeout", SYS_futex, &word, (long)FUTEX_WAIT, 0L, &relative);
    WAIT_IN("nanosleep", SYS_nanosleep, &relative, 0L);
    WAIT_IN("clock_nanosleep", SYS_clock_nanosleep, (long)CLOCK_MONOTONIC, (long)TIMER_ABSTIME, &absolute, 0L);
    WAIT_IN("pause", SYS_pause);
    WAIT_IN("rt_sigsuspend", SYS_rt_sigsuspend, &empty, 8L);
    WAIT_IN("rt_sigtimedwait", SYS_rt_sigtimedwait, &second, 0L, 0L, 8L);
    WAIT_IN("rt_sigtimedwait with a timeout", SYS_rt_sigtimedwait, &second, 0L, &relative, 8L);
}
static inline void wait_everywhere(void) {
    wait_in_ipc();
    wait_in_sockets();
    wait_in_files();
    wait_in_time();
    a_little();
    for (int i = 0; i < every_count; i++) if (is_done(every[i].waiter)) say("%s does not wait", every[i].name);
}
static inline void clean_up(void) {
    syscall(SYS_mq_unlink, "empty");
    syscall(SYS_mq_unlink, "full");
}
/// What each call came to, or that it waits.
static inline void show_every(void) {
    a_little();
    a_little();
    for (int i = 0; i < every_count; i++) {
        struct waiter *w = every[i].waiter;
        if (!is_done(w)) say("%s: waits", every[i].name);
        else if (w->error) say("%s: %s", every[i].name, errno_text(w->error));
        else say("%s: %ld", every[i].name, w->result);
    }
}
