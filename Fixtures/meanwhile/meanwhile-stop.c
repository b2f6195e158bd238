// Rules:
// As: user
// Every call that waits, while the process is stopped and goes on.
#include "every-wait.h"
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        struct gate ready = gate_new(), go_on = gate_new();
        pid_t pid;
        SPAWN(pid) {
            wait_everywhere();
            gate_open(ready);
            gate_wait(go_on);
            show_every();
            clean_up();
            kill(helper, SIGKILL);
        }
        gate_wait(ready);
        must(kill(pid, SIGSTOP));
        int status;
        must(waitpid(pid, &status, WUNTRACED));
        yes("stopped", WIFSTOPPED(status));
        must(kill(pid, SIGCONT));
        must(waitpid(pid, &status, WCONTINUED));
        yes("continued", WIFCONTINUED(status));
        gate_open(go_on);
        reap(pid);
    }
    return 0;
}
