// Rules: pidfd-of-thread setns-not-a-namespace signal-forged-origin
// As: user
// kill, tkill, tgkill, rt_sigqueueinfo, pidfd_send_signal: numbers and targets.
#include "fixture.h"
#define TRY(call) show(#call, call)
static void *waiting(void *gate) { gate_wait(*(struct gate *)gate); return NULL; }
int main(void) {
    pid_t self = getpid();
    TRY(kill(self, 0));
    TRY(kill(self, 65));
    TRY(kill(self, -1));
    TRY(kill(4000000, 0));
    TRY(kill(4000000, 65));
    TRY(kill(INT_MIN, 0));
    TRY(kill(-4000000, 0));
    TRY(kill(0, 0));
    TRY(kill(-getpgrp(), 0));
    TRY(syscall(SYS_tkill, self, 0));
    TRY(syscall(SYS_tkill, 0, 0));
    TRY(syscall(SYS_tkill, -1, 0));
    TRY(syscall(SYS_tkill, 4000000, 0));
    TRY(syscall(SYS_tgkill, self, self, 0));
    TRY(syscall(SYS_tgkill, self, 4000000, 0));
    TRY(syscall(SYS_tgkill, 0, self, 0));
    TRY(syscall(SYS_tgkill, self, 0, 0));
    TRY(syscall(SYS_tgkill, getppid(), self, 0));
    TRY(syscall(SYS_tgkill, self, self, 65));
    struct gate end = gate_new();
    pid_t child;
    SPAWN(child) gate_wait(end);
    siginfo_t info = {0};
    info.si_signo = 0;
    info.si_code = SI_QUEUE;
    TRY(syscall(SYS_rt_sigqueueinfo, child, 0, &info));
    info.si_code = SI_USER;
    TRY(syscall(SYS_rt_sigqueueinfo, child, 0, &info));
    info.si_code = SI_TKILL;
    TRY(syscall(SYS_rt_sigqueueinfo, child, 0, &info));
    info.si_code = SI_USER;
    TRY(syscall(SYS_rt_sigqueueinfo, self, 0, &info));
    info.si_code = SI_QUEUE;
    TRY(syscall(SYS_rt_sigqueueinfo, child, 65, &info));
    TRY(syscall(SYS_rt_sigqueueinfo, child, 0, NULL));
    TRY(syscall(SYS_rt_sigqueueinfo, 4000000, 0, &info));
    TRY(syscall(SYS_rt_tgsigqueueinfo, child, child, 0, &info));
    TRY(syscall(SYS_rt_tgsigqueueinfo, child, self, 0, &info));
    TRY(syscall(SYS_rt_tgsigqueueinfo, 0, child, 0, &info));
    int pidfd = must(pidfd_of(child));
    TRY(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
    TRY(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 8));
    TRY(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 3));
    TRY(syscall(SYS_pidfd_send_signal, pidfd, 65, NULL, 0));
    TRY(syscall(SYS_pidfd_send_signal, 999, 0, NULL, 0));
    TRY(syscall(SYS_pidfd_send_signal, 1, 0, NULL, 0));
    info.si_signo = SIGUSR1;
    TRY(syscall(SYS_pidfd_send_signal, pidfd, 0, &info, 0));
    info.si_signo = 0;
    info.si_code = SI_USER;
    TRY(syscall(SYS_pidfd_send_signal, pidfd, 0, &info, 0));
    TRY(syscall(SYS_pidfd_send_signal, pidfd, 0, 8, 0));
    TRY(syscall(SYS_pidfd_open, child, 1));
    TRY(syscall(SYS_pidfd_open, 0, 0));
    TRY(syscall(SYS_pidfd_open, -1, 0));
    TRY(syscall(SYS_pidfd_open, 4000000, 0));
    // The /proc directory of a process stands for it, that of a thread does not.
    int directory = must(open(format_path("/proc/%d", child), O_RDONLY | O_DIRECTORY));
    show("process directory", syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0));
    show("thread directory", syscall(SYS_pidfd_send_signal, must(open(format_path("/proc/%d/task/%d", child, child), O_RDONLY)), 0, NULL, 0));
    show("directory below", syscall(SYS_pidfd_send_signal, must(open(format_path("/proc/%d/ns", child), O_RDONLY)), 0, NULL, 0));
    show("process directory's path", syscall(SYS_pidfd_send_signal, must(open(format_path("/proc/%d", child), O_PATH)), 0, NULL, 0));
    show("process directory for pidfd_getfd", syscall(SYS_pidfd_getfd, directory, 0, 0));
    show("process directory for setns", setns(directory, CLONE_NEWUTS));
    ok("nonblocking pidfd", syscall(SYS_pidfd_open, child, O_NONBLOCK));
    pthread_t thread;
    must(pthread_create(&thread, NULL, waiting, &end));
    DIR *dir = opendir("/proc/self/task");
    struct dirent *entry;
    while ((entry = readdir(dir))) if (atoi(entry->d_name) && atoi(entry->d_name) != self) {
        pid_t tid = atoi(entry->d_name);
        show("pidfd_open of a thread", syscall(SYS_pidfd_open, tid, 0));
        ok("with PIDFD_THREAD", syscall(SYS_pidfd_open, tid, PIDFD_THREAD));
        show("kill by tid", kill(tid, 0));
        show("tgkill", syscall(SYS_tgkill, self, tid, 0));
    }
    must(kill(child, SIGTERM));
    reap(child);
    return 0;
}
