// Rules: clone-thread-after-pid-namespace-change fork-into-dead-pid-namespace pid-namespace-pending setns-pid-not-descendant
// As: root
// setns into PID namespaces changes only children, and only goes down.
#include "fixture.h"
int main(void) {
    pid_t holder, inner_pid;
    int channel[2];
    must(pipe(channel));
    struct gate end = gate_new();
    int outer = must(ns_open(0, "pid"));
    SPAWN(holder) {
        must(unshare(CLONE_NEWPID));
        pid_t init;
        SPAWN(init) {
            show("up", setns(outer, CLONE_NEWPID));
            show("own", setns(must(ns_open(0, "pid")), CLONE_NEWPID));
            gate_wait(end);
        }
        must(write(channel[1], &init, sizeof init));
        reap(init);
    }
    must(read(channel[0], &inner_pid, sizeof inner_pid));
    usleep(20000);
    int down = must(ns_open(inner_pid, "pid"));
    yes("for_children is active before", ns_number(0, "pid") == ns_number(0, "pid_for_children"));
    show("down", setns(down, CLONE_NEWPID));
    yes("active is unchanged", ns_number(0, "pid") != ns_number(inner_pid, "pid"));
    yes("for_children has changed", ns_number(0, "pid_for_children") == ns_number(inner_pid, "pid"));
    show("unshare now", unshare(CLONE_NEWPID));
    CHILD {
        show("getpid", getpid());
        show("getppid", getppid());
        show("getsid", getsid(0));
        show("kill its init with 0", kill(1, 0));
    }
    pthread_t thread;
    show("a thread", pthread_create(&thread, NULL, (void *(*)(void *))pause, NULL));
    show("back to own", setns(outer, CLONE_NEWPID));
    CHILD yes("outer pid again", getppid() > 1);
    show("down again", setns(down, 0));
    gate_open(end);
    reap(holder);
    show("its init is dead: fork", fork());
    show("setns to the dead one", setns(down, 0));
    show("setns to own", setns(outer, 0));
    CHILD say("forks again");
    return 0;
}
