// Processes are stopped and continued while the sentry has them make host calls of its own, one after the other. SIGSTOP
// cannot be blocked meanwhile, and must not be taken for a sign that somebody has led them away.
#include "hostile.h"
#include <sys/ipc.h>
#include <sys/shm.h>

static void make_chains(void) {
    int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    while (left() > -20) {
        timer_t timer;
        if (timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0) timer_delete(timer);
        void *place = shmat(segment, NULL, 0);
        if (place != (void *)-1) shmdt(place);
        RAW(SYS_unshare, CLONE_FILES | CLONE_NEWUTS);
    }
}

static void attack(void) {
    pid_t pid = helper(make_chains);
    while (left() > 0) {
        kill(pid, SIGSTOP);
        pause_us(random_word() % 300);
        kill(pid, SIGCONT);
        pause_us(random_word() % 300);
        int status;
        if (waitpid(pid, &status, WNOHANG) == pid) {
            say("STUCK: a process that was only stopped has ended by %#x", status);
            return;
        }
        round_done();
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}
