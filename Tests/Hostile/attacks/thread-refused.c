// The host refuses threads and processes at some number: those that the model made already must be undone, or their
// process never ends.
// As: user filter
// Limits: nproc=40
#include "hostile.h"

static void *sleeper(void *unused) {
    while (left() > -60) pause_us(1000000);
    return NULL;
}

void prepare(void) { once = true; }

static void attack(void) {
    for (int i = 0; left() > 0.1; i++) {
        pid_t pid = fork();
        if (pid < 0) { pause_us(1000); continue; }
        if (pid == 0) {
            int refused = 0;
            for (int t = 0; t < 80 && refused < 3; t++) {
                if (i & 1) refused += thread_start(sleeper, NULL) == NULL;
                else {
                    pid_t child = fork();
                    if (child == 0) sleeper(NULL);
                    refused += child < 0;
                }
            }
            if (i & 1) _exit(0);
            kill(0, SIGKILL);
        }
        setpgid(pid, pid);
        double patience = now_() + 15;
        int got;
        while ((got = waitpid(pid, NULL, WNOHANG)) == 0 && now_() < patience) {
            pause_us(300);
            if (!(i & 1) && now_() > patience - 14.7) kill(-pid, SIGKILL), kill(pid, SIGKILL);
        }
        if (got == 0) { say("STUCK: a process whose threads were refused never ends"); return; }
        round_done();
    }
}
