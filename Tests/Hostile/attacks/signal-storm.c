// Signals of every kind from everywhere to everything, stops and continuations among them, with readers of signalfds,
// waiters in rt_sigtimedwait and tasks in calls that the sentry answers.
// Seconds: 2
#include "hostile.h"
#include <sys/signalfd.h>

static void handler(int number) { RAW(SYS_getppid); }
static pid_t pids[6];

static void target(int kind) {
    for (int i = 1; i < 65; i++)
        if (i != SIGKILL && i != SIGSTOP) signal(i, i == SIGCONT || random_word() % 3 ? handler : SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    if (kind == 1) {
        sigprocmask(SIG_BLOCK, &all, NULL);
        int fd = signalfd(-1, &all, 0);
        struct signalfd_siginfo info[8];
        while (1) read(fd, info, sizeof info);
    }
    if (kind == 2) {
        sigprocmask(SIG_BLOCK, &all, NULL);
        siginfo_t info;
        while (1) sigwaitinfo(&all, &info);
    }
    struct timespec short_time = {0, 100000};
    while (1) {
        char path[64];
        RAW(SYS_getcwd, path, sizeof path);
        RAW(SYS_futex, &tally->words[5], 0, 0, &short_time);
        poll(NULL, 0, 0);
        if (kind == 3) waitpid(-1, NULL, WNOHANG);
        if (kind == 4) raise(SIGURG);
        if (kind == 5) unshare(CLONE_FILES), close(dup(1));
    }
}

void prepare(void) { once = true; }

static void attack(void) {
    for (int i = 0; i < 6; i++)
        if ((pids[i] = fork()) == 0) target(i);
    while (left() > 0) {
        pid_t pid = pids[random_word() % 6];
        int number = random_word() % 64 + 1;
        if (number == SIGKILL) continue;
        union sigval value = {.sival_ptr = (void *)random_word()};
        switch (random_word() % 4) {
        case 0: kill(pid, number); break;
        case 1: sigqueue(pid, number, value); break;
        case 2: RAW(SYS_tgkill, pid, pid, number); break;
        case 3: kill(pid, random_word() & 1 ? SIGCONT : SIGSTOP); break;
        }
        round_done();
        if (random_word() % 64 == 0) for (int i = 0; i < 6; i++) kill(pids[i], SIGCONT);
    }
    for (int i = 0; i < 6; i++) {
        kill(pids[i], SIGKILL);
        double patience = now_() + 15;
        int got;
        while ((got = waitpid(pids[i], NULL, WNOHANG)) == 0 && now_() < patience) pause_us(300);
        if (got == 0) say("STUCK: target %d does not die", i);
    }
}
