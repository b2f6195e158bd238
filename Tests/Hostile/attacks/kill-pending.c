// SIGKILL for a process while it, or one of its threads, makes children or threads or executes a program: whoever waits
// for it must get it, and nothing of the child that was not to be may stay.
// Seconds: 2
#include "hostile.h"

static int variant;

static int stay(void *unused) { RAW(SYS_exit, 0); return 0; }
static void *busy(void *unused) {
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int pidfd, number;
    while (1) {
        struct clone_args arguments = {.exit_signal = SIGCHLD};
        long pid = 1;
        switch (variant) {
        case 0: pid = RAW(SYS_fork); break;
        case 1: pid = vfork(); if (pid == 0) _exit(0); break;
        case 2:
            clone(stay, stack + 65536, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, NULL);
            break;
        case 3: pid = RAW(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &pidfd); if (pid > 0) close(pidfd); break;
        case 4: pid = RAW(SYS_clone, CLONE_VFORK | SIGCHLD); break;
        case 5: arguments.flags = CLONE_CLEAR_SIGHAND; pid = RAW(SYS_clone3, &arguments, sizeof arguments); break;
        case 6: pid = RAW(SYS_clone, CLONE_PARENT | SIGCHLD); break;
        case 7: pid = RAW(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD); break;
        }
        if (pid == 0) RAW(SYS_exit_group, 0);
        if (variant != 2) waitpid(-1, NULL, WNOHANG);
    }
}
static void *executor(void *unused) {
    pause_us(random_word() % 1500);
    char *arguments[] = {"x", "again", NULL}, *none[] = {NULL};
    execve("/proc/self/exe", arguments, none);
    return NULL;
}
static void rest(int argc, char **argv) { pause_us(500000); }
void prepare(void) { again = rest, once = true; }

static void attack(void) {
    for (int i = 0; left() > 0.1; i++) {
        variant = i % 9;
        pid_t pid = fork();
        if (pid == 0) {
            int threads = 1 + random_word() % 3;
            if (variant == 8) {
                // Executions by threads that are not the leader, racing with each other and with births.
                variant = random_word() % 3;
                thread_start(executor, NULL);
                thread_start(executor, NULL);
            }
            for (int t = 1; t < threads; t++) thread_start(busy, NULL);
            busy(NULL);
        }
        pause_us(random_word() % 4000);
        kill(pid, SIGKILL);
        double patience = now_() + 15;
        int got;
        while ((got = waitpid(pid, NULL, WNOHANG | __WALL)) == 0 && now_() < patience) pause_us(300);
        if (got == 0) {
            say("STUCK: killed while in variant %d, and cannot be waited for", i % 9);
            return;
        }
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) {}
        round_done();
    }
}
