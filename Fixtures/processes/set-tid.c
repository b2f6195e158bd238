// Rules: clone-parent-by-init clone-pidfd-with-parent-tid set-tid-first-must-be-init set-tid-out-of-range set-tid-too-many-levels set-tid-without-capability
// As: root user
// clone3 with chosen numbers and pidfds.
#include "fixture.h"
struct clone3_args { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; };
static long make(struct clone3_args args) { long pid = syscall(SYS_clone3, &args, sizeof args); if (pid == 0) _exit(getpid() == 1 ? 1 : getpid() & 63); return pid; }
static void attempt(const char *label, uint64_t flags, int count, const pid_t *tids) {
    long pid = make((struct clone3_args){.flags = flags, .exit_signal = SIGCHLD, .set_tid = (uint64_t)tids, .set_tid_size = count});
    int e = errno;
    if (pid == -1) say("%s: %s", label, errno_text(e));
    else say("%s: as asked %d, status %d", label, pid == tids[count - 1] || count > 1 || (flags & CLONE_NEWPID), WEXITSTATUS(wait_status(pid)));
}
static volatile int parent_tid, child_tid;
int main(void) {
    struct gate end = gate_new();
    pid_t taken;
    SPAWN(taken) gate_wait(end);
    pid_t free_one = 31990;
    while (kill(free_one, 0) == 0 || errno == EPERM) free_one--;
    attempt("a free number", 0, 1, (pid_t[]){free_one});
    attempt("one in use", 0, 1, &taken);
    attempt("0", 0, 1, (pid_t[]){0});
    attempt("-1", 0, 1, (pid_t[]){-1});
    attempt("too large", 0, 1, (pid_t[]){5000000});
    attempt("two levels", 0, 2, (pid_t[]){5, 6});
    attempt("new namespace, number 5", CLONE_NEWUSER | CLONE_NEWPID, 1, (pid_t[]){5});
    attempt("new namespace, number 1", CLONE_NEWUSER | CLONE_NEWPID, 1, (pid_t[]){1});
    attempt("new namespace, both levels", CLONE_NEWUSER | CLONE_NEWPID, 2, (pid_t[]){1, free_one + 1});
    gate_open(end);
    reap(taken);
    USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        CHILD {
            attempt("inside: 7", 0, 1, (pid_t[]){7});
            CHILD show("then the next free", getpid() > 7 ? 1 : getpid());
            attempt("inside: 1", 0, 1, (pid_t[]){1});
        }
    }
    int pidfd = -1;
    long pid = make((struct clone3_args){.flags = CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, .pidfd = (uint64_t)&pidfd, .parent_tid = (uint64_t)&parent_tid,
                                         .child_tid = (uint64_t)&child_tid, .exit_signal = SIGCHLD});
    say("parent_tid is the pid %d, pidfd cloexec %d", parent_tid == pid, fcntl(pidfd, F_GETFD));
    siginfo_t info;
    show("wait by it", waitid(P_PIDFD, pidfd, &info, WEXITED));
    yes("the same child", info.si_pid == pid);
    static int shared;
    show("pidfd and parent_tid in one place", make((struct clone3_args){.flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .pidfd = (uint64_t)&shared, .parent_tid = (uint64_t)&shared, .exit_signal = SIGCHLD}));
    show("legacy", syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &shared, 0, 0));
    USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) CHILD {
        show("CLONE_PARENT by process 1", syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
        CHILD { long sibling = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0); if (sibling == 0) _exit(0); yes("by its child", sibling > 0); }
        while (wait(NULL) > 0) {}
    }
    return 0;
}
