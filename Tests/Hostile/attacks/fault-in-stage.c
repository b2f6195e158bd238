// Calls from a page that another thread takes away, and calls with the trap flag set: the fault comes where the sentry has
// the task begin a call anew, and its handler runs in between.
// Seconds: 2
#include "hostile.h"
#include <setjmp.h>
#include <sys/ipc.h>
#include <sys/shm.h>

static unsigned char *code;
static sigjmp_buf back;
static volatile int in_call;

static void *taker(void *unused) {
    while (left() > -1) {
        mprotect(code, 4096, PROT_NONE);
        for (int i = 0; i < 100; i++) asm volatile("pause");
        mprotect(code, 4096, PROT_READ | PROT_EXEC);
        for (int i = 0; i < 100; i++) asm volatile("pause");
    }
    return NULL;
}
static void fault(int number, siginfo_t *info, void *context) {
    escape();
    long pid = in_call ? RAW(SYS_clone, CLONE_UNTRACED | SIGCHLD) : 1;
    if (pid == 0) {
        // With a tracer this is an ordinary child.
        if (RAW(SYS_getppid) == -ENOSYS) outlive();
        RAW(SYS_exit_group, 0);
    }
    siglongjmp(back, 1);
}
static void trapped(int number) { escape(); }

static long at_code(long number, long a, long b, long c) {
    long result = -1;
    if (sigsetjmp(back, 1) == 0)
        asm volatile("call *%[code]" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), [code] "r"(code + 16) : "rcx", "r11", "memory");
    return result;
}
static long stepped(long number, long a, long b, long c) {
    long result;
    asm volatile("pushf; orl $0x100, (%%rsp); popf; syscall; pushf; andl $~0x100, (%%rsp); popf"
                 : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}
static void calls(long (*call)(long, long, long, long)) {
    atomic_int *done = calloc(1, sizeof *done);
    thread_start(idle_thread, done);
    call(SYS_unshare, CLONE_FILES, 0, 0);
    *done = 1;
    call(SYS_close_range, 300, 400, 2);
    struct clone_args arguments = {.exit_signal = SIGCHLD};
    in_call = 1;
    if (call(SYS_clone3, (long)&arguments, sizeof arguments, 0) == 0) RAW(SYS_exit_group, 0);
    in_call = 0;
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    long at = call(SYS_shmat, id, 0, 0);
    if (at > 4096) call(SYS_shmdt, at, 0, 0);
    shmctl(id, IPC_RMID, NULL);
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
    round_done();
}

static void attack(void) {
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(code + 16, "\x0f\x05\xc3", 3);
    mprotect(code, 4096, PROT_READ | PROT_EXEC);
    struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL), sigaction(SIGBUS, &action, NULL);
    signal(SIGTRAP, trapped);
    for (int i = 0; i < 20; i++) calls(stepped);
    thread_start(taker, NULL);
    while (left() > 0) calls(at_code);
}
