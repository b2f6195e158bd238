// Rules:
// As: root user
// RLIMIT_AS, DATA, STACK and MEMLOCK: what they bind, also a program that is executed, and what of it a child and
// another process see.
#include "fixture.h"
static void limit(int which, rlim_t value) { must(setrlimit(which, &(struct rlimit){value, value})); }
static void *map(size_t size, int flags) { return mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0); }
static int deep(int n) {
    volatile char frame[4096];
    frame[0] = n;
    return n ? deep(n - 1) + frame[0] : 0;
}
static const char *status(int status) {
    static char text[32];
    if (WIFSIGNALED(status)) snprintf(text, sizeof text, "SIG%s", sigabbrev_np(WTERMSIG(status)));
    else snprintf(text, sizeof text, "exit %d", WEXITSTATUS(status));
    return text;
}
int main(int count, char **arguments) {
    if (count > 1) {
        ok("executed: map 16 MiB", map(16 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
        ok("executed: map 128 MiB", map(128 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
        CHILD say("executed: it forks");
        return 0;
    }
    CHILD {
        limit(RLIMIT_AS, 64 << 20);
        ok("as: map 16 MiB", map(16 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
        ok("as: map 128 MiB", map(128 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
        ok("as: shared", map(128 << 20, MAP_SHARED) == MAP_FAILED ? -1 : 0);
        ok("as: reserve", mmap(NULL, 128 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED ? -1 : 0);
        CHILD ok("as: in a child", map(128 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
        must(execl("/proc/self/exe", "self", "again", NULL));
    }
    CHILD {
        limit(RLIMIT_DATA, 8 << 20);
        ok("data: private", map(64 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
        ok("data: shared", map(64 << 20, MAP_SHARED) == MAP_FAILED ? -1 : 0);
        ok("data: reserve", mmap(NULL, 64 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
        yes("data: brk", sbrk(64 << 20) != (void *)-1);
        yes("data: little brk", sbrk(1 << 20) != (void *)-1);
        CHILD ok("data: thread's stack", map(16 << 20, MAP_PRIVATE | MAP_STACK) == MAP_FAILED ? -1 : 0);
    }
    static const rlim_t stacks[] = {256 << 10, 8 << 20};
    for (int i = 0; i < 2; i++) {
        pid_t pid;
        SPAWN(pid) { limit(RLIMIT_STACK, stacks[i]); deep(1000); }
        say("stack of %ld KiB: %s", (long)(stacks[i] >> 10), status(wait_status(pid)));
    }
    CHILD {
        limit(RLIMIT_STACK, 1 << 20);
        // A quarter of it is for arguments, but never less than 128 KiB.
        char *large = malloc(100 << 10), *vector[] = {"true", large, large, large, NULL};
        memset(large, 'x', 100 << 10);
        large[(100 << 10) - 1] = 0;
        show("stack: 300 KiB of arguments", execv("/bin/true", vector));
        vector[3] = NULL;
        must(execv("/bin/true", vector));
    }
    CHILD {
        limit(RLIMIT_MEMLOCK, 64 << 10);
        char *place = map(1 << 20, MAP_PRIVATE);
        show("lock 16 KiB", mlock(place, 16 << 10));
        show("lock 1 MiB", mlock(place, 1 << 20));
        show("map locked", mmap(NULL, 1 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0) == MAP_FAILED ? -1 : 0);
        show("lock future", mlockall(MCL_FUTURE));
        munlockall();
        if (geteuid() == 0) {
            drop_cap(CAP_IPC_LOCK);
            show("without the capability", mlock(place, 1 << 20));
            CHILD show("in a child", mlock(place, 1 << 20));
        }
        USERNS_CHILD(0, own_uid_at(0), NULL) show("in a user namespace", mlock(place, 1 << 20));
        struct rlimit none = {0, 0};
        must(setrlimit(RLIMIT_MEMLOCK, &none));
        show("none at all", mlock(place, 4096));
    }
    // Of another process, before and after it is there.
    pid_t pid;
    struct gate go = gate_new();
    SPAWN(pid) {
        gate_wait(go);
        ok("set by another: map", map(64 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
    }
    struct rlimit as = {32 << 20, RLIM_INFINITY}, old;
    must(prlimit(pid, RLIMIT_AS, &as, NULL));
    must(prlimit(pid, RLIMIT_AS, NULL, &old));
    yes("shown", old.rlim_cur == as.rlim_cur && old.rlim_max == RLIM_INFINITY);
    gate_open(go);
    reap(pid);
    // Lowered and raised again.
    CHILD {
        struct rlimit low = {32 << 20, RLIM_INFINITY}, high = {RLIM_INFINITY, RLIM_INFINITY};
        must(setrlimit(RLIMIT_AS, &low));
        ok("low", map(64 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
        must(setrlimit(RLIMIT_AS, &high));
        ok("high", map(64 << 20, MAP_PRIVATE) == MAP_FAILED ? -1 : 0);
    }
    return 0;
}
