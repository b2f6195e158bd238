// Rules: pid-namespace-foreign-owner setns-user-needs-admin
// As: root user
// A user namespace and a PID namespace that are not each other's: making PID namespaces from there is refused.
#include "fixture.h"
int main(void) {
    pid_t a, b;
    struct gate end = gate_new(), end_b = gate_new();
    int channel[2];
    must(pipe(channel));
    SPAWN_IN_USERNS(a, CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        pid_t init;
        SPAWN(init) {
            // In the namespace of PIDs owned by a, a second user namespace of its own.
            must(unshare(CLONE_NEWUSER));
            show("in a child user namespace", unshare(CLONE_NEWPID));
            gate_wait(end);
        }
        must(write(channel[1], &init, sizeof init));
        reap(init);
    }
    pid_t init;
    must(read(channel[0], &init, sizeof init));
    SPAWN_IN_USERNS(b, 0, own_uid_at(0), own_gid_at(0)) gate_wait(end_b);
    usleep(30000);
    CHILD {
        int pid_ns = must(ns_open(init, "pid")), sibling = must(ns_open(b, "user"));
        must(setns(must(ns_open(a, "user")), 0));
        show("setns to the PID namespace", setns(pid_ns, 0));
        CHILD {
            show("the sibling from inside", setns(sibling, 0));
            show("unshare there", unshare(CLONE_NEWPID));
        }
    }
    if (geteuid() == 0) CHILD {
        must(setns(must(ns_open(init, "pid")), 0));
        CHILD {
            show("its PID namespace belongs to a child", unshare(CLONE_NEWPID));
            show("with a user namespace of its own", unshare(CLONE_NEWUSER | CLONE_NEWPID));
            show("by clone", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
        }
    }
    gate_open(end);
    gate_open(end_b);
    reap(a);
    reap(b);
    return 0;
}
