// Whether the model and the host agree on what is open. The model answers fcntl, readlink and dup; the host answers read,
// pread64 and large writes, whose address is none of a program's so that nothing is moved.
#include "hostile.h"
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define NUMBERS 200
#define NOWHERE 0xffff800000000000ul

struct made history[HISTORY];
u32 next_made;

// The last calls of this process that named or returned a descriptor.
static void tell_history(int fd) {
    int told = 0;
    for (u32 back = 1; back <= HISTORY && told < 4; back++) {
        struct made *one = &history[(next_made - back) % HISTORY];
        if (one->a != fd && one->b != fd && one->result != fd) continue;
        report("  before: call, arguments 1 and 2, result:", one->number, one->a, one->b, one->result);
        told++;
    }
}

void report(const char *text, long a, long b, long c, long d) {
    char *out = SHARED->reports[SHARED->next_report++ % 16];
    long values[4] = {a, b, c, d};
    int at = 0;
    for (; *text && at < 120; text++) out[at++] = *text;
    for (int which = 0; which < 4; which++) {
        out[at++] = ' ';
        u64 value = values[which] < 0 ? -(u64)values[which] : (u64)values[which];
        if (values[which] < 0) out[at++] = '-';
        char digits[24];
        int count = 0;
        do digits[count++] = '0' + value % 10; while (value /= 10);
        while (count) out[at++] = digits[--count];
    }
    out[at] = 0;
}

// What a memory file is called and what it holds; they say the same unless one table is behind the other.
static u64 name_tag(int fd) {
    char path[48] = "/proc/thread-self/fd/", name[64] = {0};
    int at = (int)strlen(path), digits = 0;
    char text[12];
    for (int value = fd; digits == 0 || value; value /= 10) text[digits++] = '0' + value % 10;
    while (digits) path[at++] = text[--digits];
    path[at] = 0;
    long length = CALL(SYS_readlink, path, name, sizeof name - 1);
    if (length < 9 || memcmp(name, "/memfd:T", 8)) return 0;
    u64 tag = 0;
    for (char *digit = name + 8; *digit >= '0' && *digit <= '9'; digit++) tag = tag * 10 + *digit - '0';
    return tag;
}

// 0 when number `fd` is the same in both tables.
static int differs(int fd, long *model, long *host) {
    long flags = CALL(SYS_fcntl, fd, F_GETFL);
    long reads = CALL(SYS_read, fd, NOWHERE, 1), writes = CALL(SYS_write, fd, NOWHERE, 1 << 20);
    *model = flags;
    *host = (reads != -EBADF) + 2 * (writes != -EBADF);
    if (flags == -EBADF) return *host != 0 && fd % 64 != 63 ? 1 : 0;      // the loader stub's file is at such a number
    if (flags & O_PATH) return *host ? 2 : 0;
    int access = flags & O_ACCMODE;
    if ((access == O_RDONLY || access == O_RDWR) && !(*host & 1)) return 3;
    // /proc/[pid]/mem is written by the sentry, which hears of small writes only.
    if ((access == O_WRONLY || access == O_RDWR) && !(*host & 2) && CALL(SYS_write, fd, NOWHERE, 1) == -EBADF) return 4;
    u64 tag = name_tag(fd), content = 0;
    if (tag && access != O_WRONLY) {
        CALL(SYS_pread64, fd, &content, 8, 0);
        if (content && content != tag) { *model = (long)tag, *host = (long)content; return 5; }
    }
    if (tag && access == O_RDONLY && *host & 2) return 6;
    return 0;
}

void check_table(const char *where) {
    SHARED->checks++;
    for (int fd = 0; fd < NUMBERS; fd++) {
        long model, host;
        int kind = differs(fd, &model, &host);
        for (int again = 0; kind && again < 3; again++) {
            struct timespec wait = {0, 20000000};
            CALL(SYS_nanosleep, &wait, 0);
            kind = differs(fd, &model, &host);
        }
        SHARED->checked++;
        if (kind) {
            SHARED->mismatches++;
            report(where, kind * 1000 + fd, model, host, 0);
            tell_history(fd);
        }
    }
}

static _Atomic int running, turn;
static int steps;

// Nobody may move or close a file between its making and its tag's writing, as the tag would go into another file: readers
// count up, a maker takes -1000.
static _Atomic int moving;
static void enter(int makes) {
    for (;;) {
        int now = moving;
        if (makes ? now == 0 : now >= 0)
            if (atomic_compare_exchange_strong(&moving, &now, makes ? -1000 : now + 1)) return;
        CALL(SYS_sched_yield);
    }
}

static void make_tagged(void) {
    static _Atomic u32 next = 1;
    u64 tag = (u64)CALL(SYS_getpid) * 100000 + next++ % 100000;
    char name[32] = "T";
    int at = 1, digits = 0;
    char text[24];
    for (u64 value = tag; digits == 0 || value; value /= 10) text[digits++] = '0' + value % 10;
    while (digits) name[at++] = text[--digits];
    long fd = CALL(SYS_memfd_create, name, below(2));
    CALL(SYS_pwrite64, fd, &tag, 8, 0);
}

static void pass_over(int receive) {
    static const int socket_numbers[] = {3, 4, 5, 6};
    char byte = 0;
    struct iovec part = {&byte, 1};
    union { struct cmsghdr head; char bytes[64]; } control = {0};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(12)};
    if (!receive) {
        control.head = (struct cmsghdr){CMSG_LEN(12), SOL_SOCKET, SCM_RIGHTS};
        for (int at = 0; at < 3; at++) ((int *)CMSG_DATA(&control.head))[at] = 7 + (int)below(60);
        CALL(SYS_sendmsg, PICK(socket_numbers), &header, MSG_DONTWAIT);
    } else CALL(SYS_recvmsg, PICK(socket_numbers), &header, MSG_DONTWAIT | (chance(2) ? MSG_CMSG_CLOEXEC : 0));
}

// Opens, moves and closes descriptors, as do the other threads of the table.
static int race(void) {
    for (volatile int left = steps; left > 0; left--) {
        int fd = 7 + (int)below(70), other = 7 + (int)below(70);
        SHARED->calls++;
        u64 kind = below(15);
        enter(kind < 2);
        switch (kind) {
        case 0: case 1: make_tagged(); break;
        case 2: CALL(SYS_dup2, fd, other); break;
        case 3: CALL(SYS_dup3, fd, other, below(2) * O_CLOEXEC); break;
        case 4: CALL(SYS_close, fd); break;
        case 5: CALL(SYS_close_range, fd, fd + below(8), chance(8) ? 2 : below(2) * 4); break;
        case 6: CALL(SYS_dup, fd); break;
        case 7: CALL(SYS_fcntl, fd, chance(2) ? F_DUPFD : F_DUPFD_CLOEXEC, other); break;
        case 8: pass_over(0); break;
        case 9: pass_over(1); break;
        case 10: { int pair[2]; CALL(SYS_pipe2, chance(20) ? (int *)ARENA : pair, O_NONBLOCK); break; }
        case 11: CALL(SYS_openat, AT_FDCWD, chance(2) ? "." : "/etc/passwd", chance(3) ? O_PATH : O_RDONLY); break;
        case 12: CALL(SYS_eventfd2, 0, O_NONBLOCK); break;
        case 13: if (chance(10)) CALL(SYS_unshare, CLONE_FILES); break;
        default: CALL(SYS_fcntl, fd, F_SETFD, below(2)); break;
        }
        moving += kind < 2 ? 1000 : -1;
    }
    running--;
    while (running > 0) CALL(SYS_sched_yield);
    return 0;
}

static int race_and_check(void) {
    race();
    struct timespec moment = {0, 1000000};
    int mine = turn++;
    for (int waited = 0; waited < 100 * mine; waited++) CALL(SYS_nanosleep, &moment, 0);
    check_table("thread's table: kind*1000+number, model, host:");
    return 0;
}

void descriptor_race(void) {
    int pair[2];
    self()->quiet = 1;
    CALL(SYS_close_range, 3, ~0u, 0);
    CALL(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
    CALL(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
    steps = 20 + (int)below(200);
    running = 1;
    turn = 1;
    struct itimerval none = {{0, 0}, {0, 0}};
    if (chance(2)) CALL(SYS_setitimer, 0, &none, 0);
    static const u64 ways[] = {CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, CLONE_VM | CLONE_FILES, CLONE_VM | CLONE_FILES | CLONE_SIGHAND,
                               CLONE_VM, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD};
    int extra = (int)below(3);
    for (int at = 0; at < extra; at++)
        if (spare()) {
            running++;
            if (child_stack_call(PICK(ways), race_and_check, 1) < 0) running--;
        }
    race();
    CALL(SYS_setitimer, 0, &none, 0);
    check_table("main table: kind*1000+number, model, host:");
    if (chance(2)) {
        char *argv[] = {"hostile", "--check", 0};
        CALL(SYS_execve, "/fuzz/hostile", argv, environ);
    }
}
