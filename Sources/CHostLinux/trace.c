#define _GNU_SOURCE
#include <fcntl.h>
#include "chost.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int chost_trace_seize(pid_t tid) {
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                   PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
    return ptrace(PTRACE_SEIZE, tid, 0, options) < 0 ? -errno : 0;
}

int chost_trace_resume(pid_t tid, int request, int signal) {
    static const int requests[] = {PTRACE_CONT, PTRACE_SYSCALL, PTRACE_LISTEN};
    return ptrace(requests[request], tid, 0, (long)signal) < 0 ? -errno : 0;
}

int chost_trace_interrupt(pid_t tid) { return ptrace(PTRACE_INTERRUPT, tid, 0, 0) < 0 ? -errno : 0; }

int chost_trace_get_registers(pid_t tid, struct user_regs_struct *out) {
    return ptrace(PTRACE_GETREGS, tid, 0, out) < 0 ? -errno : 0;
}

int chost_trace_set_registers(pid_t tid, const struct user_regs_struct *registers) {
    return ptrace(PTRACE_SETREGS, tid, 0, registers) < 0 ? -errno : 0;
}

int64_t chost_trace_event_message(pid_t tid) {
    unsigned long message = 0;
    return ptrace(PTRACE_GETEVENTMSG, tid, 0, &message) < 0 ? -errno : (int64_t)message;
}

int chost_trace_get_siginfo(pid_t tid, chost_siginfo *out) {
    siginfo_t info;
    if (ptrace(PTRACE_GETSIGINFO, tid, 0, &info) < 0) return -errno;
    memcpy(out, &info, sizeof *out);
    return 0;
}

static void encode(const chost_siginfo *from, siginfo_t *to) {
    memset(to, 0, sizeof *to);
    memcpy(to, from, sizeof *from);
}

int chost_trace_set_siginfo(pid_t tid, const chost_siginfo *from) {
    siginfo_t info;
    encode(from, &info);
    return ptrace(PTRACE_SETSIGINFO, tid, 0, &info) < 0 ? -errno : 0;
}

uint64_t chost_trace_blocked(pid_t tid) {
    uint64_t mask = 0;
    return ptrace(PTRACE_GETSIGMASK, tid, sizeof mask, &mask) < 0 ? 0 : mask;
}

int chost_trace_block(pid_t tid, uint64_t mask) {
    return ptrace(PTRACE_SETSIGMASK, tid, sizeof mask, &mask) < 0 ? -errno : 0;
}

int chost_signal_queue(pid_t tgid, pid_t tid, const chost_siginfo *from) {
    siginfo_t info;
    encode(from, &info);
    long result = tid ? syscall(SYS_rt_tgsigqueueinfo, tgid, tid, from->signal, &info)
                      : syscall(SYS_rt_sigqueueinfo, tgid, from->signal, &info);
    return result < 0 ? -errno : 0;
}

int chost_signal_sets(pid_t tid, uint64_t *pending, uint64_t *shared, uint64_t *blocked, uint64_t *ignored,
                      uint64_t *caught) {
    char path[32], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    if (size <= 0) return -ESRCH;
    text[size] = 0;
    // Five consecutive lines of "Name:\t" and sixteen digits (proc_pid_status(5)).
    const char *line = strstr(text, "\nSigPnd:\t");
    if (!line) return -EIO;
    uint64_t *sets[] = {pending, shared, blocked, ignored, caught};
    for (int i = 0; i < 5 && line; i++) {
        const char *value = strchr(line + 1, '\t');
        if (!value) return -EIO;
        *sets[i] = strtoull(value + 1, NULL, 16);
        line = strchr(value, '\n');
    }
    return 0;
}

static uint64_t microseconds(struct timeval time) { return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec; }

// What a task used is asked for its death alone, and not for a thread's: the kernel adds up all threads of the process.
pid_t chost_wait_next(int *has_ended) {
    siginfo_t info;
    info.si_pid = 0;
    if (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) < 0) return -errno;
    *has_ended = info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED;
    return info.si_pid;
}

pid_t chost_wait_for(pid_t tid, int *status, chost_usage *usage) {
    struct rusage used;
    pid_t pid = wait4(tid, status, __WALL | WNOHANG, usage ? &used : NULL);
    if (pid < 0) return -errno;
    if (pid > 0 && usage && !WIFSTOPPED(*status)) {
        *usage = (chost_usage){
            microseconds(used.ru_utime), microseconds(used.ru_stime), (uint64_t)used.ru_maxrss, (uint64_t)used.ru_minflt,
            (uint64_t)used.ru_majflt, (uint64_t)used.ru_nvcsw, (uint64_t)used.ru_nivcsw,
        };
    }
    return pid;
}

int chost_limit(pid_t pid, int resource, int user, int group, const uint64_t *soft, uint64_t *present) {
    struct rlimit limit, old;
    int result = prlimit(pid, resource, NULL, &old) < 0 ? -errno : 0;
    // Who has no CAP_SYS_RESOURCE has to have the real IDs of the process, for this thread and as long as it takes.
    int borrows = result == -EPERM && user >= 0;
    if (borrows) {
        if (syscall(SYS_setresgid, group, -1, -1) < 0) return -errno;
        if (syscall(SYS_setresuid, user, -1, -1) < 0) {
            result = -errno;
            syscall(SYS_setresgid, 0, -1, -1);
            return result;
        }
        result = prlimit(pid, resource, NULL, &old) < 0 ? -errno : 0;
    }
    if (result == 0 && soft) {
        limit.rlim_cur = *soft < old.rlim_max ? *soft : old.rlim_max;
        limit.rlim_max = old.rlim_max;
        if (limit.rlim_cur != old.rlim_cur && prlimit(pid, resource, &limit, NULL) < 0) result = -errno;
        if (result == 0) old.rlim_cur = limit.rlim_cur;
    }
    if (borrows) {
        syscall(SYS_setresuid, 0, -1, -1);
        syscall(SYS_setresgid, 0, -1, -1);
    }
    if (result == 0) *present = old.rlim_cur;
    return result;
}

uint64_t chost_robust_list(pid_t tid) {
    void *head = NULL;
    size_t size = 0;
    return syscall(SYS_get_robust_list, tid, &head, &size) < 0 ? 0 : (uint64_t)(uintptr_t)head;
}

ssize_t chost_memory_read(pid_t tid, uint64_t address, void *buffer, size_t count) {
    struct iovec local = {buffer, count}, remote = {(void *)(uintptr_t)address, count};
    ssize_t n = process_vm_readv(tid, &local, 1, &remote, 1, 0);
    return n < 0 ? -errno : n;
}

ssize_t chost_memory_write(pid_t tid, uint64_t address, const void *buffer, size_t count) {
    struct iovec local = {(void *)(uintptr_t)buffer, count}, remote = {(void *)(uintptr_t)address, count};
    ssize_t n = process_vm_writev(tid, &local, 1, &remote, 1, 0);
    return n < 0 ? -errno : n;
}

ssize_t chost_trace_poke(pid_t tid, uint64_t address, const void *buffer, size_t count) {
    const unsigned char *bytes = buffer;
    for (size_t done = 0; done < count;) {
        // Whole words, of which the ones at the ends are filled up with what is there.
        uint64_t place = (address + done) & ~7ull;
        size_t skip = (size_t)(address + done - place), take = sizeof(long) - skip;
        if (take > count - done) take = count - done;
        errno = 0;
        long word = ptrace(PTRACE_PEEKDATA, tid, place, 0);
        if (errno) return -errno;
        memcpy((char *)&word + skip, bytes + done, take);
        if (ptrace(PTRACE_POKEDATA, tid, place, word) < 0) return -errno;
        done += take;
    }
    return (ssize_t)count;
}

int chost_pidfd_open(pid_t tid, pid_t tgid) {
    static const unsigned thread = O_EXCL; // PIDFD_THREAD
    long fd = syscall(SYS_pidfd_open, tid, thread);
    if (fd < 0 && errno == EINVAL) fd = syscall(SYS_pidfd_open, tgid, 0);
    return fd < 0 ? -errno : (int)fd;
}

int chost_pidfd_getfd(int pidfd, int fd) {
    long copy = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    return copy < 0 ? -errno : (int)copy;
}
