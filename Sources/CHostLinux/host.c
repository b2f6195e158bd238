#define _GNU_SOURCE
#include "chost.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

int chost_identity(int fd, uint64_t *device, uint64_t *inode) {
    struct statx status;
    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &status) < 0) return -errno;
    *device = makedev(status.stx_dev_major, status.stx_dev_minor);
    *inode = status.stx_ino;
    return 0;
}

int64_t chost_file_system_type(int fd) {
    struct statfs statistics;
    return fstatfs(fd, &statistics) < 0 ? -errno : (int64_t)(uint32_t)statistics.f_type;
}

int chost_open_beneath(int directory, const char *path, int flags, int in_root) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC);
    how.resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | (in_root ? RESOLVE_IN_ROOT : RESOLVE_BENEATH);
    long fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
    return fd < 0 ? -errno : (int)fd;
}

int chost_memory_file(const char *name, int close_on_exec) {
    unsigned flags = MFD_ALLOW_SEALING | (close_on_exec ? MFD_CLOEXEC : 0);
    int fd = memfd_create(name, flags | 0x0008u /* MFD_NOEXEC_SEAL */);
    if (fd < 0) fd = memfd_create(name, flags); // before 6.3
    return fd < 0 ? -errno : fd;
}

int chost_memory_file_with_flags(const char *name, unsigned flags) {
    int fd = memfd_create(name, flags);
    return fd < 0 ? -errno : fd;
}

int chost_pipe(int ends[2], int flags) { return pipe2(ends, flags) < 0 ? -errno : 0; }

int chost_socket_pair(int type, int ends[2]) { return socketpair(AF_UNIX, type, 0, ends) < 0 ? -errno : 0; }

int chost_eventfd(unsigned initial, int flags) {
    int fd = eventfd(initial, flags);
    return fd < 0 ? -errno : fd;
}

int chost_epoll(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int chost_timerfd(int clock, int flags) {
    int fd = timerfd_create(clock, flags);
    return fd < 0 ? -errno : fd;
}

int chost_signalfd(int fd, uint64_t mask, int flags) {
    long result = syscall(SYS_signalfd4, fd, &mask, sizeof mask, flags);
    return result < 0 ? -errno : (int)result;
}

int chost_ioctl_value(int fd, unsigned long request, unsigned long argument) {
    int result = ioctl(fd, request, argument);
    return result < 0 ? -errno : result;
}

ssize_t chost_get_attribute(const char *path, const char *name, void *value, size_t size) {
    ssize_t n = getxattr(path, name, value, size);
    return n < 0 ? -errno : n;
}

ssize_t chost_list_directory(int fd, void *buffer, size_t size) {
    long n = syscall(SYS_getdents64, fd, buffer, size);
    return n < 0 ? -errno : n;
}

size_t chost_heap_used(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

uint64_t chost_process_time(pid_t pid) {
    // MAKE_PROCESS_CPUCLOCK with CPUCLOCK_SCHED
    struct timespec time;
    clockid_t clock = (clockid_t)(~(unsigned)pid << 3 | 2);
    return clock_gettime(clock, &time) == 0 ? (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec : 0;
}

uint64_t chost_ended_children_time(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) < 0) return 0;
    uint64_t seconds = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
    return seconds * 1000000000 + (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

void chost_heap_trim(void) { malloc_trim(0); }

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int chost_thread_start(void (*body)(void *), void *context) {
    struct start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    *start = (struct start){body, context};
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run, start);
    if (error) {
        free(start);
        return -error;
    }
    pthread_detach(thread);
    return 0;
}

int chost_pin_to_cpu(pid_t tid, int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu >= 0) {
        CPU_SET(cpu, &set);
    } else {
        for (int i = 0; i < CPU_SETSIZE; i++) CPU_SET(i, &set);
    }
    return sched_setaffinity(tid, sizeof set, &set) < 0 ? -errno : 0;
}

int chost_allowed_cpus(int32_t *cpus, int capacity) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0) return -errno;
    int count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && count < capacity; cpu++) {
        if (CPU_ISSET(cpu, &set)) cpus[count++] = cpu;
    }
    return count;
}

int chost_current_cpu(void) { return sched_getcpu(); }

pid_t chost_current_thread(void) { return (pid_t)syscall(SYS_gettid); }

int chost_cpu_count(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 ? 1 : CPU_COUNT(&set);
}

uint64_t chost_now_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// All but those that nobody can wait for, that tell of a fault of the sentry's own, or that are ignored.
static void awaited(sigset_t *set) {
    static const int others[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPIPE};
    sigfillset(set);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) sigdelset(set, others[i]);
}

int chost_signals_block(void) {
    sigset_t set;
    awaited(&set);
    signal(SIGPIPE, SIG_IGN);
    return -pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int chost_own_signals(int fd, pid_t tid) {
    struct f_owner_ex owner = {F_OWNER_TID, tid};
    if (fcntl(fd, F_SETOWN_EX, &owner) < 0 || fcntl(fd, F_SETSIG, CHOST_SIGNAL_READY) < 0) return -errno;
    return 0;
}

uint32_t chost_ready_events(int fd) {
    struct pollfd state = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI};
    return poll(&state, 1, 0) > 0 ? (uint16_t)state.revents : 0;
}

int chost_signals_wait(int timeout_milliseconds, chost_readiness *ready) {
    sigset_t set;
    awaited(&set);
    struct timespec limit = {timeout_milliseconds / 1000, (timeout_milliseconds % 1000) * 1000000l};
    siginfo_t info;
    int signal = sigtimedwait(&set, &info, timeout_milliseconds < 0 ? NULL : &limit);
    if (signal > 0) *ready = (chost_readiness){.code = info.si_code};
    if (signal == CHOST_SIGNAL_READY) *ready = (chost_readiness){info.si_fd, info.si_code, (uint64_t)info.si_band};
    if (signal < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return signal;
}

int chost_signal_thread(pid_t tgid, pid_t tid, int signal) {
    return (tid ? syscall(SYS_tgkill, tgid, tid, signal) : kill(tgid, signal)) < 0 ? -errno : 0;
}

void chost_return_memory(void) { malloc_trim(0); }

int chost_hide_self(void) { return prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0; }
