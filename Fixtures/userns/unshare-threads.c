// Rules: clone-thread-after-pid-namespace-change namespace-needs-admin setns-mount-needs-capabilities setns-mount-shared-fs setns-needs-admin-over-target setns-time-multithreaded setns-user-is-current setns-user-multithreaded setns-user-shared-fs unshare-multithreaded
// As: root user
// What a process of several threads may not unshare or join.
#include "fixture.h"
static struct gate hold;
static void *waiter(void *unused) { gate_wait(hold); return NULL; }
#define TRY(call) show(#call, call)
static void tries(void) {
    TRY(unshare(CLONE_NEWUSER));
    TRY(unshare(CLONE_THREAD));
    TRY(unshare(CLONE_SIGHAND));
    TRY(unshare(CLONE_VM));
    TRY(unshare(CLONE_NEWUSER | CLONE_NEWUTS));
    TRY(unshare(CLONE_FILES));
    TRY(unshare(CLONE_SYSVSEM));
    TRY(unshare(CLONE_NEWUTS));
    TRY(unshare(CLONE_NEWTIME));
    TRY(setns(must(ns_open(0, "uts")), 0));
    TRY(setns(must(ns_open(0, "mnt")), 0));
    TRY(setns(must(ns_open(0, "time")), 0));
    TRY(setns(must(ns_open(0, "user")), 0));
    TRY(setns(must(ns_open(0, "pid")), 0));
    TRY(unshare(CLONE_FS));
    TRY(setns(must(ns_open(0, "mnt")), 0));
    TRY(unshare(CLONE_NEWPID));
    pthread_t thread;
    show("a thread after unshare(NEWPID)", pthread_create(&thread, NULL, waiter, NULL));
}
int main(void) {
    hold = gate_new();
    pid_t joined;
    struct gate end = gate_new();
    SPAWN_IN_USERNS(joined, 0, own_uid_at(0), NULL) gate_wait(end);
    int other = must(ns_open(joined, "user"));
    CHILD {
        pthread_t thread;
        must(pthread_create(&thread, NULL, waiter, NULL));
        show("join the child's user namespace", setns(other, 0));
        int pidfd = must(pidfd_of(joined));
        show("by pidfd", setns(pidfd, CLONE_NEWUSER));
        tries();
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        pthread_t thread;
        must(pthread_create(&thread, NULL, waiter, NULL));
        tries();
    }
    CHILD {
        // Another process, not thread, that shares the fs structure.
        struct gate sharer_end = gate_new();
        pid_t sharer = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
        if (sharer == 0) { gate_wait(sharer_end); _exit(0); }
        show("join with shared fs", setns(other, 0));
        must(unshare(CLONE_FS));
        show("after unshare(FS)", setns(other, 0));
        gate_open(sharer_end);
        reap(sharer);
    }
    gate_open(end);
    reap(joined);
    return 0;
}
