// Rules:
// As: user
// What sigtimedwait and a signalfd say of a blocked signal that kill sent.
#include "fixture.h"
#include <sys/signalfd.h>
int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    siginfo_t info;
    kill(getpid(), SIGUSR1);
    show("sigtimedwait", sigtimedwait(&set, &info, &(struct timespec){1, 0}));
    show("code", info.si_code == SI_USER);
    int signals = must(signalfd(-1, &set, 0));
    struct signalfd_siginfo read_info;
    kill(getpid(), SIGUSR1);
    yes("signalfd", read(signals, &read_info, sizeof read_info) == sizeof read_info);
    show("code", read_info.ssi_code == SI_USER);
}
