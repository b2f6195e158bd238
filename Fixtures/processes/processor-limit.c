// Rules:
// As: user
// RLIMIT_CPU: SIGXCPU at the soft limit, which goes up by a second then, and SIGKILL at the hard one, also where the
// first is blocked or ignored; a child counts its own time.
#include "fixture.h"
static volatile sig_atomic_t got;
static void note(int signal, siginfo_t *info, void *context) {
    got = info->si_code == SI_KERNEL && info->si_pid == 0 ? signal : -1;
}
static void burn(void) { for (;;) if (got) return; }
static void limit(rlim_t soft, rlim_t hard) { must(setrlimit(RLIMIT_CPU, &(struct rlimit){soft, hard})); }
int main(void) {
    pid_t handled, blocked;
    SPAWN(handled) {
        must(sigaction(SIGXCPU, &(struct sigaction){.sa_sigaction = note, .sa_flags = SA_SIGINFO}, NULL));
        limit(1, 2);
        burn();
        yes("handled: the signal is the kernel's", got == SIGXCPU);
        struct rlimit now;
        must(getrlimit(RLIMIT_CPU, &now));
        say("handled: soft %ld, hard %ld", (long)now.rlim_cur, (long)now.rlim_max);
        CHILD {
            must(getrlimit(RLIMIT_CPU, &now));
            say("child: soft %ld, hard %ld", (long)now.rlim_cur, (long)now.rlim_max);
        }
        got = 0;
        burn();
    }
    SPAWN(blocked) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGXCPU);
        sigprocmask(SIG_BLOCK, &set, NULL);
        limit(1, 1);
        burn();
    }
    report_status("handled", wait_status(handled));
    report_status("blocked", wait_status(blocked));
    return 0;
}
