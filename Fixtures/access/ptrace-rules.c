// Rules: access-more-capabilities access-not-dumpable access-other-ids limits-of-other-task setns-needs-admin-over-target setns-no-access-to-target
// As: root user
// The access check behind pidfd_getfd, process_vm_readv, kcmp, get_robust_list and prlimit between two processes.
#include "fixture.h"
static int value = 42;
static void act(const char *who, pid_t pid) {
    int pidfd = must(pidfd_of(pid)), got = 0;
    say("%s", who);
    ok("  getfd 0", syscall(SYS_pidfd_getfd, pidfd, 0, 0));
    show("  getfd 999", syscall(SYS_pidfd_getfd, pidfd, 999, 0));
    show("  getfd flags", syscall(SYS_pidfd_getfd, pidfd, 0, 1));
    struct iovec local = {&got, sizeof got}, remote = {&value, sizeof value};
    show("  vm read", process_vm_readv(pid, &local, 1, &remote, 1, 0));
    show("  vm write", process_vm_writev(pid, &local, 1, &remote, 1, 0));
    ok("  kcmp files", syscall(SYS_kcmp, pid, pid, 2, 0, 0));
    void *head;
    size_t length;
    ok("  robust list", syscall(SYS_get_robust_list, pid, &head, &length));
    struct rlimit64 { uint64_t a, b; } old;
    show("  prlimit get", syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL, &old));
    show("  setns", setns(pidfd, CLONE_NEWUTS) == -1 && errno == EPERM ? -1 : 0);
}
int main(void) {
    pid_t pid;
    struct gate end = gate_new(), ready = gate_new();
    CHILD act("self", getpid());
    SPAWN(pid) gate_wait(end);
    act("child", pid);
    gate_open(end);
    reap(pid);
    SPAWN(pid) { must(prctl(PR_SET_DUMPABLE, 0)); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    act("child that is not dumpable", pid);
    gate_open(end);
    reap(pid);
    SPAWN_IN_USERNS(pid, 0, own_uid_at(0), NULL) {
        act("parent from a child namespace", getppid());
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    act("child in a namespace", pid);
    USERNS_CHILD(0, own_uid_at(0), NULL) act("sibling in another namespace", pid);
    gate_open(end);
    reap(pid);
    if (geteuid() == 0) {
        SPAWN(pid) { become(1000, 1000); gate_open(ready); gate_wait(end); }
        gate_wait(ready);
        act("root at 1000", pid);
        CHILD { drop_cap(CAP_SYS_PTRACE); act("root without SYS_PTRACE at 1000", pid); }
        CHILD { become(1000, 1000); act("1000 at 1000", pid); act("1000 at root", getppid()); }
        CHILD { must(setresgid(1000, 1000, 1000)); must(setresuid(-1, 1000, 0)); act("effective 1000, real 0, at 1000", pid); }
        CHILD { must(setresgid(1000, 1000, 1000)); must(setresuid(1000, 0, 0)); drop_cap(CAP_SYS_PTRACE); drop_cap(CAP_SYS_RESOURCE); act("real 1000, effective 0, at 1000", pid); }
        gate_open(end);
        reap(pid);
    }
    return 0;
}
