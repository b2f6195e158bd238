// Rules:
// As: user
// wait4 and waitid: options, kinds of targets, statuses, usage, children of threads and clones with other signals.
#include "fixture.h"
#define TRY(call) show(#call, call)
static void *thread_waits(void *pid) { show("another thread waits", waitpid(*(pid_t *)pid, NULL, 0) == *(pid_t *)pid); return NULL; }
int main(void) {
    int status;
    siginfo_t info;
    TRY(waitpid(-1, &status, 0));
    TRY(waitpid(-1, &status, WNOHANG));
    TRY(waitpid(getppid(), &status, 0));
    TRY(waitpid(INT_MIN, &status, 0));
    TRY(waitpid(-1, &status, 0x10));
    TRY(waitid(P_ALL, 0, &info, 0));
    TRY(waitid(P_ALL, 0, &info, WNOHANG));
    TRY(waitid(9, 0, &info, WEXITED));
    TRY(waitid(P_PID, 0, &info, WEXITED));
    TRY(waitid(P_PID, -1, &info, WEXITED));
    TRY(waitid(P_PGID, -1, &info, WEXITED));
    TRY(waitid(P_PIDFD, 999, &info, WEXITED));
    TRY(waitid(P_PIDFD, 1, &info, WEXITED));
    pid_t pid;
    struct gate end = gate_new();
    SPAWN(pid) { gate_wait(end); _exit(42); }
    TRY(waitpid(pid, &status, WNOHANG));
    info.si_pid = 7;
    TRY(waitid(P_PID, pid, &info, WEXITED | WNOHANG));
    show("nothing: si_pid", info.si_pid);
    int pidfd = must(pidfd_of(pid));
    struct pollfd poll_fd = {pidfd, POLLIN};
    show("pidfd polls", poll(&poll_fd, 1, 0));
    int nonblocking = must(syscall(SYS_pidfd_open, pid, O_NONBLOCK));
    TRY(waitid(P_PIDFD, nonblocking, &info, WEXITED));
    gate_open(end);
    show("pidfd polls at the end", poll(&poll_fd, 1, 5000));
    show("events", poll_fd.revents & POLLIN);
    TRY(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
    say("code %d status %d signo %d self uid %d", info.si_code, info.si_status, info.si_signo, info.si_uid == getuid());
    show_text("zombie state", field(format_path("/proc/%d/status", pid), "State"));
    TRY(waitid(P_PIDFD, pidfd, &info, WEXITED));
    TRY(waitid(P_PIDFD, pidfd, &info, WEXITED));
    TRY(waitpid(pid, &status, 0));
    SPAWN(pid) { setpgid(0, 0); _exit(1); }
    show("by group", ({ usleep(30000); waitpid(-pid, &status, 0) == pid; }));
    SPAWN(pid) _exit(300);
    show("any in own group", waitpid(0, &status, 0) == pid);
    show("status of 300", WEXITSTATUS(status));
    struct rusage usage;
    SPAWN(pid) { for (volatile int i = 0; i < 5000000; i++) {} }
    show("wait4 with usage", wait4(pid, &status, 0, &usage) == pid);
    // Which of the two depends on where the tick found it (cputime_adjust).
    yes("used some", usage.ru_utime.tv_usec + usage.ru_stime.tv_usec + usage.ru_utime.tv_sec + usage.ru_stime.tv_sec > 0);
    SPAWN(pid) _exit(0);
    show("bad status pointer", wait4(pid, (void *)8, 0, NULL));
    show("was reaped all the same", waitpid(pid, &status, 0));
    pid = must(syscall(SYS_clone, 0, 0, 0, 0, 0));
    if (pid == 0) _exit(6);
    show("a clone without a signal: wait", waitpid(pid, &status, 0));
    show("__WALL", waitpid(pid, &status, __WALL) == pid);
    pid = must(syscall(SYS_clone, SIGUSR1 * 0 + SIGWINCH, 0, 0, 0, 0));
    if (pid == 0) _exit(6);
    show("__WCLONE", waitpid(pid, &status, __WCLONE) == pid);
    signal(SIGCHLD, SIG_IGN);
    SPAWN(pid) usleep(20000);
    show("children ignored: wait", waitpid(pid, &status, 0));
    signal(SIGCHLD, SIG_DFL);
    SPAWN(pid) usleep(20000);
    pthread_t thread;
    must(pthread_create(&thread, NULL, thread_waits, &pid));
    pthread_join(thread, NULL);
    pid = vfork();
    if (pid == 0) _exit(11);
    wait_status(pid);
    pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    show("CLONE_PARENT's is not ours", waitpid(pid, &status, __WALL));
    return 0;
}
