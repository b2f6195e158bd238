// Rules:
// As: user
// While poll, select, epoll_wait, reads of event files, futex and sleeps wait: memory and descriptors change.
#include "waiting.h"
#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
static int one[2], two[2];
static void start(void) {
    must(pipe(one));
    must(pipe(two));
}
static void tick(int fd) { must(write(fd, "x", 1)); }
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = false)
static void ready(void) {
    CASE("poll: the array is changed") {
        struct pollfd *array = a_page();
        *array = (struct pollfd){one[0], POLLIN, 0};
        struct waiter *w = begin(SYS_poll, array, 1L, -1L);
        *array = (struct pollfd){two[0], POLLIN, 77};
        tick(two[1]);
        waits("changed", w);
        tick(one[1]);
        finish("poll", w);
        say("fd %s, events %d", array->fd == two[0] ? "the second" : "?", array->revents);
    }
    CASE("poll: the array is unmapped") {
        struct pollfd *array = a_page();
        *array = (struct pollfd){one[0], POLLIN, 0};
        struct waiter *w = begin(SYS_poll, array, 1L, -1L);
        take_away(array);
        tick(one[1]);
        finish("poll", w);
    }
    CASE("poll: the descriptor is replaced") {
        struct pollfd array = {one[0], POLLIN, 0};
        struct waiter *w = begin(SYS_poll, &array, 1L, -1L);
        int kept = dup(one[0]);
        must(dup2(two[0], one[0]));
        tick(two[1]);
        waits("replaced", w);
        tick(one[1]);
        // It is woken by the first, and looks at the descriptors again: the second has been ready.
        finish("poll", w);
        say("events %d", array.revents);
    }
    CASE("select: the sets are changed") {
        fd_set *set = a_page();
        FD_SET(one[0], set);
        struct timeval *limit = a_page();
        *limit = (struct timeval){5, 0};
        struct waiter *w = begin(SYS_select, (long)two[1] + 1, set, 0L, 0L, limit);
        FD_ZERO(set);
        FD_SET(two[0], set);
        *limit = (struct timeval){0, 0};
        tick(two[1]);
        waits("changed", w);
        tick(one[1]);
        finish("select", w);
        say("%d %d; time left: %d", FD_ISSET(one[0], set) != 0, FD_ISSET(two[0], set) != 0, limit->tv_sec > 0);
    }
    CASE("epoll_wait: descriptors are closed, added and removed") {
        int set = must(epoll_create1(0)), kept = dup(one[0]);
        struct epoll_event *events = a_page(), first = {EPOLLIN, {.u32 = 1}}, second = {EPOLLIN, {.u32 = 2}};
        must(epoll_ctl(set, EPOLL_CTL_ADD, one[0], &first));
        struct waiter *w = begin(SYS_epoll_wait, set, events, 4L, -1L);
        must(close(one[0]));
        waits("closed", w);
        tick(one[1]);
        finish("the file is open elsewhere", w);
        say("event %u", events->data.u32);
        close(kept);
        w = begin(SYS_epoll_wait, set, events, 4L, -1L);
        must(epoll_ctl(set, EPOLL_CTL_ADD, two[0], &second));
        waits("added", w);
        tick(two[1]);
        finish("epoll_wait", w);
        say("event %u", events->data.u32);
        char byte;
        must(read(two[0], &byte, 1));
        w = begin(SYS_epoll_wait, set, events, 4L, -1L);
        must(epoll_ctl(set, EPOLL_CTL_DEL, two[0], NULL));
        tick(two[1]);
        waits("removed", w);
        must(close(set));
        waits("the set is closed", w);
    }
    CASE("epoll_wait: the events are unmapped") {
        int set = must(epoll_create1(0));
        struct epoll_event *events = a_page(), first = {EPOLLIN, {.u32 = 1}};
        must(epoll_ctl(set, EPOLL_CTL_ADD, one[0], &first));
        struct waiter *w = begin(SYS_epoll_wait, set, events, 4L, -1L);
        take_away(events);
        tick(one[1]);
        finish("epoll_wait", w);
        show("still ready", epoll_wait(set, a_page(), 4, 0));
    }
}
static void reads(void) {
    uint64_t *count = a_page();
    CASE("eventfd: the descriptor is replaced") {
        int fd = must(eventfd(0, 0)), other = must(eventfd(0, 0)), kept = dup(fd);
        struct waiter *w = begin(SYS_read, fd, count, 8L);
        must(dup2(other, fd));
        must(eventfd_write(fd, 2));
        waits("replaced", w);
        must(fcntl(kept, F_SETFL, O_NONBLOCK));
        waits("O_NONBLOCK", w);
        must(eventfd_write(kept, 3));
        finish("read", w);
        say("%ju", (uintmax_t)*count);
    }
    CASE("eventfd: a write waits") {
        int fd = must(eventfd(0, 0));
        must(eventfd_write(fd, -2));
        *count = 5;
        struct waiter *w = begin(SYS_write, fd, count, 8L);
        *count = 7;
        eventfd_t got;
        must(eventfd_read(fd, &got));
        finish("write", w);
        must(eventfd_read(fd, &got));
        say("%ju", (uintmax_t)got);
    }
    CASE("timerfd: it is set while it is read") {
        int fd = must(timerfd_create(CLOCK_MONOTONIC, 0));
        struct waiter *w = begin(SYS_read, fd, count, 8L);
        waits("not set", w);
        must(timerfd_settime(fd, 0, &(struct itimerspec){{0, 0}, {0, 1000000}}, NULL));
        must(close(fd));
        finish("read", w);
        say("%ju", (uintmax_t)*count);
    }
    CASE("signalfd: its mask is changed while it is read") {
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, SIGUSR1);
        sigaddset(&mask, SIGUSR2);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        sigdelset(&mask, SIGUSR2);
        int fd = must(signalfd(-1, &mask, 0));
        struct signalfd_siginfo *record = a_page();
        struct waiter *w = begin(SYS_read, fd, record, (long)sizeof *record);
        must(kill(getpid(), SIGUSR2));
        waits("another signal", w);
        sigaddset(&mask, SIGUSR2);
        must(signalfd(fd, &mask, 0));
        finish("read", w);
        say("%s", record->ssi_signo == SIGUSR2 ? "SIGUSR2" : "?");
    }
    CASE("pipe: the descriptor is closed, the buffer unmapped") {
        char *page = a_page();
        struct waiter *w = begin(SYS_read, one[0], page, 4L);
        must(close(one[0]));
        waits("closed", w);
        tick(one[1]);
        finish("read", w);
        w = begin(SYS_read, two[0], page, 4L);
        take_away(page);
        tick(two[1]);
        finish("unmapped", w);
    }
    CASE("pipe: a write waits, the bytes change") {
        char *page = a_page(), buffer[65536] = "";
        must(fcntl(one[1], F_SETPIPE_SZ, 4096));
        must(write(one[1], buffer, 4096));
        strcpy(page, "first");
        struct waiter *w = begin(SYS_write, one[1], page, 5L);
        strcpy(page, "other");
        must(fcntl(one[1], F_SETFL, O_NONBLOCK));
        must(dup2(two[1], one[1]));
        waits("changed", w);
        must(read(one[0], buffer, 4096));
        finish("write", w);
        must(read(one[0], buffer, 5));
        say("%.5s", buffer);
    }
}
static void sleeps(void) {
    CASE("futex: its value is changed") {
        int *word = a_page();
        struct waiter *w = begin(SYS_futex, word, (long)FUTEX_WAIT, 0L, 0L);
        *word = 5;
        waits("changed", w);
        show("wake", syscall(SYS_futex, word, FUTEX_WAKE, 9));
        finish("wait", w);
        w = begin(SYS_futex, word, (long)FUTEX_WAIT, 5L, 0L);
        show("requeue", syscall(SYS_futex, word, FUTEX_CMP_REQUEUE, 0, 1L, word + 1, 5));
        show("wake", syscall(SYS_futex, word, FUTEX_WAKE, 9));
        show("wake the other", syscall(SYS_futex, word + 1, FUTEX_WAKE, 9));
        finish("wait", w);
        w = begin(SYS_futex, word, (long)FUTEX_WAIT, 5L, 0L);
        take_away(word);
        waits("unmapped", w);
    }
    CASE("futex: its timeout is changed") {
        int *word = a_page();
        struct timespec *limit = a_page();
        *limit = (struct timespec){0, 60000000};
        struct waiter *w = begin(SYS_futex, word, (long)FUTEX_WAIT, 0L, limit);
        *limit = (struct timespec){20, 0};
        finish("wait", w);
    }
    CASE("nanosleep: its time is changed") {
        struct timespec *limit = a_page();
        *limit = (struct timespec){0, 60000000};
        struct waiter *w = begin(SYS_nanosleep, limit, 0L);
        *limit = (struct timespec){20, 0};
        finish("nanosleep", w);
        w = begin(SYS_nanosleep, limit, limit);
        interrupt(w, SA_RESTART);
        finish("interrupted", w);
        yes("most of it is left", limit->tv_sec > 10 && limit->tv_sec < 20);
        *limit = (struct timespec){20, 0};
        w = begin(SYS_nanosleep, limit, limit);
        take_away(limit);
        interrupt(w, 0);
        finish("interrupted, and unmapped", w);
    }
}
int main(void) {
    ready();
    reads();
    sleeps();
    return 0;
}
