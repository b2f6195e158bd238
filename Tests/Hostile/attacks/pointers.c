// Every argument that is a pointer, with a second process that changes what it points to: paths, vectors, message
// headers, control data, addresses, clone_args, argv and envp, xattr names and values, open_how, sigevent, itimerspec,
// owners, locks, waits. Whatever of two contents is taken, it must be one that was checked.
// Seconds: 3
#include "hostile.h"
#include <linux/futex.h>
#include <linux/openat2.h>
#include <sys/epoll.h>
#include <sys/xattr.h>

/// A place with two contents, and the racer that swaps them.
static struct raced { size_t size; volatile char now[1024], a[1024], b[1024]; } *raced;
static volatile int *which;

static void flipper(void) {
    while (1) {
        size_t size = raced->size;
        const volatile char *from = *which & 1 ? raced->a : raced->b;
        for (size_t i = 0; i + 8 <= size; i += 8) *(volatile uint64_t *)(raced->now + i) = *(volatile uint64_t *)(from + i);
        ++*which;
        for (int i = 0; i < 40; i++) asm volatile("pause");
    }
}
static void *set(const void *a, const void *b, size_t size) {
    raced->size = 0;
    memcpy((void *)raced->a, a, size), memcpy((void *)raced->b, b, size), memcpy((void *)raced->now, a, size);
    raced->size = (size + 7) & ~7ul;
    return (void *)raced->now;
}
static void *paths(const char *a, const char *b) {
    char x[512] = "", y[512] = "";
    snprintf(x, sizeof x, "%s", a), snprintf(y, sizeof y, "%s", b);
    return set(x, y, sizeof x);
}
#define TIMES(n) for (int i_ = 0; i_ < (n) && left() > 0; i_++, round_done())

static void check(int fd, bool write_too, const char *by) {
    if (fd < 0) return;
    if (descriptor_tells(fd, arena.secret)) succeeded("read the host's file by %s", by);
    if (write_too) pwrite(fd, "written\n", 8, 0);
    close(fd);
}

static void files(void) {
    char *path = paths("/granted/file", denied_path);
    TIMES(150) check(open(path, O_RDONLY), false, "open");
    TIMES(50) { truncate(path, 1); chmod(path, 0777); chown(path, 1, 1); unlink(path); rename(path, "/tmp/x"); link(path, "/tmp/y"); }
    path = paths("/shared/file", "/granted/file");
    TIMES(150) { check(open(path, O_RDWR), true, "open"); truncate(path, 100); }
    path = paths("/tmp/own", "/granted/file");
    close(open("/tmp/own", O_CREAT | O_RDWR, 0666));
    TIMES(150) { check(open(path, O_RDWR | O_TRUNC), true, "open"); setxattr(path, "user.x", "y", 1, 0); }
    struct open_how one = {.flags = O_RDONLY}, two = {.flags = O_RDWR | O_TRUNC, .resolve = 0};
    struct open_how *how = set(&one, &two, sizeof one);
    TIMES(200) check(syscall(SYS_openat2, AT_FDCWD, "/granted/file", how, sizeof *how), true, "openat2");
    const char *name = paths("user.name", "security.capability");
    char value[256] = "";
    TIMES(60) { setxattr("/shared/file", name, value, 20, 0); getxattr("/shared/file", name, value, sizeof value); removexattr("/shared/file", name); }
    char long_name[512];
    memset(long_name, 'n', 511), long_name[511] = 0;
    name = paths("user.name", long_name);
    TIMES(60) { setxattr("/tmp/own", name, value, sizeof value, 0); listxattr("/tmp/own", value, sizeof value); memfd_create(name, 0); }
    path = paths("/granted", "/");
    TIMES(60) { chdir(path); chroot(path); check(open("denied/file", O_RDONLY), false, "chroot"); }
    chdir("/");
}
static void vectors(void) {
    int fd = memfd_create("m", 0), granted = open("/granted/file", O_RDONLY);
    char *page = shared_pages(8192, PROT_READ | PROT_WRITE);
    struct iovec good[4] = {{page, 64}, {page, 64}, {page, 64}, {page, 64}};
    struct iovec bad[4] = {{(void *)-4096l, 1ul << 62}, {(void *)8, -1ul}, {page, 1ul << 40}, {NULL, 5}};
    struct iovec *list = set(good, bad, sizeof good);
    TIMES(200) { writev(fd, list, 4), pwritev(fd, list, 4, 0), preadv(fd, list, 4, 0), readv(granted, list, 4), pwritev2(granted, list, 4, 0, 0); }
    TIMES(100) { syscall(SYS_process_vm_readv, getpid(), good, 4, list, 4, 0), syscall(SYS_process_vm_writev, getpid(), list, 4, good, 4, 0); }
    close(fd), close(granted);
}
static void messages(void) {
    int pair[2], granted = open("/granted/file", O_RDONLY);
    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
        socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, pair);
        char *page = shared_pages(65536, PROT_READ | PROT_WRITE);
        struct cmsghdr *head = (struct cmsghdr *)(page + 4096);
        *head = (struct cmsghdr){CMSG_LEN(4), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(head), &granted, 4);
        struct iovec *data = (struct iovec *)(page + 8192);
        *data = (struct iovec){page, 16};
        struct sockaddr_un *name = (struct sockaddr_un *)(page + 12288);
        name->sun_family = AF_UNIX;
        int length = offsetof(struct sockaddr_un, sun_path) + 1 + snprintf(name->sun_path + 1, 100, "%s.dgram", arena.name);
        struct msghdr plain = {.msg_iov = data, .msg_iovlen = 1};
        struct msghdr others[] = {
            {.msg_iov = data, .msg_iovlen = 1, .msg_control = head, .msg_controllen = CMSG_SPACE(4)},
            {.msg_iov = data, .msg_iovlen = 1, .msg_name = name, .msg_namelen = length},
            {.msg_iov = data, .msg_iovlen = 1ul << 60, .msg_control = head, .msg_controllen = 1ul << 60},
            {.msg_iov = (void *)-8l, .msg_iovlen = 1000, .msg_name = (void *)-8l, .msg_namelen = -1},
            {.msg_iov = data, .msg_iovlen = 1, .msg_control = head, .msg_controllen = 17},
        };
        for (int i = 0; i < 5; i++) {
            struct msghdr *header = set(&plain, &others[i], sizeof plain);
            TIMES(60) { sendmsg(pair[0], header, MSG_NOSIGNAL), recvmsg(pair[1], header, 0); }
            struct mmsghdr quiet = {.msg_hdr = plain}, loud = {.msg_hdr = others[i]};
            struct mmsghdr *several = set(&quiet, &loud, sizeof quiet);
            TIMES(40) { sendmmsg(pair[0], several, 1, MSG_NOSIGNAL), recvmmsg(pair[1], several, 1, 0, NULL); }
        }
        struct cmsghdr *control = set(head, &(struct { struct cmsghdr h; int fd[20]; }){{CMSG_LEN(80), SOL_SOCKET, SCM_RIGHTS}}, 32);
        struct msghdr header = {.msg_iov = data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 128};
        TIMES(80) { sendmsg(pair[0], &header, MSG_NOSIGNAL), header.msg_controllen = 128, recvmsg(pair[1], &header, 0), header.msg_controllen = 128; }
        for (int fd = 20; fd < 200; fd++) close(fd);
        close(pair[0]), close(pair[1]);
    }
    struct sockaddr_un own = {.sun_family = AF_UNIX}, host = {.sun_family = AF_UNIX};
    strcpy(own.sun_path, "/tmp/sock");
    snprintf(host.sun_path, sizeof host.sun_path, "%s", host_path("host/stream.sock"));
    for (int form = 0; form < 2; form++) {
        socklen_t size = sizeof own;
        if (form) {
            memset(host.sun_path, 0, sizeof host.sun_path);
            size = offsetof(struct sockaddr_un, sun_path) + 1 + snprintf(host.sun_path + 1, 100, "%s", arena.name);
        }
        void *address = set(&own, &host, sizeof own);
        TIMES(80) {
            int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
            connect(fd, address, size), bind(fd, address, size), close(fd);
            fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
            sendto(fd, "x", 1, MSG_NOSIGNAL, address, size), close(fd);
            unlink("/tmp/sock");
        }
    }
    close(granted);
}
static void births(void) {
    struct clone_args plain = {.exit_signal = SIGCHLD};
    struct clone_args others[] = {
        {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD}, {.flags = CLONE_PTRACE | CLONE_UNTRACED | CLONE_PARENT, .exit_signal = 0},
        {.flags = CLONE_NEWUSER | CLONE_NEWNET, .exit_signal = SIGCHLD}, {.flags = CLONE_INTO_CGROUP, .cgroup = 0, .exit_signal = SIGCHLD},
        {.flags = CLONE_CLEAR_SIGHAND | CLONE_UNTRACED, .exit_signal = SIGCHLD}, {.flags = ~0ul, .exit_signal = ~0ul},
        {.flags = CLONE_VM | CLONE_VFORK, .stack = (uint64_t)-8, .stack_size = 64, .exit_signal = SIGCHLD},
        {.exit_signal = SIGCHLD, .set_tid = (uint64_t)&which, .set_tid_size = 40},
    };
    for (int i = 0; i < 8; i++) {
        struct clone_args *arguments = set(&plain, &others[i], sizeof plain);
        TIMES(12) {
            long pid = RAW(SYS_clone3, arguments, sizeof *arguments);
            if (pid == 0) RAW(SYS_exit_group, 0);
            while (waitpid(-1, NULL, WNOHANG | __WALL) > 0 && left() > 0) {}
        }
    }
    // An untraced child that goes on.
    struct clone_args clears = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
    struct clone_args *arguments = set(&clears, &others[4], sizeof clears);
    pid_t own = getpid();
    TIMES(20) {
        long pid = RAW(SYS_clone3, arguments, sizeof *arguments);
        // A child without a tracer cannot ask the sentry anything.
        if (pid == 0) { if (RAW(SYS_getppid) == -ENOSYS) outlive(); RAW(SYS_exit_group, 0); }
        if (pid > 0) waitpid(pid, NULL, __WALL);
    }
}
static void programs(void) {
    char *good[] = {"x", "again", "y", NULL}, *bad[] = {"x", "again", (char *)-8l, (char *)8};
    char **list = set(good, bad, sizeof good);
    TIMES(25) {
        pid_t pid = fork();
        if (pid == 0) execve("/proc/self/exe", list, list), _exit(1);
        waitpid(pid, NULL, 0);
    }
    char *path = paths("/attack/pointers", host_path("denied/tool"));
    TIMES(25) {
        pid_t pid = fork();
        if (pid == 0) { RAW(SYS_execve, path, good, good + 3), _exit(1); }
        waitpid(pid, NULL, 0);
    }
}
static void timers(void) {
    struct sigevent own = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGURG}, other = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGKILL};
    ((int *)&other)[3] = arena.victim;
    struct sigevent *event = set(&own, &other, sizeof own);
    TIMES(100) { int timer; if (RAW(SYS_timer_create, CLOCK_MONOTONIC, event, &timer) == 0) RAW(SYS_timer_delete, timer); }
    struct itimerspec short_time = {{0, 1000}, {0, 1000}}, wrong = {{-1, -1}, {1l << 62, 1l << 62}};
    struct itimerspec *value = set(&short_time, &wrong, sizeof short_time);
    int timer;
    own.sigev_notify = SIGEV_NONE;
    if (RAW(SYS_timer_create, CLOCK_MONOTONIC, &own, &timer) == 0)
        TIMES(100) { RAW(SYS_timer_settime, timer, 1, value, 0); RAW(SYS_timer_settime, timer, 0, value, 0); }
    sigset_t all;
    sigfillset(&all);
    TIMES(60) { RAW(SYS_rt_sigtimedwait, &all, value, value, 8); RAW(SYS_semtimedop, 1, value, 1, value); RAW(SYS_futex, which, FUTEX_WAIT, 0, value); }
    struct f_owner_ex mine = {F_OWNER_PID, getpid()}, theirs = {F_OWNER_PID, arena.victim};
    struct f_owner_ex *owner = set(&mine, &theirs, sizeof mine);
    int pair[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    signal(SIGIO, SIG_IGN);
    TIMES(100) { fcntl(pair[0], F_SETOWN_EX, owner), fcntl(pair[0], F_SETFL, O_ASYNC | O_NONBLOCK), send(pair[1], "x", 1, MSG_NOSIGNAL); }
    pid_t here = getpgrp(), there = arena.victim;
    pid_t *front = set(&here, &there, sizeof here);
    TIMES(60) { ioctl(0, TIOCSPGRP, front), ioctl(pair[0], FIOSETOWN, front), ioctl(pair[0], SIOCSPGRP, front); }
    siginfo_t mine_info = {.si_signo = SIGURG, .si_code = SI_QUEUE}, kernel_info = {.si_signo = SIGURG, .si_code = 0x80};
    siginfo_t *info = set(&mine_info, &kernel_info, sizeof mine_info);
    TIMES(60) RAW(SYS_rt_sigqueueinfo, getpid(), SIGURG, info);
    struct epoll_event one = {EPOLLIN}, two = {~0u};
    struct epoll_event *events = set(&one, &two, sizeof one);
    int poll = epoll_create1(0);
    TIMES(60) { epoll_ctl(poll, EPOLL_CTL_ADD, pair[0], events), epoll_ctl(poll, EPOLL_CTL_MOD, pair[0], events), epoll_ctl(poll, EPOLL_CTL_DEL, pair[0], events); }
    long small = 4, large = 1l << 40;
    socklen_t *size = set(&small, &large, sizeof small);
    char option[64];
    TIMES(60) { getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, option, size), getsockname(pair[0], (struct sockaddr *)option, size), setsockopt(pair[0], SOL_SOCKET, SO_RCVBUF, size, 4), setsockopt(pair[0], SOL_SOCKET, 26 /* SO_ATTACH_FILTER */, size, 16); }
    close(pair[0]), close(pair[1]), close(poll);
}
static void rest(int argc, char **argv) {}
void prepare(void) { again = rest; }

static void attack(void) {
    raced = shared_pages(sizeof *raced, PROT_READ | PROT_WRITE);
    which = shared_pages(4096, PROT_READ | PROT_WRITE);
    racer(flipper);
    void (*const all[])(void) = {files, vectors, messages, births, programs, timers};
    unsigned first = random_word();
    while (left() > 0)
        for (unsigned i = 0; i < 6 && left() > 0; i++) all[(first + i) % 6]();
}
