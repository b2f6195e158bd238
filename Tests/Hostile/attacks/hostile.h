// What attack programs share. Each is a small static program with one function, attack(), which is run over and over in a
// child process until the time is up; what happened is judged on the host (Tests/Hostile/run). The words that count are
// "SUCCEEDED: …" for something that only a native call can have brought, and "STUCK: …" for a wait that never ended.
//
// The header lines of an attack, read by the runner: `// As:` which identities try it (root zero user filter; all when
// not given), `// Limits:` what the launcher sets (nproc, sigpending, stack in KiB, core, kill after ms), `// Needs:` what the host does
// meanwhile (plant locks quotas), `// Seconds:` how many times the usual it takes, `// Walls:` that it is tried with one
// wall switched off as well, `// Alone:` that it does its harm without a sandbox too (run --no-sandbox).
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// What the guest is told of the host: more than a real one could know.
static struct arena {
    double seconds;
    const char *dir;        // the host's directory with denied/file, host/stream.sock, …; not granted
    pid_t victim;           // a host process of the tasks' own host user
    const char *name;       // its abstract socket's name
    int port;               // its TCP port on 127.0.0.1
    unsigned long address;  // where the victim keeps its word
    const char *secret;     // what denied/file says
} arena;

/// Lives in memory that all processes of an attack share.
static struct tally {
    atomic_long rounds;
    atomic_long words[64];
} *tally;

static inline void round_done(void) { tally->rounds++; }

/// A system call from this program's own text, without errno.
static inline long raw(long number, long a, long b, long c, long d, long e, long f) {
    register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
    long result;
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return result;
}
/// RAW(number, arguments…): up to six arguments of any integer or pointer type.
#define RAW(...) RAW_COUNT(__VA_ARGS__, RAW6, RAW5, RAW4, RAW3, RAW2, RAW1, RAW0)(__VA_ARGS__)
#define RAW_COUNT(number, a, b, c, d, e, f, name, ...) name
#define RAW0(n) raw((n), 0, 0, 0, 0, 0, 0)
#define RAW1(n, a) raw((n), (long)(a), 0, 0, 0, 0, 0)
#define RAW2(n, a, b) raw((n), (long)(a), (long)(b), 0, 0, 0, 0)
#define RAW3(n, a, b, c) raw((n), (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define RAW4(n, a, b, c, d) raw((n), (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define RAW5(n, a, b, c, d, e) raw((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define RAW6(n, a, b, c, d, e, f) raw((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/// Usable in handlers and between raw calls. Says one thing at most 20 times.
static inline void say(const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2) length = sizeof line - 2;
    line[length++] = '\n';
    RAW(SYS_write, 1, line, length);
}
#define succeeded(...) ((void)(tally->words[63]++ < 12 ? say("SUCCEEDED: " __VA_ARGS__) : (void)0))

static double deadline_;
/// Whether the vDSO is not to be trusted.
static bool without_vdso;
static inline double now_(void) {
    struct timeval t;
    if (without_vdso) RAW(SYS_gettimeofday, &t, 0);
    else gettimeofday(&t, NULL);
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}
static inline double left(void) { return deadline_ - now_(); }

/// A path of the host's, in one of a few static buffers.
static inline char *host_path(const char *rest) {
    static char buffers[8][512];
    static int next;
    char *buffer = buffers[next++ % 8];
    snprintf(buffer, sizeof buffers[0], "%s/%s", arena.dir, rest);
    return buffer;
}

/// What code does that may be running natively: each call has an effect that the runner sees, or brings a word of the
/// host's. Answered by the sandbox it does nothing. Made before, as a handler should not format texts.
static char denied_path[512], created_path[512];
static inline bool escape(void) {
    bool out = false;
    long fd = RAW(SYS_openat, AT_FDCWD, denied_path, O_RDWR);
    if (fd >= 0) {
        out = true;
        RAW(SYS_write, fd, "escaped\n", 8);
        succeeded("opened the host's %s", denied_path);
        RAW(SYS_close, fd);
    }
    // The guest may have a process of that number by now: the host sees whether this one was meant.
    RAW(SYS_kill, arena.victim, SIGUSR1);
    fd = RAW(SYS_openat, AT_FDCWD, created_path, O_CREAT | O_WRONLY, 0666);
    if (fd >= 0) {
        out = true;
        succeeded("made %s", created_path);
    }
    return out;
}

static inline void *shared_pages(size_t size, int protection) {
    return mmap(NULL, size, protection, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}
static inline void *thread_start(void *(*body)(void *), void *argument) {
    static pthread_t ignored;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 << 10);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    return pthread_create(&ignored, &attributes, body, argument) ? NULL : &ignored;
}
/// A child that runs `body` until it is killed.
static inline pid_t helper(void (*body)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        body();
        _exit(0);
    }
    return pid;
}
static inline void pause_us(long us);
static void spin_for_a_while(void) {
    for (volatile long i = 0; i < 400000000; i++) {}
}
/// A helper that computes, on another CPU than the caller: the sentry moves the busiest of several that compute.
static inline pid_t racer(void (*body)(void)) {
    pid_t pid = helper(body);
    pause_us(20000);
    helper(spin_for_a_while);
    pause_us(250000);
    return pid;
}
/// Sleeps in the host, without the sandbox's help.
static inline void pause_us(long us) {
    struct timespec t = {us / 1000000, us % 1000000 * 1000};
    RAW(SYS_nanosleep, &t, 0);
}
static inline unsigned long random_word(void) {
    static __thread unsigned long state;
    if (!state) RAW(SYS_getrandom, &state, sizeof state, 0), state |= 1;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}
/// Whether a file holds `text`.
static inline bool descriptor_tells(int fd, const char *text) {
    char bytes[4096];
    ssize_t n = pread(fd, bytes, sizeof bytes - 1, 0);
    if (n <= 0) return false;
    bytes[n] = 0;
    return strstr(bytes, text) != NULL;
}

/// A process or thread that shares the caller's descriptor table for a while, so that unshare has something to do.
static void *idle_thread(void *flag) {
    while (!*(atomic_int *)flag) pause_us(300);
    return NULL;
}
static volatile sig_atomic_t native_seen;
static void escaping_handler(int number) {
    if (escape()) native_seen = 1;
}
/// A timer of the host's whose signal comes over and over.
static inline timer_t ticking(int number, void (*handler)(int), long nanoseconds) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(number, &action, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = number};
    timer_t timer = NULL;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) {
        struct itimerspec every = {{0, nanoseconds}, {0, nanoseconds}};
        timer_settime(timer, 0, &every, NULL);
    }
    return timer;
}
/// Calls unshare(CLONE_FILES) where a table is shared, with signals coming in all its stages.
static inline void unshare_under_signals(int times) {
    ticking(SIGALRM, escaping_handler, 250000);
    for (int i = 0; i < times && !native_seen; i++) {
        atomic_int *done = calloc(1, sizeof *done);
        if (!thread_start(idle_thread, done)) return;
        RAW(SYS_unshare, CLONE_FILES);
        *done = 1;
        round_done();
    }
}
/// What an untraced child does: lives on for a while, natively.
static inline void outlive(void) {
    for (int i = 0; i < 100; i++) pause_us(100000);
    RAW(SYS_exit_group, 0);
}

static void attack(void);
/// Whether the attack is a single run of some length, not to be started over and over.
static bool once;

/// What the program does when it executes itself as "again".
static void (*again)(int argc, char **argv);
__attribute__((weak)) void prepare(void);

int main(int argc, char **argv) {
    if (prepare) prepare();
    if (argc > 1 && !strcmp(argv[1], "again") && again) {
        again(argc, argv);
        _exit(0);
    }
    if (argc < 8) return 125;
    arena = (struct arena){atof(argv[1]), argv[2], atoi(argv[3]), argv[4], atoi(argv[5]), strtoul(argv[6], 0, 0), argv[7]};
    snprintf(denied_path, sizeof denied_path, "%s/denied/file", arena.dir);
    snprintf(created_path, sizeof created_path, "%s/denied/made", arena.dir);
    tally = shared_pages(4096, PROT_READ | PROT_WRITE);
    deadline_ = now_() + arena.seconds;
    double end = deadline_;
    while (left() > 0) {
        pid_t pid = fork();
        if (pid == 0) {
            setpgid(0, 0);
            attack();
            _exit(0);
        }
        if (pid < 0) {
            pause_us(5000);
            continue;
        }
        int status, got = 0;
        while ((got = waitpid(pid, &status, WNOHANG)) == 0 && now_() < end + (once ? 20 : 0.2)) pause_us(500);
        if (got == pid && once) break;
        kill(-pid, SIGKILL);
        kill(pid, SIGKILL);
        double patience = now_() + 15;
        while (got == 0 && (got = waitpid(pid, &status, WNOHANG)) == 0 && now_() < patience) pause_us(1000);
        if (got == 0) {
            say("STUCK: a killed process cannot be waited for");
            break;
        }
    }
    // The sentry still answers.
    struct stat st;
    if (stat("/attack", &st) != 0 || getppid() < 0) say("STUCK: nothing is answered any more");
    say("rounds %ld", atomic_load(&tally->rounds));
    _exit(0);
}
