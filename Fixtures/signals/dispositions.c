// Rules:
// As: user
// Default actions, masks, pending signals, alternate stacks, faults, stops and continues.
#include "fixture.h"
static volatile int order[8], count;
static void note(int number) { order[count++] = number; }
static void on_fault(int number, siginfo_t *info, void *context) {
    int here;
    stack_t stack;
    sigaltstack(NULL, &stack);
    say("fault SIG%s code %d address %#lx on altstack %d", sigabbrev_np(number), info->si_code, (long)info->si_addr,
        (char *)&here >= (char *)stack.ss_sp && (char *)&here < (char *)stack.ss_sp + stack.ss_size);
    _exit(5);
}
int main(void) {
    static const int fatal[] = {SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGPIPE, SIGALRM, SIGTERM, SIGSYS, 34, 64};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        pid_t pid;
        SPAWN(pid) { kill(getpid(), fatal[i]); pause(); }
        int status = wait_status(pid);
        say("signal %d: signaled %d by %d", fatal[i], WIFSIGNALED(status), WTERMSIG(status));
    }
    static const int ignored[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    for (int i = 0; i < 4; i++) CHILD { kill(getpid(), ignored[i]); say("survived SIG%s", sigabbrev_np(ignored[i])); }
    CHILD {
        // Blocked signals are delivered lowest first when unblocked; a standard one only once.
        sigset_t set;
        sigfillset(&set);
        sigprocmask(SIG_SETMASK, &set, NULL);
        signal(SIGUSR2, note);
        signal(SIGUSR1, note);
        signal(SIGTERM, note);
        kill(getpid(), SIGUSR2);
        kill(getpid(), SIGUSR1);
        kill(getpid(), SIGUSR1);
        kill(getpid(), SIGTERM);
        sigpending(&set);
        say("pending USR1 %d USR2 %d HUP %d", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2), sigismember(&set, SIGHUP));
        show_field("status", "/proc/self/status", "ShdPnd");
        show_field("status", "/proc/self/status", "SigBlk");
        show_field("status", "/proc/self/status", "SigCgt");
        sigemptyset(&set);
        sigprocmask(SIG_SETMASK, &set, NULL);
        say("delivered %d", count);
    }
    CHILD {
        stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
        must(sigaltstack(&stack, NULL));
        struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        must(sigaction(SIGSEGV, &action, NULL));
        *(volatile int *)16 = 1;
    }
    pid_t pid;
    int status;
    SPAWN(pid) for (;;) pause();
    must(kill(pid, SIGSTOP));
    must(waitpid(pid, &status, WUNTRACED));
    say("stopped %d by SIG%s", WIFSTOPPED(status), sigabbrev_np(WSTOPSIG(status)));
    show_text("state", field(format_path("/proc/%d/status", pid), "State"));
    must(kill(pid, SIGCONT));
    must(waitpid(pid, &status, WCONTINUED));
    say("continued %d", WIFCONTINUED(status));
    // The group is orphaned (its leader's parent is in another session), so a terminal stop has no effect.
    must(kill(pid, SIGTSTP));
    usleep(30000);
    show("stopped by SIGTSTP", waitpid(pid, &status, WUNTRACED | WNOHANG));
    must(kill(pid, SIGKILL));
    reap(pid);
    show("sigaction KILL", sigaction(SIGKILL, &(struct sigaction){.sa_handler = SIG_IGN}, NULL));
    show("sigaction 65", syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
    show("sigprocmask bad size", syscall(SYS_rt_sigprocmask, 0, NULL, NULL, 4));
    show("sigprocmask bad how", syscall(SYS_rt_sigprocmask, 9, &(uint64_t){0}, NULL, 8));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    siginfo_t info;
    show("sigtimedwait", sigtimedwait(&set, &info, &(struct timespec){1, 0}));
    say("from self %d", info.si_pid == getpid());
    show("again", sigtimedwait(&set, &info, &(struct timespec){0, 1000000}));
    SPAWN(pid) kill(getppid(), SIGUSR1);
    int number = 0;
    show("sigwait", sigwait(&set, &number));
    show("number", number);
    reap(pid);
    return 0;
}
