// Rules:
// As: user
// clone3's CLONE_CLEAR_SIGHAND gives the child default actions for what its parent handles, and keeps what is ignored.
#include "fixture.h"
#include <spawn.h>
#include <sys/signalfd.h>
struct action { uint64_t handler, flags, restorer, mask; };
static pid_t clone_clearing(uint64_t flags) {
    uint64_t arguments[8] = {0x100000000ULL | flags, 0, 0, 0, SIGCHLD};
    return (pid_t)must(syscall(SYS_clone3, arguments, sizeof arguments));
}
static void handler(int number) {}
static void look(void) {
    for (int i = 1; i <= 64; i++) {
        struct action action = {0};
        if (i == SIGKILL || i == SIGSTOP || syscall(SYS_rt_sigaction, i, NULL, &action, 8)) continue;
        if (action.handler || action.flags || action.mask)
            say("  signal %d: %s, flags %#llx, mask %#llx", i,
                action.handler == 0 ? "default" : action.handler == 1 ? "ignored" : "handled",
                (unsigned long long)action.flags & ~0x4000000ULL, (unsigned long long)action.mask);
    }
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    say("  blocked %#lx, SIGUSR2 %d", blocked.__val[0], sigismember(&blocked, SIGUSR2));
}
int main(void) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_NODEFER};
    sigaddset(&action.sa_mask, SIGINT);
    for (int i = 0; i < 5; i++) sigaction((int[]){SIGHUP, SIGUSR1, SIGSEGV, SIGTSTP, 64}[i], &action, NULL);
    action.sa_flags = SA_NOCLDWAIT | SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    action.sa_handler = SIG_IGN, action.sa_flags = SA_RESTART;
    sigaction(SIGPIPE, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGCHLD, SIG_DFL);
    action.sa_handler = handler, action.sa_flags = SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    pid_t pid = clone_clearing(0);
    if (pid == 0) {
        say("child");
        look();
        // SIGCHLD's default again, and no zombie less.
        pid_t other;
        SPAWN(other) _exit(3);
        reap(other);
        raise(SIGUSR1);
        _exit(0);
    }
    reap(pid);
    say("parent keeps");
    look();
    // A signal that comes before the child has run.
    for (int i = 0; i < 50; i++) {
        pid = clone_clearing(0);
        if (pid == 0) for (;;) pause();
        kill(pid, SIGHUP);
        int status = wait_status(pid);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGHUP) say("not ended by SIGHUP: %#x", status);
    }
    // Nothing to clear, a child that stops at every call, and posix_spawn, which uses it.
    int signals = must(signalfd(-1, &set, SFD_CLOEXEC));
    pid = clone_clearing(0);
    if (pid == 0) {
        say("child with a signalfd");
        look();
        kill(getpid(), SIGUSR2);
        struct signalfd_siginfo record;
        must(read(signals, &record, sizeof record));
        say("  reads %u code %d", record.ssi_signo, record.ssi_code);
        _exit(0);
    }
    reap(pid);
    close(signals);
    char *arguments[] = {"sh", "-c", "kill -HUP $$", NULL}, *environment[] = {NULL};
    must(posix_spawn(&pid, "/bin/sh", NULL, NULL, arguments, environment) ? -1 : 0);
    reap(pid);
    CHILD {
        for (int i = 1; i <= 64; i++) signal(i, SIG_DFL);
        pid = clone_clearing(0);
        if (pid == 0) {
            struct sigaction now;
            sigaction(SIGUSR1, NULL, &now);
            yes("nothing was handled", now.sa_handler == SIG_DFL);
            _exit(0);
        }
        reap(pid);
    }
    uint64_t both[8] = {0x100000000ULL | CLONE_SIGHAND | CLONE_VM, 0, 0, 0, SIGCHLD};
    show("with CLONE_SIGHAND", syscall(SYS_clone3, both, sizeof both));
}
