// Rules: map-not-permitted
// As: root
// What makes a process not dumpable, and who then owns its /proc entries.
#include "fixture.h"
static void state(const char *label) {
    struct stat st, dir;
    must(stat("/proc/self/uid_map", &st));
    must(stat("/proc/self", &dir));
    int signal_number = 0;
    must(prctl(PR_GET_PDEATHSIG, &signal_number));
    say("%s: dumpable %d, uid_map owned by %u %u, /proc/self by %u %u, pdeathsig %d", label, prctl(PR_GET_DUMPABLE), st.st_uid, st.st_gid,
        dir.st_uid, dir.st_gid, signal_number);
}
#define CASE(...) CHILD { must(prctl(PR_SET_PDEATHSIG, SIGUSR2)); __VA_ARGS__; state(#__VA_ARGS__); }
int main(void) {
    CASE(state("start"));
    CASE(setresuid(1000, 1000, 1000));
    CASE(setresuid(1000, -1, -1));
    CASE(setresuid(-1, 1000, -1));
    CASE(setresuid(-1, -1, 1000));
    CASE(setresgid(-1, 1000, -1));
    CASE(setresgid(1000, -1, -1));
    CASE(syscall(SYS_setfsuid, 1000));
    CASE(syscall(SYS_setfsgid, 1000));
    CASE(syscall(SYS_setgroups, 0, NULL));
    CASE(drop_cap(CAP_KILL));
    CASE(caps_set(0, 0, 0));
    CASE(unshare(CLONE_NEWUSER));
    CASE(setresuid(-1, 1000, -1); prctl(PR_SET_DUMPABLE, 1));
    CASE(become(1000, 1000); prctl(PR_SET_PDEATHSIG, SIGUSR2); unshare(CLONE_NEWUSER));
    USERNS_CHILD(0, "0 0 10", "0 0 10") {
        CASE(setresuid(5, 5, 5));
        CASE(setresuid(5, 5, 5); prctl(PR_SET_DUMPABLE, 1));
        CASE(prctl(PR_SET_DUMPABLE, 0));
    }
    pid_t pid;
    struct gate end = gate_new();
    SPAWN(pid) {
        become(1000, 1000);
        must(unshare(CLONE_NEWUSER));
        gate_wait(end);
    }
    usleep(30000);
    CASE(must(setns(must(ns_open(pid, "user")), 0)));
    CHILD {
        must(setns(must(ns_open(pid, "user")), 0));
        show("write the joined namespace's map", put("/proc/self/uid_map", "0 1000 1"));
        must(prctl(PR_SET_DUMPABLE, 1));
        show("dumpable again", put("/proc/self/uid_map", "0 1000 1"));
    }
    gate_open(end);
    reap(pid);
    return 0;
}
