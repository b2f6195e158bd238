// Rules: alarm-clock-not-permitted
// As: root user
// What is asked of the host about inheritance, huge pages, alarms and synchronisation, with lengths that wrap.
#include "fixture.h"
#include <sys/timerfd.h>
#include <sys/epoll.h>

int main(void) {
    long page = 4096;
    char *own = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(own, 'a', 4 * page);
    show("not for children", madvise(own, page, 10));
    show("wiped in children", madvise(own + page, page, 18));
    CHILD {
        signal(SIGSEGV, SIG_DFL);
        say("wiped: %d, kept: %c", own[page], own[2 * page]);
        say("gone: %c", *(volatile char *)own);
    }
    show("for children again", madvise(own, page, 11));
    show("kept again", madvise(own + page, page, 19));
    CHILD say("there: %c %d", own[0], own[page] == 'a');
    show("unaligned", madvise(own + 1, page, 10));
    show("nothing", madvise(own, 0, 10));
    show("wrapping length", madvise(own, -1ul, 10));
    show("wrapping end", madvise(own, -page, 10));
    show("at the end", madvise((void *)-page, page, 10));
    show("unmapped", madvise((void *)page, page, 10));
    show("wiped but shared", madvise(mmap(NULL, page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0), page, 18));
    show("another advice", madvise(own, page, 1000));

    yes("no huge pages", mmap(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) == MAP_FAILED);
    ok("alarm clock", timerfd_create(CLOCK_BOOTTIME_ALARM, 0));
    ok("real alarm clock", timerfd_create(CLOCK_REALTIME_ALARM, 0));
    ok("boot clock", timerfd_create(CLOCK_BOOTTIME, 0));
    show("no clock", timerfd_create(77, 0));
    int file = must(open("file", O_RDWR | O_CREAT, 0600));
    show("syncfs", syncfs(file));
    show("syncfs of nothing", syncfs(99));
    show("syncfs of a path", syncfs(must(open(".", O_PATH))));
    int poll = must(epoll_create1(0)), ends[2];
    must(pipe(ends));
    struct epoll_event event = {.events = EPOLLIN};
    show("poll nothing", epoll_ctl(poll, EPOLL_CTL_ADD, 99, &event));
    show("poll a loader's fd", epoll_ctl(poll, EPOLL_CTL_ADD, 63, &event));
    show("poll with nothing", epoll_ctl(99, EPOLL_CTL_ADD, ends[0], &event));
    show("poll with a bad event", epoll_ctl(poll, EPOLL_CTL_ADD, ends[0], (void *)8));
    show("poll, both bad", epoll_ctl(99, EPOLL_CTL_ADD, 99, (void *)8));
    show("poll", epoll_ctl(poll, EPOLL_CTL_ADD, ends[0], &event));
    show("forget", epoll_ctl(poll, EPOLL_CTL_DEL, ends[0], NULL));
    show("forget again", epoll_ctl(poll, EPOLL_CTL_DEL, ends[0], NULL));
    return 0;
}
