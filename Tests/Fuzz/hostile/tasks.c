// How tasks are made, and what a task does at a fault, a timer's signal and its end.
#include "hostile.h"
#include <linux/sched.h>
#include <sys/time.h>

// A stack whose lowest bytes are the thread's data. Its top, where a child starts, is given; it is never freed.
void *new_stack(u64 seed, long budget) {
    char *at = mmap(0, 2 * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return 0;
    char *base = (char *)(((uintptr_t)at + STACK - 1) & ~(STACK - 1));
    *(struct thread *)base = (struct thread){.random = seed, .budget = budget, .depth = self()->depth + 1,
                                       .quiet = self()->quiet};
    return base + STACK - 64;
}

void count_task(void) { SHARED->tasks++; }

_Noreturn void leave(int code) {
    SHARED->live--;
    for (;;) CALL(SYS_exit, code);
}

static void child_begins(int (*body)(void)) {
    struct thread *me = self();
    SHARED->pids[SHARED->next_pid++ % 32] = (int)CALL(SYS_gettid);
    if (body) body();
    else random_calls(me->budget);
    leave(0);
}

__attribute__((used)) static void on_new_stack(void *body) { child_begins((int (*)(void))body); }

// The call on whose return the child has another stack. `first` and the rest as the kernel takes them.
static long clone_onto(long n, long a, long b, long c, long d, long e, int (*body)(void), int has_stack) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r12 __asm__("r12") = (long)body;
    register long r13 __asm__("r13") = has_stack;
    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "test %%r13, %%r13\n\t"
        "jz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"
        "and $-16, %%rsp\n\t"
        "mov %%r12, %%rdi\n\t"
        "call on_new_stack\n\t"
        "hlt\n"
        "1:"
        : "=a"(result) : "0"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r12), "r"(r13) : "rcx", "r11", "memory");
    return result;
}

// clone(2) with these flags; with memory shared it gets a stack of its own.
int child_stack_call(u64 flags, int (*body)(void), long budget) {
    void *stack = flags & CLONE_VM ? new_stack(rnd(), budget) : 0;
    if (flags & CLONE_VM && !stack) { SHARED->live--; return -1; }
    long result = clone_onto(SYS_clone, (long)flags, (long)stack, (long)argument('a'), (long)argument('a'), 0, body, stack != 0);
    if (result == 0) {
        struct thread *me = self();
        me->depth++;
        me->budget = budget;
        me->random = mix(me->random + CALL(SYS_getpid));
        child_begins(body);
    }
    if (result > 0) count_task();
    else SHARED->live--;
    return (int)result;
}

// clone3(2) with arguments from the pools, which another thread may be rewriting.
long spawn(u64 arguments, void *stack, int (*body)(void)) {
    (void)stack;
    long size = chance(3) ? (long)argument('z') : 88;
    struct clone_args copy = {0};
    // Whether it says that there is a stack is read once here; if it changes meanwhile, a fault ends the child.
    if (arguments >= ARENA && arguments < ARENA + STRUCT_PAGES * PAGE) memcpy(&copy, (void *)arguments, sizeof copy);
    long result = clone_onto(SYS_clone3, (long)arguments, size, 0, 0, 0, body, copy.stack != 0);
    if (result == 0) child_begins(body);
    if (result > 0) count_task();
    else SHARED->live--;
    return result;
}

// A handler that makes calls of its own, now and then.
void on_signal(int signal, siginfo_t *info, void *context) {
    (void)info, (void)context;
    struct thread *me = self();
    if (signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL) {
        SHARED->faults++;
        if (me->armed) {
            me->armed = 0;
            siglongjmp(me->jump, 1);
        }
        leave(1);
    }
    if (me->in_handler++ < 1 && !me->quiet && chance(3)) {
        for (u64 left = below(3); left; left--) {
            static const int quick[] = {SYS_getpid, SYS_openat, SYS_close, SYS_dup, SYS_stat, SYS_kill, SYS_readlink, SYS_setitimer, SYS_write, SYS_sendmsg};
            int n = PICK(quick);
            if (n == SYS_kill) CALL(n, SHARED->pids[below(32)], below(3) ? 0 : 1 + below(64));
            else if (n == SYS_close) CALL(n, 3 + below(40));
            else if (n == SYS_setitimer) arm_timer();
            else CALL(n, argument('f'), argument('p'), argument('x'), 0, 0, 0);
            SHARED->calls++;
        }
    }
    me->in_handler--;
}

__asm__(".globl restore\nrestore: mov $15, %eax\n syscall\n");
extern void restore(void);

struct action {
    void *handler;
    u64 flags;
    void *restorer;
    u64 mask;
};

void catch_faults(void) {
    struct action action = {(void *)on_signal, SA_SIGINFO | SA_NODEFER | 0x04000000, (void *)restore, 0};
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGALRM, SIGUSR1, SIGIO, SIGPIPE, SIGPROF, SIGVTALRM, SIGXCPU, 34, 40, 63};
    for (unsigned at = 0; at < sizeof signals / sizeof signals[0]; at++) CALL(SYS_rt_sigaction, signals[at], &action, 0, 8);
    u64 none = 0;
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
    arm_timer();
}

void arm_timer(void) {
    struct itimerval often = {{0, 3000 + (long)below(20000)}, {0, 1000 + (long)below(9000)}};
    CALL(SYS_setitimer, ITIMER_REAL, &often, 0);
}
