// All calls in which the sentry has a task do something itself, mixed: by several threads of processes that are signalled,
// stopped, traced by timers, replaced by exec from any thread, and killed, with and without clock offsets. Whoever waits
// for them must get them, and calls must go on being answered.
// Seconds: 3
#include "hostile.h"
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static char *arguments[] = {"x", "again", NULL}, *none[] = {NULL};
static void handler(int number) {
    if (random_word() % 4 == 0) RAW(SYS_getppid);
}
static void *one_of_many(void *unused) {
    static char stack[4096 * 16];
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR2);
    struct timespec soon = {0, 50000};
    for (int i = 0; i < 400; i++) {
        struct clone_args birth = {.exit_signal = SIGCHLD};
        int pidfd = -1, id;
        long pid = -1;
        void *place;
        switch (random_word() % 16) {
        case 0: RAW(SYS_unshare, CLONE_FILES); break;
        case 1: RAW(SYS_close_range, 300, 400, 2 | (random_word() & 4)); break;
        case 2:
            id = shmget(IPC_PRIVATE, 4096, 0600);
            place = shmat(id, NULL, 0);
            if (place != (void *)-1 && random_word() & 1) shmdt(place);
            shmctl(id, IPC_RMID, NULL);
            break;
        case 3: birth.flags = CLONE_PIDFD, birth.pidfd = (uint64_t)&pidfd; pid = RAW(SYS_clone3, &birth, sizeof birth); break;
        case 4: birth.flags = CLONE_CLEAR_SIGHAND; pid = RAW(SYS_clone3, &birth, sizeof birth); break;
        case 5: pid = vfork(); if (pid == 0) _exit(0); break;
        case 6: pid = RAW(SYS_clone, CLONE_FILES | SIGCHLD); break;
        case 7: pid = RAW(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD); break;
        case 8: RAW(SYS_rt_sigtimedwait, &some, 0, &soon, 8); break;
        case 9: { int fd = signalfd(-1, &some, SFD_NONBLOCK); char bytes[128]; read(fd, bytes, sizeof bytes); close(fd); break; }
        case 10: soon.tv_sec = 0; RAW(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &soon, 0); break;
        case 11: if (random_word() % 10 == 0) RAW(SYS_execve, "/proc/self/exe", arguments, none); break;
        case 12: RAW(SYS_execve, "/proc/self/exe", (char **)8, none); break;
        case 13: { int fd = open("/proc/self/ns/time_for_children", O_RDONLY); setns(fd, 0); close(fd); break; }
        case 14: if (tally->words[0]++ < 12) thread_start(one_of_many, NULL); break;
        case 15: RAW(SYS_mprotect, stack, 4096, PROT_READ | PROT_WRITE); break;
        }
        if (pid == 0) RAW(SYS_exit_group, 0);
        if (pidfd >= 0) close(pidfd);
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) {}
    }
    return NULL;
}
static void rest(int argc, char **argv) { one_of_many(NULL); }
void prepare(void) { again = rest, once = true; }

static void victim(void) {
    if (random_word() % 3 == 0 && unshare(CLONE_NEWUSER | CLONE_NEWTIME) == 0) {
        int fd = open("/proc/self/timens_offsets", O_WRONLY);
        if (fd >= 0) write(fd, "monotonic 1000 0", 16), close(fd);
        if (random_word() & 1) {
            fd = open("/proc/self/ns/time_for_children", O_RDONLY);
            setns(fd, CLONE_NEWTIME);
        } else {
            pid_t pid = fork();
            if (pid > 0) { waitpid(pid, NULL, 0); _exit(0); }
        }
    }
    signal(SIGUSR1, handler);
    if (random_word() & 1) ticking(SIGALRM, handler, 400000);
    for (int i = 0; i < 2; i++) thread_start(one_of_many, NULL);
    while (1) one_of_many(NULL);
}

static void attack(void) {
    while (left() > 0.1) {
        pid_t pids[3];
        tally->words[0] = 0;
        for (int i = 0; i < 3; i++)
            if ((pids[i] = fork()) == 0) victim();
        double end = now_() + (double)(random_word() % 100) / 1000;
        while (now_() < end) {
            pid_t pid = pids[random_word() % 3];
            switch (random_word() % 4) {
            case 0: kill(pid, SIGUSR1); break;
            case 1: kill(pid, SIGUSR2); break;
            case 2: kill(pid, SIGSTOP), kill(pid, SIGCONT); break;
            }
            pause_us(random_word() % 1000);
        }
        for (int i = 0; i < 3; i++) kill(pids[i], SIGKILL);
        for (int i = 0; i < 3; i++) {
            double patience = now_() + 15;
            int got;
            while ((got = waitpid(pids[i], NULL, WNOHANG | __WALL)) == 0 && now_() < patience) pause_us(300);
            if (got == 0) { say("STUCK: a killed process cannot be waited for"); return; }
        }
        round_done();
    }
}
