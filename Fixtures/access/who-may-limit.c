// Rules: affinity-of-other-task io-priority-of-other-task limit-raise limit-soft-above-hard limits-of-other-task policy-needs-nice priority-of-other-task priority-raise scheduler-of-other-task
// As: root user
// prlimit, setpriority, scheduling and affinity of other processes.
#include "fixture.h"
struct limit { uint64_t current, maximum; };
static long limit(pid_t pid, int which, uint64_t current, uint64_t maximum) {
    struct limit new_limit = {current, maximum};
    return syscall(SYS_prlimit64, pid, which, &new_limit, NULL);
}
static void act(const char *who, pid_t pid) {
    say("%s", who);
    struct limit old;
    show("  get", syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL, &old));
    show("  lower", limit(pid, RLIMIT_NOFILE, 100, 200));
    show("  raise soft", limit(pid, RLIMIT_NOFILE, 200, 200));
    show("  raise hard", limit(pid, RLIMIT_NOFILE, 200, 300));
    show("  soft over hard", limit(pid, RLIMIT_NOFILE, 300, 200));
    show("  unknown", limit(pid, 16, 1, 1));
    show("  nice 5", setpriority(PRIO_PROCESS, pid, 5));
    show("  nice 3", setpriority(PRIO_PROCESS, pid, 3));
    show("  nice -3", setpriority(PRIO_PROCESS, pid, -3));
    show("  get nice", syscall(SYS_getpriority, PRIO_PROCESS, pid));
    struct sched_param param = {0};
    show("  batch", sched_setscheduler(pid, SCHED_BATCH, &param));
    show("  idle", sched_setscheduler(pid, SCHED_IDLE, &param));
    show("  other", sched_setscheduler(pid, SCHED_OTHER, &param));
    show("  get scheduler", sched_getscheduler(pid));
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    show("  affinity", sched_setaffinity(pid, sizeof set, &set));
    CPU_ZERO(&set);
    show("  empty affinity", sched_setaffinity(pid, sizeof set, &set));
    ok("  get affinity", sched_getaffinity(pid, sizeof set, &set));
    show("  ioprio best effort", syscall(SYS_ioprio_set, 1, pid, 2 << 13 | 4));
    show("  ioprio get", syscall(SYS_ioprio_get, 1, pid));
}
int main(void) {
    pid_t pid;
    struct gate end = gate_new(), ready = gate_new();
    CHILD act("self", 0);
    SPAWN(pid) gate_wait(end);
    CHILD act("sibling", pid);
    gate_open(end);
    reap(pid);
    SPAWN(pid) gate_wait(end);
    USERNS_CHILD(0, own_uid_at(0), NULL) { act("out of a child namespace", pid); }
    gate_open(end);
    reap(pid);
    SPAWN_IN_USERNS(pid, 0, own_uid_at(0), NULL) gate_wait(end);
    CHILD act("into a child namespace", pid);
    gate_open(end);
    reap(pid);
    if (geteuid() == 0) {
        SPAWN(pid) gate_wait(end);
        CHILD { become(1000, 1000); act("1000 at root", pid); }
        gate_open(end);
        reap(pid);
        SPAWN(pid) { become(1000, 1000); gate_open(ready); gate_wait(end); }
        gate_wait(ready);
        CHILD { drop_cap(CAP_SYS_NICE); act("root without SYS_NICE at 1000", pid); }
        CHILD { must(setresuid(1000, 1000, 1000)); act("uid 1000, gid 0, at 1000", pid); }
        gate_open(end);
        reap(pid);
    }
    show("priority of an unknown which", setpriority(7, 0, 0));
    show("priority of an unknown process", setpriority(PRIO_PROCESS, 4000000, 0));
    show("priority of no user", syscall(SYS_getpriority, PRIO_USER, 54321));
    USERNS_CHILD(0, own_uid_at(0), NULL) show("priority of an unmapped user", syscall(SYS_getpriority, PRIO_USER, 5));
    return 0;
}
