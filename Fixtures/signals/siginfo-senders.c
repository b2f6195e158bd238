// Rules:
// As: root user
// What a handler is told of the sender: si_code, and si_pid and si_uid as the receiver's namespaces show them.
#include "fixture.h"
static volatile siginfo_t last;
static volatile int got;
static void handler(int number, siginfo_t *info, void *context) { *(siginfo_t *)&last = *info; got++; }
static void report(const char *label, pid_t expected) {
    for (int i = 0; i < 2000 && !got; i++) usleep(1000);
    say("%s: code %d pid %s uid %u value %d", label, last.si_code, last.si_pid == expected ? "the sender's" : last.si_pid == 0 ? "0" : "another",
        last.si_uid, last.si_code == SI_QUEUE ? last.si_value.sival_int : 0);
    got = 0;
}
int main(void) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
    must(sigaction(SIGUSR1, &action, NULL));
    must(kill(getpid(), SIGUSR1));
    report("kill to self", getpid());
    must(raise(SIGUSR1));
    report("raise", getpid());
    must(sigqueue(getpid(), SIGUSR1, (union sigval){77}));
    report("sigqueue", getpid());
    pid_t parent = getpid(), pid;
    SPAWN(pid) must(kill(parent, SIGUSR1));
    reap(pid);
    report("child's kill", pid);
    SPAWN(pid) must(sigqueue(parent, SIGUSR1, (union sigval){5}));
    reap(pid);
    report("child's sigqueue", pid);
    SPAWN(pid) must(syscall(SYS_tgkill, parent, parent, SIGUSR1));
    reap(pid);
    report("child's tgkill", pid);
    int pidfd = must(pidfd_of(parent));
    SPAWN(pid) must(syscall(SYS_pidfd_send_signal, pidfd, SIGUSR1, NULL, 0));
    reap(pid);
    report("child's pidfd_send_signal", pid);
    SPAWN_IN_USERNS(pid, 0, own_uid_at(7), own_gid_at(7)) must(kill(parent, SIGUSR1));
    reap(pid);
    report("from a child namespace", pid);
    if (geteuid() == 0) {
        SPAWN(pid) { must(setresuid(2000, 0, 0)); must(kill(parent, SIGUSR1)); }
        reap(pid);
        report("real uid 2000", pid);
    }
    struct gate ready = gate_new(), done = gate_new();
    for (int pidns = 0; pidns < 2; pidns++) {
        SPAWN_IN_USERNS(pid, pidns ? CLONE_NEWPID : 0, own_uid_at(7), NULL) {
            CHILD {
                gate_open(ready);
                gate_wait(done);
                report(pidns ? "in a child pid namespace, from outside" : "in a child namespace, from outside", parent);
            }
        }
        gate_wait(ready);
        // The grandchild is the one that waits.
        char *children = get(format_path("/proc/%d/task/%d/children", pid, pid));
        pid_t target = atoi(children);
        must(kill(target, SIGUSR1));
        gate_open(done);
        reap(pid);
    }
    // What the kernel sends in the task's own name.
    must(sigaction(SIGPIPE, &action, NULL));
    int ends[2];
    must(pipe(ends));
    close(ends[0]);
    show("write to nobody", write(ends[1], "", 1));
    report("SIGPIPE", parent);
    SPAWN_IN_USERNS(pid, CLONE_NEWPID, own_uid_at(7), own_gid_at(7)) CHILD {
        show("write to nobody", write(ends[1], "", 1));
        report("SIGPIPE in namespaces", getpid());
    }
    reap(pid);
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    close(ends[0]);
    show("send to nobody", send(ends[1], "", 1, 0));
    report("SIGPIPE", parent);
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    must(sigaction(SIGCHLD, &action, NULL));
    got = 0;
    SPAWN(pid) _exit(3);
    for (int i = 0; i < 2000 && !got; i++) usleep(1000);
    say("SIGCHLD: code %d pid %d uid %u status %d", last.si_code, last.si_pid == pid, last.si_uid, last.si_status);
    wait_status(pid);
    got = 0;
    SPAWN(pid) raise(SIGTERM);
    for (int i = 0; i < 2000 && !got; i++) usleep(1000);
    say("SIGCHLD: code %d pid %d uid %u status %d", last.si_code, last.si_pid == pid, last.si_uid, last.si_status);
    wait_status(pid);
    return 0;
}
