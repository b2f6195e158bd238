// Rules: signal-other-user
// As: root
// Who may signal whom: real and effective ids of the sender against real and saved of the target; SIGCONT in a session.
#include "fixture.h"
static struct { uid_t r, e, s; } ids[] = {{1000, 1000, 1000}, {1001, 1001, 1001}, {1000, 1001, 1001}, {1001, 1000, 1000}, {1001, 1000, 1001},
                                          {0, 1000, 1001}, {1001, 1001, 0}, {0, 0, 0}};
int main(void) {
    signal(SIGCONT, SIG_IGN);
    for (int target = 0; target < 8; target++) {
        pid_t pid;
        struct gate end = gate_new(), ready = gate_new();
        SPAWN(pid) {
            must(syscall(SYS_setresuid, ids[target].r, ids[target].e, ids[target].s));
            if (target == 1) setsid();
            gate_open(ready);
            gate_wait(end);
        }
        gate_wait(ready);
        for (int sender = 0; sender < 8; sender++) CHILD {
            must(caps_set(BIT(CAP_SETUID), BIT(CAP_SETUID), 0));
            must(syscall(SYS_setresuid, ids[sender].r, ids[sender].e, ids[sender].s));
            must(caps_set(0, 0, 0));
            errno = 0;
            kill(pid, 0);
            int e0 = errno;
            errno = 0;
            kill(pid, SIGCONT);
            int econt = errno;
            errno = 0;
            syscall(SYS_tgkill, pid, pid, 0);
            int etg = errno;
            errno = 0;
            int pidfd = must(pidfd_of(pid));
            syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0);
            say("%u,%u,%u -> %u,%u,%u: kill %s cont %s tgkill %s pidfd %s", ids[sender].r, ids[sender].e, ids[sender].s, ids[target].r,
                ids[target].e, ids[target].s, e0 ? errno_text(e0) : "ok", econt ? errno_text(econt) : "ok", etg ? errno_text(etg) : "ok",
                errno ? errno_text(errno) : "ok");
        }
        CHILD { become(1001, 1001); must(kill(getpid(), 0)); show("1001 again", kill(pid, 0)); }
        CHILD {
            must(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS));
            must(setresuid(3000, 3000, 3000));
            must(caps_set(BIT(CAP_KILL), BIT(CAP_KILL), 0));
            show("with CAP_KILL", kill(pid, 0));
        }
        gate_open(end);
        reap(pid);
    }
    return 0;
}
