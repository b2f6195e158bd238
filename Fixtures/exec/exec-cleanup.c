// Rules:
// As: user
// What exec keeps and resets: descriptors, signal dispositions and mask, name, threads, no_new_privs, keepcaps.
#include "fixture.h"
static void *spin(void *unused) { for (;;) pause(); }
int main(int argc, char **argv) {
    if (argc > 1) {
        show("fd 10 (kept)", fcntl(10, F_GETFD));
        show("fd 11 (cloexec)", fcntl(11, F_GETFD));
        struct sigaction action;
        static const int signals[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD};
        for (int i = 0; i < 4; i++) {
            sigaction(signals[i], NULL, &action);
            say("SIG%s %s", sigabbrev_np(signals[i]), action.sa_handler == SIG_DFL ? "default" : action.sa_handler == SIG_IGN ? "ignored" : "handled");
        }
        sigset_t set;
        sigprocmask(SIG_BLOCK, NULL, &set);
        say("USR2 blocked %d", sigismember(&set, SIGUSR2));
        sigpending(&set);
        say("USR2 pending %d", sigismember(&set, SIGUSR2));
        show_file("comm", "/proc/self/comm");
        show_field("status", "/proc/self/status", "Threads");
        show("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        show("keepcaps", prctl(PR_GET_KEEPCAPS));
        show("dumpable", prctl(PR_GET_DUMPABLE));
        say("umask %o", umask(0));
        say("argc %d, argv[2] \"%s\", X=%s", argc, argv[2], getenv("X"));
        stack_t stack;
        sigaltstack(NULL, &stack);
        say("altstack %s", stack.ss_flags & SS_DISABLE ? "off" : "on");
        say("alarm %u", alarm(0) > 0);
        yes("same pid as told", atoi(argv[1]) == getpid());
        char target[PATH_MAX] = "";
        readlink("/proc/self/exe", target, sizeof target);
        say("exe ends in %s", strrchr(target, '/') + 1);
        show_text("cmdline", get("/proc/self/cmdline") + strlen(argv[0]) + 1 + strlen(argv[1]) + 1);
        return 0;
    }
    int null = must(open("/dev/null", O_RDWR));
    must(dup3(null, 10, 0));
    must(dup3(null, 11, O_CLOEXEC));
    signal(SIGUSR1, (void (*)(int))spin);
    signal(SIGTERM, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR2);
    prctl(PR_SET_NAME, "before");
    prctl(PR_SET_KEEPCAPS, 1);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    umask(027);
    alarm(100);
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&stack, NULL);
    pthread_t thread;
    must(pthread_create(&thread, NULL, spin, NULL));
    char *arguments[] = {"exec-cleanup", format_path("%d", getpid()), "two words", NULL}, *environment[] = {"X=y", NULL};
    execve("/proc/self/exe", arguments, environment);
    say("exec: %s", errno_text(errno));
    return 1;
}
