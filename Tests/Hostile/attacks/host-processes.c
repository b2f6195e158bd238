// The host's processes by their numbers, with every call that takes one, and through descriptors that send signals.
// Walls: first second
// Alone: yes
#include "hostile.h"
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <sys/ptrace.h>

static char stolen[64];

static void attack(void) {
    pid_t pid = arena.victim;
    int signal = SIGUSR2;
    siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};
    if (kill(pid, signal) == 0) succeeded("kill");
    if (kill(-pid, signal) == 0) succeeded("kill of the group");
    if (kill(pid, 0) == 0) succeeded("learned that the process exists");
    RAW(SYS_tkill, pid, signal), RAW(SYS_tgkill, pid, pid, signal);
    RAW(SYS_rt_sigqueueinfo, pid, signal, &info), RAW(SYS_rt_tgsigqueueinfo, pid, pid, signal, &info);
    kill(-1, SIGURG);
    // The numbers' high halves are none of a number.
    RAW(SYS_kill, 0xffffffff00000000 | (unsigned)pid, signal), RAW(SYS_tgkill, pid, 0x100000000 | (unsigned)pid, signal);
    int fd = RAW(SYS_pidfd_open, pid, 0);
    if (fd >= 0) {
        succeeded("pidfd_open");
        RAW(SYS_pidfd_send_signal, fd, signal, 0, 0);
        if (RAW(SYS_pidfd_getfd, fd, 0, 0) >= 0) succeeded("pidfd_getfd");
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d", pid);
    fd = open(path, O_RDONLY | O_DIRECTORY);
    if (fd >= 0) succeeded("opened %s", path), RAW(SYS_pidfd_send_signal, fd, signal, 0, 0);
    for (int number = 3; number < 64; number++) RAW(SYS_pidfd_send_signal, number, SIGUSR1, 0, 0);
    const char *files[] = {"mem", "environ", "maps", "root/etc/passwd", "cwd", "exe", "fd/0", "status"};
    for (int i = 0; i < 8; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
        for (int way = 0; way < 2; way++) {
            fd = open(path, way ? O_RDWR : O_RDONLY);
            if (fd >= 0) succeeded("opened %s", path), pwrite(fd, "touched", 8, arena.address), close(fd);
        }
    }
    struct iovec own = {stolen, 16}, other = {(void *)arena.address, 16};
    if (RAW(SYS_process_vm_readv, pid, &own, 1, &other, 1, 0) > 0) succeeded("read its memory");
    RAW(SYS_process_vm_writev, pid, &own, 1, &other, 1, 0);
    if (RAW(SYS_ptrace, PTRACE_SEIZE, pid, 0, 0) == 0) succeeded("traces it"), RAW(SYS_ptrace, PTRACE_DETACH, pid, 0, 0);
    if (RAW(SYS_ptrace, PTRACE_ATTACH, pid, 0, 0) == 0) succeeded("traces it"), RAW(SYS_ptrace, PTRACE_DETACH, pid, 0, 0);
    if (RAW(SYS_ptrace, PTRACE_TRACEME) == 0) succeeded("is traced by its parent");
    struct rlimit limit = {10, 10};
    if (RAW(SYS_prlimit64, pid, RLIMIT_NOFILE, 0, &limit) == 0) succeeded("read its limits");
    if (RAW(SYS_prlimit64, pid, RLIMIT_CORE, &limit, 0) == 0) succeeded("set its limits");
    if (RAW(SYS_setpriority, PRIO_PROCESS, pid, 5) == 0) succeeded("changed its priority");
    errno = 0;
    if (getpriority(PRIO_PROCESS, pid) >= 0 && errno == 0) succeeded("read its priority");
    unsigned long cpus = 1;
    if (RAW(SYS_sched_setaffinity, pid, 8, &cpus) == 0) succeeded("moved it");
    if (RAW(SYS_sched_getaffinity, pid, 8, &cpus) > 0) succeeded("knows its CPUs");
    if (RAW(SYS_sched_getscheduler, pid) >= 0) succeeded("knows its policy");
    struct sched_param parameter = {0};
    if (RAW(SYS_sched_setscheduler, pid, SCHED_BATCH, &parameter) == 0) succeeded("changed its policy");
    if (RAW(SYS_ioprio_get, 1, pid) >= 0) succeeded("knows its I/O priority");
    if (RAW(SYS_getpgid, pid) >= 0 || RAW(SYS_getsid, pid) >= 0) succeeded("knows its group or session");
    if (RAW(SYS_setpgid, 0, pid) == 0) succeeded("joined its group");
    if (RAW(SYS_kcmp, pid, getpid(), 0, 0, 0) >= 0) succeeded("compared itself with it");
    long head[4];
    if (RAW(SYS_get_robust_list, pid, &head[0], &head[1]) == 0) succeeded("knows its robust list");
    if (RAW(SYS_move_pages, pid, 0, 0, 0, 0, 0) == 0 || RAW(SYS_migrate_pages, pid, 1, head, head) == 0) succeeded("moved its pages");
    if (RAW(SYS_wait4, pid, head, WNOHANG, 0) >= 0) succeeded("waited for it");
    if (RAW(SYS_perf_event_open, head, pid, -1, -1, 0) >= 0) succeeded("measures it");
    // Descriptors that send a signal to their owner.
    int pair[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    struct f_owner_ex owner = {F_OWNER_PID, pid};
    for (int way = 0; way < 6; way++) {
        int both[] = {pid, -pid};
        switch (way) {
        case 0: case 1: fcntl(pair[0], F_SETOWN, both[way]); break;
        case 2: fcntl(pair[0], F_SETOWN_EX, &owner); break;
        case 3: ioctl(pair[0], FIOSETOWN, &pid); break;
        case 4: ioctl(pair[0], SIOCSPGRP, &pid); break;
        case 5: owner.type = F_OWNER_TID, fcntl(pair[0], F_SETOWN_EX, &owner); break;
        }
        int on = 1;
        fcntl(pair[0], F_SETSIG, SIGUSR1), fcntl(pair[0], F_SETFL, O_ASYNC | O_NONBLOCK), ioctl(pair[0], FIOASYNC, &on);
        send(pair[1], "x", 1, MSG_NOSIGNAL);
        send(pair[1], "x", 1, MSG_OOB | MSG_NOSIGNAL);
    }
    close(pair[0]), close(pair[1]);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    ((int *)&event)[3] = pid;
    int timer = 0;
    if (RAW(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0) succeeded("a timer for its thread");
    if (RAW(SYS_setns, fd, 0) == 0) succeeded("setns");
    round_done();
    pause_us(20000);
}
