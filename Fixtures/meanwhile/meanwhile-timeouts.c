// Rules:
// As: user
// Timeouts of waiting calls that are stopped for longer than that, or restarted after a signal.
#include "every-wait.h"
enum { SHORT = 300 };
static void wait_shortly(void) {
    static struct sembuf take = {0, -1, 0};
    static struct timespec relative = {0, SHORT * 1000000L}, absolute, monotonic;
    static struct timeval old = {0, SHORT * 1000L};
    static struct pollfd quiet = {.fd = -1};
    static struct epoll_event event;
    static struct mmsghdr many;
    static struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "two"};
    static int word;
    static char text[16];
    static sigset_t second;
    sigemptyset(&second);
    sigaddset(&second, SIGUSR2);
    long ns;
    clock_gettime(CLOCK_REALTIME, &absolute);
    ns = absolute.tv_nsec + SHORT * 1000000L;
    absolute = (struct timespec){absolute.tv_sec + ns / 1000000000, ns % 1000000000};
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    ns = monotonic.tv_nsec + SHORT * 1000000L;
    monotonic = (struct timespec){monotonic.tv_sec + ns / 1000000000, ns % 1000000000};
    unlink("two");
    semaphores = must(semget(IPC_PRIVATE, 1, 0600));
    posix_empty = posix_queue("empty");
    posix_full = posix_queue("full");
    must(syscall(SYS_mq_timedsend, posix_full, "x", 1L, 0L, NULL));
    int listener = bound("two", false), stream = unix_pair(SOCK_STREAM, false, NULL), full = full_socket(false), client;
    client = must(socket(AF_UNIX, SOCK_STREAM, 0));
    must(connect(client, (struct sockaddr *)&address, sizeof address));
    client = must(socket(AF_UNIX, SOCK_STREAM, 0));
    int empty_listener = (unlink("one"), bound("one", false));
    for (int *fd = (int[]){empty_listener, stream, full, client, -1}; *fd >= 0; fd++) {
        must(setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &old, sizeof old));
        must(setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &old, sizeof old));
    }
    WAIT_IN("semtimedop", SYS_semtimedop, semaphores, &take, 1L, &relative);
    WAIT_IN("mq_timedsend", SYS_mq_timedsend, posix_full, text, 1L, 0L, &absolute);
    WAIT_IN("mq_timedreceive", SYS_mq_timedreceive, posix_empty, text, 8L, 0L, &absolute);
    WAIT_IN("accept", SYS_accept, empty_listener, 0L, 0L);
    WAIT_IN("connect", SYS_connect, client, &address, (long)sizeof address);
    WAIT_IN("recvfrom", SYS_recvfrom, stream, text, 8L, 0L, 0L, 0L);
    WAIT_IN("sendto", SYS_sendto, full, text, 8L, 0L, 0L, 0L);
    WAIT_IN("poll", SYS_poll, &quiet, 1L, (long)SHORT);
    WAIT_IN("epoll_wait", SYS_epoll_wait, must(epoll_create1(0)), &event, 1L, (long)SHORT);
    WAIT_IN("futex", SYS_futex, &word, (long)FUTEX_WAIT, 0L, &relative);
    WAIT_IN("nanosleep", SYS_nanosleep, &relative, 0L);
    WAIT_IN("clock_nanosleep", SYS_clock_nanosleep, (long)CLOCK_MONOTONIC, (long)TIMER_ABSTIME, &monotonic, 0L);
    WAIT_IN("rt_sigtimedwait", SYS_rt_sigtimedwait, &second, 0L, &relative, 8L);
    a_little();
}
static void until_all_are_done(void) {
    for (int i = 0; i < every_count; i++) done_within(every[i].waiter, 2000);
    show_every();
    clean_up();
}
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        CHILD {
            say("-- left alone");
            long begun = milliseconds();
            wait_shortly();
            until_all_are_done();
            yes("not too soon", milliseconds() - begun >= SHORT);
        }
        struct gate ready = gate_new();
        pid_t pid;
        SPAWN(pid) {
            say("-- stopped for longer");
            wait_shortly();
            gate_open(ready);
            until_all_are_done();
        }
        gate_wait(ready);
        must(kill(pid, SIGSTOP));
        usleep((SHORT + 100) * 1000);
        must(kill(pid, SIGCONT));
        reap(pid);
        CHILD {
            say("-- interrupted with SA_RESTART");
            handle(SIGUSR1, SA_RESTART);
            long begun = milliseconds();
            wait_shortly();
            for (int i = 0; i < every_count; i++) signal_to(every[i].waiter, SIGUSR1);
            until_all_are_done();
            say("handled by all: %d", handled == every_count);
            yes("not too soon", milliseconds() - begun >= SHORT);
        }
    }
    return 0;
}
