// Rules:
// As: user
// clone3's CLONE_CLEAR_SIGHAND gives the child default actions for what its parent handles.
#include "fixture.h"
int main(void) {
    signal(SIGUSR1, (void (*)(int))pause);
    signal(SIGUSR2, SIG_IGN);
    uint64_t arguments[8] = {0x100000000ULL, 0, 0, 0, SIGCHLD};
    pid_t pid = must(syscall(SYS_clone3, arguments, sizeof arguments));
    if (pid == 0) {
        struct sigaction one, two;
        sigaction(SIGUSR1, NULL, &one);
        sigaction(SIGUSR2, NULL, &two);
        say("handled is default %d, ignored stays %d", one.sa_handler == SIG_DFL, two.sa_handler == SIG_IGN);
        _exit(0);
    }
    reap(pid);
}
