// The traced program: asks every clock by way of the vDSO and by a system call, whose answer is not shifted here.
#define _GNU_SOURCE
#include "clock-image.h"
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

volatile chost_clock_offsets check_offsets;
static atomic_int failures;
static const int64_t second = 1000000000;

#define EXPECT(condition, ...)                                                                                        \
    do {                                                                                                              \
        if (!(condition)) {                                                                                           \
            printf("FAIL " __VA_ARGS__), printf("\n");                                                                \
            atomic_fetch_add(&failures, 1);                                                                           \
        }                                                                                                             \
    } while (0)

static int64_t total(struct timespec time) { return time.tv_sec * second + time.tv_nsec; }

static int64_t raw(int clock) {
    struct timespec time;
    return syscall(SYS_clock_gettime, clock, &time) ? -1 : total(time);
}

static int64_t shift(int clock) {
    switch (clock) {
    case 1: case 4: case 6: return check_offsets.monotonic_seconds * second + check_offsets.monotonic_nanoseconds;
    case 7: case 9: return check_offsets.boottime_seconds * second + check_offsets.boottime_nanoseconds;
    default: return 0;
    }
}

typedef int clock_function(clockid_t, struct timespec *);

// The functions as a program finds them that reads the image itself, under both names; found once and kept.
static struct {
    clock_function *gettime, *gettime2, *getres, *getres2;
    int (*gettimeofday)(struct timeval *, void *), (*gettimeofday2)(struct timeval *, void *);
    time_t (*time)(time_t *), (*time2)(time_t *);
    long (*getcpu)(unsigned *, unsigned *, void *), (*getcpu2)(unsigned *, unsigned *, void *);
    ssize_t (*getrandom)(void *, size_t, unsigned, void *, size_t);
} direct;

static void find_direct(void) {
    size_t size;
    const uint8_t *image = chost_vdso_self(&size);
#define FIND(member, name)                                                                                            \
    do {                                                                                                              \
        uint64_t position = chost_vdso_function(image, size, name);                                                   \
        if (position) *(void **)&direct.member = (void *)(image + position);                                          \
    } while (0)
    FIND(gettime, "__vdso_clock_gettime");
    FIND(gettime2, "clock_gettime");
    FIND(getres, "__vdso_clock_getres");
    FIND(getres2, "clock_getres");
    FIND(gettimeofday, "__vdso_gettimeofday");
    FIND(gettimeofday2, "gettimeofday");
    FIND(time, "__vdso_time");
    FIND(time2, "time");
    FIND(getcpu, "__vdso_getcpu");
    FIND(getcpu2, "getcpu");
    FIND(getrandom, "__vdso_getrandom");
    EXPECT(direct.gettime && direct.gettime == direct.gettime2, "clock_gettime's names");
}

static void check_clock(clock_function *function, int clock) {
    struct timespec time = {-7, -7};
    int64_t before = raw(clock);
    int result = function(clock, &time);
    int64_t after = raw(clock);
    if (before < 0) {
        EXPECT(result != 0 && time.tv_sec == -7 && time.tv_nsec == -7, "clock %d should not be there", clock);
        return;
    }
    EXPECT(result == 0, "clock %d gives %d", clock, result);
    EXPECT(time.tv_nsec >= 0 && time.tv_nsec < second, "clock %d: %ld nanoseconds", clock, time.tv_nsec);
    int64_t now = total(time) - shift(clock);
    EXPECT(before <= now && now <= after, "clock %d is off by %ld or %ld", clock, now - before, now - after);
}

static void check_all_clocks(void) {
    for (int i = 0; i < 2000; i++) {
        for (int clock = -7; clock < 20; clock++) {
            check_clock(direct.gettime, clock);
            check_clock(clock_gettime, clock);
        }
    }
    check_clock(direct.gettime, 1000);
    check_clock(direct.gettime, 0x7fffffff);
    check_clock(direct.gettime, (int)0x80000001);
}

static void check_others(void) {
    // About auxiliary clocks, from 16 on, the host's two ways disagree.
    for (int clock = -2; clock < 12; clock++) {
        struct timespec one = {0}, other = {0}, third = {0};
        long result = syscall(SYS_clock_getres, clock, &one);
        EXPECT((direct.getres(clock, &other) == 0) == (result == 0) &&
                   (direct.getres2(clock, &third) == 0) == (result == 0) && total(one) == total(other) &&
                   total(one) == total(third), "clock_getres of %d", clock);
    }
    for (int i = 0; i < 1000; i++) {
        struct timeval day;
        for (int way = 0; way < 3; way++) {
            int64_t before = raw(0) / 1000;
            int result = way == 0 ? gettimeofday(&day, NULL)
                                  : (way == 1 ? direct.gettimeofday : direct.gettimeofday2)(&day, NULL);
            int64_t after = raw(0) / 1000, now = day.tv_sec * 1000000 + day.tv_usec;
            EXPECT(result == 0 && before <= now && now <= after, "gettimeofday");
            before = raw(5) / second; // time(2) is the coarse clock's
            time_t kept, got = (way == 0 ? time : way == 1 ? direct.time : direct.time2)(&kept);
            EXPECT(kept == got && before <= got && got <= raw(5) / second, "time");
        }
    }
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &all)) continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof one, &one);
        unsigned got = 99, node = 99, other = 99;
        EXPECT(direct.getcpu(&got, &node, NULL) == 0 && direct.getcpu2(&other, NULL, NULL) == 0 &&
                   got == (unsigned)cpu && other == got && sched_getcpu() == cpu && node < 64, "getcpu");
    }
    sched_setaffinity(0, sizeof all, &all);
    uint64_t numbers[2] = {0, 0};
    EXPECT(getrandom(numbers, sizeof numbers, 0) == sizeof numbers && numbers[0] != numbers[1], "getrandom");
    if (!direct.getrandom) return;
    // The size of a state is asked for with a size of all ones (struct vgetrandom_opaque_params).
    struct { uint32_t size, protection, flags, reserved[13]; } parameters;
    EXPECT(direct.getrandom(NULL, 0, 0, &parameters, ~0ul) == 0 && parameters.size > 0, "a random state's size");
    void *state = mmap(NULL, 4096, (int)parameters.protection, (int)parameters.flags, -1, 0);
    EXPECT(state != MAP_FAILED, "a random state");
    for (int i = 0; i < 100; i++) {
        uint64_t last = numbers[0];
        EXPECT(direct.getrandom(numbers, sizeof numbers, 0, state, parameters.size) == sizeof numbers &&
                   numbers[0] != last && numbers[0] != numbers[1], "getrandom by way of the vDSO");
    }
    munmap(state, 4096);
}

// A timer's handler asks the clock too, and walks the stack of what it interrupts.
static atomic_long interruptions;

static void interrupt(int signal) {
    (void)signal;
    int kept = errno;
    void *frames[16];
    check_clock(direct.gettime, 1);
    check_clock(direct.gettime, 7);
    EXPECT(backtrace(frames, 16) > 1, "backtrace");
    atomic_fetch_add(&interruptions, 1);
    errno = kept;
}

// Calls a function with values in the registers that it has to keep; returns its result, or -1 where one has changed.
int call_checked(clock_function *function, clockid_t clock, struct timespec *time);
__asm__(".text\n"
        "call_checked:\n"
        "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rdi\n"
        "mov %rdi, %rax; mov %esi, %edi; mov %rdx, %rsi\n"
        "mov $0x1111, %ebx; mov $0x2222, %ebp; mov $0x3333, %r12d; mov $0x4444, %r13d; mov $0x5555, %r14d\n"
        "mov %rsp, %r15\n"
        "call *%rax\n"
        "cmp %r15, %rsp; jne 1f\n"
        "cmp $0x1111, %rbx; jne 1f\n"
        "cmp $0x2222, %rbp; jne 1f\n"
        "cmp $0x3333, %r12; jne 1f\n"
        "cmp $0x4444, %r13; jne 1f\n"
        "cmp $0x5555, %r14; je 2f\n"
        "1: mov $-1, %eax\n"
        "2: pop %rdi; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "ret\n");

static void *hammer(void *argument) {
    (void)argument;
    struct timespec last = {0}, time;
    int64_t until = raw(1) + second;
    do {
        for (int i = 0; i < 1000; i++) {
            EXPECT(call_checked(direct.gettime, 1, &time) == 0, "clock_gettime, or a register that it has to keep");
            EXPECT(total(time) >= total(last), "a step back of %ld", total(last) - total(time));
            last = time;
        }
    } while (raw(1) < until);
    return NULL;
}

static void check_threads(void) {
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = SA_RESTART};
    sigaction(SIGPROF, &action, NULL);
    struct itimerval often = {{0, 200}, {0, 200}}, never = {0};
    setitimer(ITIMER_PROF, &often, NULL);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, hammer, NULL);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    setitimer(ITIMER_PROF, &never, NULL);
}

static int visit(struct dl_phdr_info *info, size_t size, void *found) {
    (void)size;
    if (info->dlpi_addr && info->dlpi_addr == getauxval(AT_SYSINFO_EHDR)) {
        for (int i = 0; i < info->dlpi_phnum; i++) {
            if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) *(bool *)found = true;
        }
    }
    return 0;
}

static void check_linker(void) {
    bool found = false;
    dl_iterate_phdr(visit, &found);
    EXPECT(found, "dl_iterate_phdr");
    void *library = dlopen("libresolv.so.2", RTLD_NOW | RTLD_LOCAL);
    EXPECT(library && dlsym(library, "ns_name_compress"), "dlopen");
    if (library) dlclose(library);
    void *vdso = dlopen("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD);
    EXPECT(!vdso || dlvsym(vdso, "__vdso_clock_gettime", "LINUX_2.6") == (void *)direct.gettime, "dlvsym");
}

static double cost(clock_function *function, int clock) {
    enum { CALLS = 2000000 };
    double best = 1e9;
    for (int i = 0; i < 7; i++) {
        struct timespec time;
        int64_t before = raw(4);
        for (int j = 0; j < CALLS; j++) function(clock, &time);
        double one = (double)(raw(4) - before) / CALLS;
        if (one < best) best = one;
    }
    return best;
}

static void check_round(const char *name) {
    check_all_clocks();
    check_others();
    check_linker();
    pid_t child = fork();
    if (child == 0) {
        check_all_clocks();
        check_others();
        _exit(failures != 0);
    }
    int status;
    EXPECT(waitpid(child, &status, 0) == child && status == 0, "the child's clocks");
    check_threads();
    printf("%-28s monotonic %.1f, coarse %.1f, boot %.1f, realtime %.1f ns\n", name, cost(direct.gettime, 1),
           cost(direct.gettime, 6), cost(direct.gettime, 7), cost(direct.gettime, 0));
}

static void check_refused(const char *name) {
    check_all_clocks();
    check_others();
    printf("%-28s monotonic %.1f ns\n", name, cost(direct.gettime, 1));
}

int check_clocks(void) {
    static const char *const rounds[] = {"the host's vDSO:", "the image:", "other offsets:", "taken away:"};
    find_direct();
    for (int i = 0; i < 4; i++) {
        raise(SIGSTOP);
        check_round(rounds[i]);
    }
    EXPECT(prctl(65 /* PR_SET_MDWE */, 1, 0, 0, 0) == 0, "PR_SET_MDWE");
    raise(SIGSTOP);
    check_refused("refused by PR_SET_MDWE:");
    size_t size;
    const uint8_t *image = chost_vdso_self(&size);
    bool sealed = syscall(462 /* mseal */, image, size, 0) == 0;
    raise(SIGSTOP);
    check_refused(sealed ? "sealed, a system call:" : "a system call:");
    printf("signals came %ld times\n", interruptions);
    printf(failures ? "%d failures\n" : "all is well\n", failures);
    return failures != 0;
}
