// Calls by ways that a filter could overlook: numbers beyond the table, x32, int 0x80, 32-bit code, vsyscall, the highest
// page, and the sentry's own pseudo numbers.
#include "hostile.h"
#include <linux/audit.h>

static void in_child(void (*body)(void)) {
    pid_t pid = fork();
    if (pid == 0) { body(); _exit(0); }
    double patience = now_() + 2;
    while (waitpid(pid, NULL, WNOHANG) == 0)
        if (now_() > patience) kill(pid, SIGKILL), patience += 10;
        else pause_us(200);
    round_done();
}
static char low_path[] = "/tmp/x";
static char *low;

/// 32-bit calls with arguments that 32 bits can hold.
static void int80(void) {
    low = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    strcpy(low, denied_path);
    int result;
    asm volatile("int $0x80" : "=a"(result) : "a"(5 /* open */), "b"(low), "c"(O_RDWR), "d"(0) : "r8", "r9", "r10", "r11", "memory");
    if (result >= 0) succeeded("opened by int 0x80"), RAW(SYS_write, result, "escaped\n", 8);
    asm volatile("int $0x80" : "=a"(result) : "a"(37 /* kill */), "b"(arena.victim), "c"(SIGUSR1) : "memory");
    succeeded("int 0x80 is answered");
}
static void far_jump(void) {
    // Code in the first 4 GiB, entered with the 32-bit segment: mov eax,5; int 0x80; and the same by sysenter.
    unsigned char *code = mmap((void *)0x20000000, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    strcpy((char *)code + 2048, denied_path);
    const unsigned char text[] = {0xb8, 5, 0, 0, 0, 0xbb, 0, 8, 0, 0x20, 0xb9, 2, 0, 0, 0, 0xcd, 0x80, 0x0f, 0x34, 0xf4};
    memcpy(code, text, sizeof text);
    struct { uint32_t offset; uint16_t segment; } __attribute__((packed)) target = {0x20000000, 0x23};
    asm volatile("mov %1, %%rsp; ljmp *%0" : : "m"(target), "r"(code + 8000) : "memory");
}
static void numbers(void) {
    static const unsigned long bases[] = {0x40000000, 0x80000000, 0xffffffff, 0x100000000, 0xffffffff00000000, 0x4000000000000000};
    for (unsigned b = 0; b < 6; b++)
        for (long number = 0; number < 600; number++) {
            // Those that end, stop or multiply the caller are left out, as they would be honest here with 32-bit numbers.
            if (number == SYS_exit || number == SYS_exit_group || number == SYS_pause || number == SYS_fork || number == SYS_vfork ||
                number == SYS_clone || number == SYS_rt_sigreturn || number == SYS_rt_sigsuspend || number == SYS_poll || number == SYS_select)
                continue;
            if (b >= 2 && b != 2) continue;
            long result = RAW(bases[b] + number, AT_FDCWD, denied_path, O_RDWR, 0, 0, 0);
            if (result >= 0 && b == 0) succeeded("x32 number %ld gave %ld", number, result);
        }
    for (long number = 468; number < 2100; number++) {
        long result = RAW(number, random_word(), random_word(), 3, 4, 5, 6);
        if (result >= 0 && number > 600) succeeded("number %ld gave %ld", number, result);
    }
    long fd = RAW(0x40000000 + 257, AT_FDCWD, denied_path, O_RDWR);
    if (fd >= 0) succeeded("opened by x32");
    for (long number = 512; number < 548; number++) RAW(0x40000000 + number, 0, 0, 0, 0, 0, 0);
}
static void pseudo(void) {
    char *page = shared_pages(32768, PROT_READ | PROT_WRITE);
    for (int i = 0; i < 200; i++)
        for (long number = 990; number < 1030; number++) {
            long result = RAW(number, page, page + 16000, random_word(), random_word() % 4, 0, 0);
            if (result >= 0) succeeded("pseudo number %ld gave %ld", number, result);
        }
}
static void vsyscall(void) {
    // gettimeofday, time and getcpu at their old addresses; and a jump into the middle of them.
    struct timeval time;
    int (*get)(struct timeval *, void *) = (void *)0xffffffffff600000;
    get(&time, NULL);
    long (*code)(long) = (void *)0xffffffffff600400;
    code(0);
    get = (void *)0xffffffffff600007;
    get(&time, NULL);
}
static void highest_page(void) {
    for (unsigned long at = 0x7fffffffe000; at > 0x7ffffffe0000; at -= 4096) {
        unsigned char *page = mmap((void *)at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (page != (void *)at) continue;
        // The instruction ends where the address space does: the return address is not canonical any more.
        page[4094] = 0x0f, page[4095] = 0x05;
        static volatile bool returned;
        signal(SIGSEGV, SIG_DFL), signal(SIGBUS, SIG_DFL);
        long result = SYS_openat;
        asm volatile("jmp *%1" : "+a"(result) : "r"(page + 4094), "D"(AT_FDCWD), "S"(denied_path), "d"(O_RDWR) : "rcx", "r11", "memory");
        returned = true;
    }
}
/// The register that the sentry may use as its permit, tried as where a call returns to.
static void not_canonical(void) {
    for (int i = 0; i < 3; i++) {
        unsigned long at = (unsigned long[]){0x8000000000004e53, 0x800000004e53, 0x80000000000}[i] - 2;
        pid_t pid = fork();
        if (pid == 0) {
            void *page = mmap((void *)(at & ~4095ul), 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
            if (page != MAP_FAILED) memcpy((void *)at, "\x0f\x05\xc3", 3);
            long result = SYS_openat;
            asm volatile("call *%1" : "+a"(result) : "r"(at), "D"(AT_FDCWD), "S"(denied_path), "d"(O_RDWR) : "rcx", "r11", "memory");
            if (result >= 0) succeeded("opened from %lx", at);
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    // A signal's return may put anything into the registers: rip as the permit has it, at a call.
    static unsigned char frame_code;
}

static void attack(void) {
    in_child(int80), in_child(far_jump), in_child(numbers), in_child(pseudo), in_child(vsyscall), in_child(highest_page), in_child(not_canonical);
}
