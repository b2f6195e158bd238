// The pages that the sentry keeps in each task: nothing may unmap, move, replace, change or hide them, in the task or in
// its children, as host calls take their arguments from there.
#include "hostile.h"

static const unsigned long bases[] = {0x7dff00000000, 0x7e0000000000};
static unsigned long base, size;

static bool is_mapped(unsigned long at) {
    unsigned char there;
    return RAW(SYS_mincore, at, 4096, &there) == 0;
}
/// The pages' bytes as the kernel reads them; −1 where there are none.
static long sum(void) {
    static char bytes[65536];
    int ends[2];
    long total = 0;
    if (pipe(ends) != 0) return 0;
    for (unsigned long at = base; at < base + size; at += 4096) {
        if (RAW(SYS_write, ends[1], at, 4096) != 4096) { total = -1; break; }
        RAW(SYS_read, ends[0], bytes, 4096);
        // Only the code stays the same; what lies behind it is the sentry's to fill.
        if (at == base) for (int i = 0; i < 4096; i++) total = total * 31 + bytes[i];
    }
    close(ends[0]), close(ends[1]);
    return total;
}
static int change(void) {
    int way = random_word() % 22;
    char *page = (char *)base, *own = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(own, 0xcc, 65536);
    struct iovec from = {own, size}, to = {page, size};
    switch (way) {
    case 0: munmap(page, size); break;
    case 1: munmap(page - 65536, 65536 + size + 65536); break;
    case 2: mprotect(page, size, PROT_READ | PROT_WRITE | PROT_EXEC); break;
    case 3: mprotect(page, size, PROT_NONE); break;
    case 4: mremap(page, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, own); break;
    case 5: mremap(page, size, 4096, 0); break;
    case 6: mremap(page, 0, size, MREMAP_MAYMOVE); break;
    case 7: mremap(page, size, size, MREMAP_MAYMOVE | 4 /* MREMAP_DONTUNMAP */); break;
    case 8: mremap(own, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, page); break;
    case 9: mmap(page, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0); break;
    case 10: for (int advice = 0; advice < 26; advice++) madvise(page, size, advice); break;
    case 11: madvise(page, size, 10 /* MADV_DONTFORK */), madvise(page, 4096, 18 /* MADV_WIPEONFORK */); break;
    case 12: process_vm_writev(getpid(), &from, 1, &to, 1, 0); break;
    case 13: {
        int fd = open("/proc/self/mem", O_RDWR);
        if (fd >= 0) pwrite(fd, own, 64, base), close(fd);
        break;
    }
    case 14: syscall(SYS_remap_file_pages, page, size, 0, 1, 0); break;
    case 15: syscall(SYS_pkey_mprotect, page, size, PROT_READ | PROT_WRITE, -1); break;
    case 16: RAW(SYS_getrandom, page, size, 0); break;
    case 17: RAW(SYS_getcwd, page, size), RAW(SYS_newfstatat, AT_FDCWD, "/", page, 0), RAW(SYS_getgroups, 10, page); break;
    case 18: RAW(SYS_rt_sigprocmask, SIG_BLOCK, 0, page, 8), RAW(SYS_clock_gettime, 0, page); break;
    case 19: mlock(page, size), munlock(page, size), msync(page, size, MS_INVALIDATE); break;
    case 20: syscall(SYS_process_madvise, syscall(SYS_pidfd_open, getpid(), 0), &to, 1, 21, 0); break;
    case 21: RAW(SYS_prctl, 0x53564d41 /* PR_SET_VMA */, 0, page, size, "mine"), RAW(SYS_arch_prctl, 0x1004, page); break;
    }
    munmap(own, 65536);
    return way;
}
/// Guard pages (MADV_GUARD_INSTALL) may be put there, after which the kernel finds nothing to read: calls then fail.
static void guarded(void) {
    pid_t pid = fork();
    if (pid == 0) {
        madvise((void *)base, size, 102);
        escape();
        char *arguments[] = {"x", "again", NULL};
        struct clone_args clears = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
        if (RAW(SYS_clone3, &clears, sizeof clears) == 0) RAW(SYS_exit_group, 0);
        unshare(CLONE_FILES), RAW(SYS_close_range, 300, 400, 2);
        execve("/proc/self/exe", arguments, arguments + 2);
        escape();
        RAW(SYS_exit_group, 0);
    }
    double patience = now_() + 15;
    while (waitpid(pid, NULL, WNOHANG) == 0)
        if (now_() > patience) { say("STUCK: a task without readable pages of the sentry's"); kill(pid, SIGKILL); return; }
        else pause_us(200);
}
static void rest(int argc, char **argv) {}
void prepare(void) { again = rest; }

/// A child without the pages could put its own there.
static void heir(void) {
    long before = sum();
    madvise((void *)base, size, 10), madvise((void *)base, size, 18);
    pid_t pid = fork();
    if (pid == 0) {
        if (sum() != before) succeeded("a child has not got the pages at %lx as they were", base);
        void *own = mmap((void *)base, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (own == (void *)base) succeeded("a child has pages of its own at %lx", base);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

static void attack(void) {
    bool any = false;
    for (int i = 0; i < 2; i++) {
        base = bases[i];
        // The second is where a stub's page was that is not sealed; it counts where it is all there is.
        if (any || !is_mapped(base)) continue;
        any = true;
        for (size = 4096; size < 65536 && is_mapped(base + size); size += 4096) {}
        pid_t pid = fork();
        if (pid == 0) {
            long before = sum();
            while (left() > 0) {
                int way = change();
                if (!is_mapped(base) || (sum() != before && sum() != before)) {
                    succeeded("changed the pages at %lx by way %d", base, way);
                    break;
                }
                round_done();
                if (random_word() % 64 == 0) heir(), guarded();
                // The sentry's calls in between take what lies there.
                pid_t child = fork();
                if (child == 0) _exit(0);
                waitpid(child, NULL, 0);
            }
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    if (!any) say("note: no page of the sentry's is mapped"), pause_us(100000);
}
