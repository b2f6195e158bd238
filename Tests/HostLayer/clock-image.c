// Gives a traced child the vDSO image of chost_vdso.h, and has it compare all clocks with system calls.
//
//   clock-image [-m SECONDS.NANOSECONDS] [-b SECONDS.NANOSECONDS] PROGRAM ARGUMENT...   any program, from its start
//   clock-image check              the whole test, with itself as the program (clock-check.c)
//   clock-image fuzz [ROUNDS]      builds images from damaged vDSOs (clock-build.c)
#define _GNU_SOURCE
#include "chost_vdso.h"
#include "clock-image.h"
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    uint64_t start, end;
} range;

// What is known of a child's memory: the data pages' mappings, then the vDSO.
typedef struct {
    range ranges[8];
    int count;
} layout;

static const uint64_t destination = 0x7e0000100000;

void fail(const char *what) {
    printf("FAIL %s: %s\n", what, strerror(errno));
    exit(1);
}

static layout read_layout(pid_t pid) {
    char path[32], line[512];
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "re");
    if (!maps) fail(path);
    layout found = {0};
    while (fgets(line, sizeof line, maps)) {
        if (!strstr(line, "[vvar") && !strstr(line, "[vdso]")) continue;
        range one;
        if (found.count == 8 || sscanf(line, "%lx-%lx", &one.start, &one.end) != 2) fail("maps");
        if (found.count && found.ranges[found.count - 1].end != one.start) fail("not contiguous");
        found.ranges[found.count++] = one;
    }
    fclose(maps);
    return found;
}

// Lets the stopped child make one call at its instruction pointer, where a `syscall` is put for it.
static int64_t call(pid_t pid, long number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                    uint64_t a5) {
    struct user_regs_struct saved, changed;
    if (ptrace(PTRACE_GETREGS, pid, 0, &saved)) fail("PTRACE_GETREGS");
    errno = 0;
    long code = ptrace(PTRACE_PEEKTEXT, pid, saved.rip, 0);
    if (errno) fail("PTRACE_PEEKTEXT");
    if (ptrace(PTRACE_POKETEXT, pid, saved.rip, (code & ~0xffffl) | 0x050f)) fail("PTRACE_POKETEXT");
    changed = saved;
    changed.orig_rax = ~0ull;
    changed.rax = (uint64_t)number;
    changed.rdi = a0, changed.rsi = a1, changed.rdx = a2, changed.r10 = a3, changed.r8 = a4, changed.r9 = a5;
    int status;
    if (ptrace(PTRACE_SETREGS, pid, 0, &changed) || ptrace(PTRACE_SINGLESTEP, pid, 0, 0) ||
        waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP ||
        ptrace(PTRACE_GETREGS, pid, 0, &changed) || ptrace(PTRACE_POKETEXT, pid, saved.rip, code) ||
        ptrace(PTRACE_SETREGS, pid, 0, &saved))
        fail("a call");
    return (int64_t)changed.rax;
}

static int64_t move(pid_t pid, uint64_t from, uint64_t to, uint64_t size) {
    return call(pid, SYS_mremap, from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to, 0);
}

static bool write_memory(pid_t pid, uint64_t address, const void *bytes, size_t size) {
    struct iovec local = {(void *)bytes, size}, remote = {(void *)address, size};
    return process_vm_writev(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

// Moves back what was moved.
static void take_away(pid_t pid, const layout *at, int moved) {
    for (int i = moved - 1; i >= 0; i--) {
        range one = at->ranges[i];
        if (move(pid, destination + (one.start - at->ranges[0].start), one.start, one.end - one.start) !=
            (int64_t)one.start)
            fail("moving back");
    }
}

// Returns whether the child has the image; where a step is refused it has its own vDSO again.
static bool install(pid_t pid, const layout *at, const chost_clock_offsets *offsets) {
    range vdso = at->ranges[at->count - 1];
    size_t size = vdso.end - vdso.start, own;
    const uint8_t *image = chost_vdso_self(&own);
    if (own != size) fail("another vDSO than the sentry's");
    uint64_t start = at->ranges[0].start, gap = vdso.start - start;
    uint8_t page[CHOST_VDSO_CODE_SIZE], *copy = malloc(size);
    if (!copy || chost_vdso_replace(image, size, destination + gap, gap, offsets, page, copy)) fail("an image");
    int moved = 0;
    for (; moved < at->count; moved++) {
        range one = at->ranges[moved];
        uint64_t to = destination + (one.start - start);
        if (move(pid, one.start, to, one.end - one.start) != (int64_t)to) break;
    }
    bool done = moved == at->count &&
                call(pid, SYS_mmap, start, vdso.end - start, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (uint64_t)-1, 0) == (int64_t)start &&
                write_memory(pid, start, page, sizeof page) && write_memory(pid, vdso.start, copy, size) &&
                call(pid, SYS_mprotect, start, sizeof page, PROT_READ | PROT_EXEC, 0, 0, 0) == 0 &&
                call(pid, SYS_mprotect, vdso.start, size, PROT_READ | PROT_EXEC, 0, 0, 0) == 0;
    free(copy);
    if (!done) take_away(pid, at, moved);
    return done;
}

static void change_offsets(pid_t pid, const layout *at, const chost_clock_offsets *offsets) {
    uint64_t address = at->ranges[0].start + chost_vdso_offsets_position();
    long words[4];
    memcpy(words, offsets, sizeof words);
    for (size_t i = 0; i < 4; i++) {
        if (ptrace(PTRACE_POKEDATA, pid, address + 8 * i, words[i])) fail("PTRACE_POKEDATA");
    }
}

// Makes clock_gettime a system call, as is done where the image is refused.
static void use_system_call(pid_t pid, const layout *at) {
    size_t size;
    const uint8_t *image = chost_vdso_self(&size);
    uint64_t address = at->ranges[at->count - 1].start + chost_vdso_function(image, size, "__vdso_clock_gettime");
    // mov $228, %eax; syscall; ret
    if (ptrace(PTRACE_POKEDATA, pid, address, 0xc3050f000000e4b8)) fail("PTRACE_POKEDATA");
}

static pid_t start(char **arguments) {
    pid_t pid = fork();
    if (pid < 0) fail("fork");
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status;
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) fail("a program's start");
    if (ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL)) fail("PTRACE_SETOPTIONS");
    return pid;
}

static int finish(pid_t pid) {
    int status;
    if (ptrace(PTRACE_DETACH, pid, 0, 0)) fail("PTRACE_DETACH");
    if (waitpid(pid, &status, 0) != pid) fail("waitpid");
    if (WIFSIGNALED(status)) printf("FAIL ended by signal %d\n", WTERMSIG(status));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// The child has made its preparations.
static void await_stop(pid_t pid) {
    int status, signal = 0;
    do {
        if (ptrace(PTRACE_CONT, pid, 0, signal) || waitpid(pid, &status, 0) != pid) fail("waiting for a stop");
        if (!WIFSTOPPED(status)) {
            printf("FAIL the child ended\n");
            exit(1);
        }
        signal = WSTOPSIG(status);
    } while (signal != SIGSTOP);
}

static void parse(const char *text, int64_t *seconds, int64_t *nanoseconds) {
    if (sscanf(text, "%ld.%ld", seconds, nanoseconds) < 1 || *nanoseconds < 0 || *nanoseconds >= 1000000000)
        fail(text);
}

// One life of the checking program with changing offsets, then refused and undone changes.
static int check(char *self) {
    static const chost_clock_offsets first = {-3, 999999999, 86400, 1}, second = {100000, 500000000, -1, 0},
                                     none = {0, 0, 0, 0};
    pid_t pid = start((char *[]){self, "guest", NULL});
    layout at = {0};
    for (int stop = 0; stop < 6; stop++) {
        await_stop(pid);
        chost_clock_offsets now = none;
        switch (stop) {
        case 0: at = read_layout(pid); break; // measures the host's vDSO
        case 1:
            now = first;
            if (!install(pid, &at, &now)) fail("the image");
            break;
        case 2:
            now = second;
            change_offsets(pid, &at, &now);
            break;
        case 3: take_away(pid, &at, at.count); break;
        case 4: // PR_SET_MDWE: nothing may become executable
            if (install(pid, &at, &second)) fail("not refused");
            break;
        case 5: // mseal(2), as CONFIG_MSEAL_SYSTEM_MAPPINGS does it
            if (install(pid, &at, &second)) fail("not refused");
            use_system_call(pid, &at);
            break;
        }
        if (!write_memory(pid, (uint64_t)&check_offsets, &now, sizeof now)) fail("offsets");
    }
    return finish(pid);
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count > 1 && strcmp(arguments[1], "guest") == 0) return check_clocks();
    if (count > 1 && strcmp(arguments[1], "fuzz") == 0) return fuzz_image(count > 2 ? atol(arguments[2]) : 100000);
    if (count > 1 && strcmp(arguments[1], "check") == 0) return check("/proc/self/exe");
    chost_clock_offsets offsets = {0};
    int option;
    while ((option = getopt(count, arguments, "+m:b:")) > 0) {
        if (option == 'm') parse(optarg, &offsets.monotonic_seconds, &offsets.monotonic_nanoseconds);
        if (option == 'b') parse(optarg, &offsets.boottime_seconds, &offsets.boottime_nanoseconds);
    }
    if (!arguments[optind]) return 2;
    pid_t pid = start(arguments + optind);
    layout at = read_layout(pid);
    if (!install(pid, &at, &offsets)) fail("the image");
    return finish(pid);
}
