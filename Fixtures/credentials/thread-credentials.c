// Rules:
// As: root
// Credentials belong to threads: raw calls change one thread; libc's change all; /proc/PID/task shows each.
#include "fixture.h"
static struct gate go, done;
static void *other(void *unused) {
    gate_wait(go);
    show_uids("other thread, main changed by raw call");
    must(syscall(SYS_setresuid, 1000, 1000, 0));
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    show_uids("other thread after its own");
    show_field("thread-self", "/proc/thread-self/status", "Uid");
    show_field("self", "/proc/self/status", "Uid");
    show_caps("other thread");
    gate_open(done);
    gate_wait(go);
    show_uids("other thread, after libc's setresuid in main");
    gate_open(done);
    gate_wait(go);
    return NULL;
}
int main(void) {
    go = gate_new(), done = gate_new();
    pthread_t thread;
    must(syscall(SYS_setresuid, -1, 1000, 0));
    must(pthread_create(&thread, NULL, other, NULL));
    must(syscall(SYS_setresuid, -1, 0, -1));
    show_uids("main");
    gate_open(go);
    gate_wait(done);
    show_uids("main after the other's");
    show("main's no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    must(setresuid(0, 0, 0));
    show_uids("main after libc's");
    gate_open(go);
    gate_wait(done);
    gate_open(go);
    pthread_join(thread, NULL);
    return 0;
}
