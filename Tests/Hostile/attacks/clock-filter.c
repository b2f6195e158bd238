// Entering a time namespace with offsets by a task whose stack is in shared memory: if the sentry has it install a filter
// whose program lies on that stack, another process puts its own program there. It lets unshare and clone3 trap with the
// sentry's own mark, and tells by an errno of its own that it is in force.
// Seconds: 2
#include "hostile.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

enum { OURS = 77, SIZE = 256 << 10 };
static char *stack_pages;

#define IF(number, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, action)
static struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
    IF(SYS_sched_yield, SECCOMP_RET_ERRNO | OURS),
    IF(SYS_unshare, SECCOMP_RET_TRAP | 0x4e53),
    IF(SYS_clone3, SECCOMP_RET_TRAP | 0x4e53),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

/// Waits for something that looks like a struct sock_fprog with its program behind it.
static void swapper(void) {
    while (1) {
        for (char *at = stack_pages + SIZE - 4096; at < stack_pages + SIZE - 16; at += 16) {
            volatile uint64_t *head = (uint64_t *)at;
            if (head[0] < 8 || head[0] > 4096 || head[1] != (uint64_t)(at + 16)) continue;
            memcpy(at + 16, program, sizeof program);
            head[0] = sizeof program / sizeof *program;
        }
    }
}

static int child(void *by_setns) {
    if (by_setns) {
        // Not born there, but entering by itself, with its stack where the others see it.
        if (unshare(CLONE_NEWUSER | CLONE_NEWTIME) != 0) _exit(0);
        int fd = open("/proc/self/timens_offsets", O_WRONLY);
        if (fd < 0 || write(fd, "monotonic 1000 0", 16) < 0) _exit(0);
        fd = open("/proc/self/ns/time_for_children", O_RDONLY);
        if (fd < 0 || setns(fd, CLONE_NEWTIME) != 0) _exit(0);
    }
    long result = RAW(SYS_sched_yield);
    if (result == -OURS) {
        succeeded("a seccomp program of its own is in force");
        unshare_under_signals(400);
    }
    _exit(0);
}

static void attack(void) {
    stack_pages = shared_pages(SIZE, PROT_READ | PROT_WRITE);
    bool by_setns = random_word() & 1;
    if (unshare(CLONE_NEWUSER | (by_setns ? 0 : CLONE_NEWTIME)) != 0) { say("note: no time namespace: errno %d", errno); return; }
    int fd = by_setns ? -1 : open("/proc/self/timens_offsets", O_WRONLY);
    if (!by_setns && (fd < 0 || write(fd, "monotonic 1000 0", 16) < 0)) { say("note: no offsets"); return; }
    close(fd);
    // Half a second each way, over and over.
    double end = left() - 1;
    racer(swapper);
    while (left() > (end < 0 ? 0 : end)) {
        memset(stack_pages + SIZE - 4096, 0, 4096 - 64);
        pid_t pid = clone(child, stack_pages + SIZE - 64, SIGCHLD, by_setns ? &end : NULL);
        if (pid < 0) continue;
        while (waitpid(pid, NULL, WNOHANG) == 0 && left() > -0.1) pause_us(200);
        round_done();
    }
}
