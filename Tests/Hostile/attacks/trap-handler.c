// unshare and clone3 interrupted by signals in every stage, with handlers that make calls of their own. In a stage in
// which the sentry has the task go on with a host call, nothing else may pass for that call. Also a SIGSYS that only
// looks like the filter's.
// Seconds: 2
#include "hostile.h"
#include <linux/seccomp.h>

static void forge(void) {
    long self = RAW(SYS_gettid);
    // What the filter's own trap would carry: SYS_SECCOMP, and the mark as si_errno.
    static char envelope[128];
    siginfo_t *info = (siginfo_t *)envelope;
    for (int code = -1; code <= 2; code++) {
        memset(envelope, 0, sizeof envelope);
        info->si_signo = SIGSYS, info->si_errno = 0x4e53, info->si_code = code;
        RAW(SYS_rt_sigqueueinfo, getpid(), SIGSYS, info);
        RAW(SYS_rt_tgsigqueueinfo, getpid(), self, SIGSYS, info);
    }
    RAW(SYS_tgkill, getpid(), self, SIGSYS);
    round_done();
}

static void untraced_handler(int number) {
    escape();
    long pid = RAW(SYS_clone, CLONE_UNTRACED | SIGCHLD);
    if (pid == 0) outlive();
}

static void clone_under_signals(int times) {
    ticking(SIGVTALRM, untraced_handler, 250000);
    for (int i = 0; i < times; i++) {
        struct clone_args arguments = {.exit_signal = SIGCHLD};
        long pid = RAW(SYS_clone3, &arguments, sizeof arguments);
        if (pid == 0) RAW(SYS_exit_group, 0);
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
        pid = RAW(SYS_clone, CLONE_NEWUSER | SIGCHLD);
        if (pid == 0) RAW(SYS_exit_group, 0);
        round_done();
    }
}

static void attack(void) {
    signal(SIGSYS, SIG_IGN);
    forge();
    signal(SIGSYS, escaping_handler);
    forge();
    if (random_word() & 1) unshare_under_signals(200);
    else clone_under_signals(40);
}
