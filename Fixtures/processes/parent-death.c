// Rules:
// As: user root
// PR_SET_PDEATHSIG and subreapers.
#include "fixture.h"
static volatile int got;
static void handler(int number) { got = number; }
int main(void) {
    must(prctl(PR_SET_CHILD_SUBREAPER, 1));
    pid_t pid;
    SPAWN(pid) {
        pid_t inner;
        struct gate ready = gate_new();
        SPAWN(inner) {
            signal(SIGUSR1, handler);
            must(prctl(PR_SET_PDEATHSIG, SIGUSR1));
            gate_open(ready);
            for (int i = 0; i < 2000 && !got; i++) usleep(1000);
            say("told by %d", got);
            for (int i = 0; i < 2000 && getppid() == 1; i++) usleep(1000);
        }
        gate_wait(ready);
    }
    wait_status(pid);
    pid_t adopted = wait(NULL);
    yes("adopted the orphan", adopted > 0 && adopted != pid);
    show("no more", wait(NULL));
    struct gate ready = gate_new();
    SPAWN(pid) {
        pid_t inner;
        SPAWN(inner) {
            must(prctl(PR_SET_PDEATHSIG, SIGKILL));
            gate_open(ready);
            for (;;) pause();
        }
        gate_wait(ready);
    }
    wait_status(pid);
    int status;
    wait(&status);
    report_status("the other", status);
    return 0;
}
