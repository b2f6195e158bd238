// nsentry is killed (SIGKILL) while its tasks are born, execute, wait, are stopped and have blocked all signals: none of
// them may live on, as nobody would answer for what it does.
// Limits: kill=700
// Seconds: 2
#include "hostile.h"

static void *thread(void *unused) {
    while (left() > -30) RAW(SYS_getppid);
    return NULL;
}
static void rest(int argc, char **argv) {
    char *arguments[] = {"x", "again", NULL}, *none[] = {NULL};
    while (1) execve("/proc/self/exe", arguments, none);
}
void prepare(void) { again = rest; }

static void attack(void) {
    sigset_t all;
    sigfillset(&all);
    for (int kind = 0; kind < 10; kind++) {
        if (fork()) continue;
        sigprocmask(SIG_BLOCK, &all, NULL);
        setsid();
        switch (kind) {
        case 0: while (1) pause_us(1000000);
        case 1: while (1) { pid_t pid = fork(); if (pid == 0) _exit(0); waitpid(pid, NULL, 0); }
        case 2: while (1) if (vfork() == 0) { pause_us(100); _exit(0); }
        case 3: rest(0, NULL);
        case 4: raise(SIGSTOP); while (1) {}
        case 5: thread_start(thread, NULL), thread_start(thread, NULL); thread(NULL);
        case 6: { int ends[2]; char byte; pipe(ends); read(ends[0], &byte, 1); break; }
        case 7: waitid(P_ALL, 0, NULL, WEXITED); while (1) {}
        case 8: while (1) { unshare(CLONE_FILES | CLONE_NEWUSER); RAW(SYS_close_range, 200, 300, 2); }
        case 9: unshare(CLONE_NEWUSER | CLONE_NEWPID); fork(); while (1) RAW(SYS_getpid);
        }
    }
    while (left() > -30) round_done(), pause_us(1000);
}
