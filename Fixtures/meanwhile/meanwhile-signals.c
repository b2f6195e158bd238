// Rules:
// As: user
// Every call that waits, interrupted by a handler without and with SA_RESTART, and by signals that nothing comes of.
#include "every-wait.h"
static void case_of(const char *label, int number, void (*handler)(int), int flags) {
    CHILD {
        say("-- %s", label);
        struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
        must(sigaction(number, &action, NULL));
        wait_everywhere();
        for (int i = 0; i < every_count; i++) signal_to(every[i].waiter, number);
        for (int i = 0; handler == count_signal && i < 2000 && __atomic_load_n(&handled, __ATOMIC_SEQ_CST) < every_count; i++) usleep(1000);
        if (handler == count_signal) say("handled by all: %d", handled == every_count);
        show_every();
        say("semaphore: %d wait", semctl(semaphores, 0, GETNCNT));
        clean_up();
        kill(helper, SIGKILL);
    }
}
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        case_of("plain", SIGUSR1, count_signal, 0);
        case_of("SA_RESTART", SIGUSR1, count_signal, SA_RESTART);
        case_of("ignored", SIGUSR1, SIG_IGN, 0);
        case_of("ignored by default", SIGWINCH, SIG_DFL, 0);
    }
    return 0;
}
