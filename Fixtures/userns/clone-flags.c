// Rules: clone-bad-exit-signal clone-newipc-with-sysvsem clone-newns-with-fs clone-newuser-with-fs clone-sighand-without-vm clone-thread-in-new-namespace clone-thread-without-sighand clone-unknown-flag namespace-needs-admin unshare-unknown-flag
// As: user root
// clone, clone3 and unshare: which flags go together.
#include "fixture.h"
struct clone3_args { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; };
static void try_clone(const char *label, unsigned long flags) {
    errno = 0;
    long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    if (pid > 0) { wait_status(pid); say("clone %s: ok", label); }
    else say("clone %s: %s", label, errno_text(errno));
}
static void try_clone3(const char *label, struct clone3_args args, size_t size) {
    errno = 0;
    long pid = syscall(SYS_clone3, &args, size);
    if (pid == 0) _exit(0);
    if (pid > 0) { wait_status(pid); say("clone3 %s: ok", label); }
    else say("clone3 %s: %s", label, errno_text(errno));
}
#define CLONE3(...) try_clone3(#__VA_ARGS__, (struct clone3_args){__VA_ARGS__}, sizeof(struct clone3_args))
#define TRY(flags) try_clone(#flags, (flags))
#define UNSHARE(flags) CHILD show("unshare " #flags, unshare(flags))
int main(void) {
    TRY(CLONE_NEWUSER | SIGCHLD);
    TRY(CLONE_NEWUSER | CLONE_FS | SIGCHLD);
    TRY(CLONE_NEWNS | CLONE_FS | SIGCHLD);
    TRY(CLONE_THREAD | SIGCHLD);
    TRY(CLONE_THREAD | CLONE_SIGHAND);
    TRY(CLONE_SIGHAND | SIGCHLD);
    TRY(CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM);
    TRY(CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM);
    TRY(CLONE_NEWIPC | CLONE_SYSVSEM | CLONE_NEWUSER | SIGCHLD);
    TRY(CLONE_NEWUTS | SIGCHLD);
    TRY(CLONE_NEWNS | SIGCHLD);
    TRY(CLONE_NEWPID | SIGCHLD);
    TRY(CLONE_NEWNET | SIGCHLD);
    TRY(CLONE_NEWCGROUP | SIGCHLD);
    TRY(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP | SIGCHLD);
    CLONE3(.exit_signal = SIGCHLD);
    CLONE3(.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
    CLONE3(.flags = CLONE_NEWUSER | CLONE_NEWTIME, .exit_signal = SIGCHLD);
    CLONE3(.flags = CLONE_NEWTIME, .exit_signal = SIGCHLD);
    CLONE3(.flags = SIGCHLD);
    CLONE3(.flags = 0x400000, .exit_signal = SIGCHLD);
    CLONE3(.flags = 1ULL << 40, .exit_signal = SIGCHLD);
    CLONE3(.flags = 1ULL << 63, .exit_signal = SIGCHLD);
    CLONE3(.exit_signal = 0x100);
    CLONE3(.exit_signal = 65);
    CLONE3(.flags = CLONE_PARENT, .exit_signal = SIGCHLD);
    CLONE3(.flags = CLONE_SIGHAND | 0x100000000ULL, .exit_signal = SIGCHLD);
    CLONE3(.flags = 0x100000000ULL, .exit_signal = SIGCHLD);
    CLONE3(.stack_size = 4096, .exit_signal = SIGCHLD);
    CLONE3(.stack = 4096, .exit_signal = SIGCHLD);
    CLONE3(.set_tid_size = 1, .exit_signal = SIGCHLD);
    CLONE3(.set_tid = 8, .exit_signal = SIGCHLD);
    CLONE3(.set_tid = 8, .set_tid_size = 33, .exit_signal = SIGCHLD);
    CLONE3(.set_tid = 8, .set_tid_size = 1, .exit_signal = SIGCHLD);
    CLONE3(.flags = CLONE_PIDFD, .pidfd = 8, .exit_signal = SIGCHLD);
    CLONE3(.flags = 0x200000000ULL, .cgroup = 999, .exit_signal = SIGCHLD);
    char zeros[8192] = {0};
    try_clone3("size 63", (struct clone3_args){.exit_signal = SIGCHLD}, 63);
    try_clone3("size 64", (struct clone3_args){.exit_signal = SIGCHLD}, 64);
    show("clone3 size 5000", syscall(SYS_clone3, zeros, 5000));
    zeros[200] = 1;
    show("clone3 with unknown tail", syscall(SYS_clone3, zeros, 256));
    show("clone3 null", syscall(SYS_clone3, NULL, 88));
    show("clone3 wild", syscall(SYS_clone3, (void *)0x10, 88));
    UNSHARE(0);
    UNSHARE(CLONE_NEWUSER);
    UNSHARE(CLONE_NEWUSER | CLONE_FS);
    UNSHARE(CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM);
    UNSHARE(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM);
    UNSHARE(CLONE_NEWNS);
    UNSHARE(CLONE_NEWUTS);
    UNSHARE(CLONE_NEWIPC);
    UNSHARE(CLONE_NEWNET);
    UNSHARE(CLONE_NEWPID);
    UNSHARE(CLONE_NEWCGROUP);
    UNSHARE(CLONE_NEWTIME);
    UNSHARE(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWTIME | CLONE_NEWPID | CLONE_NEWNS);
    UNSHARE(1);
    UNSHARE(CLONE_VFORK);
    UNSHARE(CLONE_PARENT);
    UNSHARE(CLONE_PTRACE);
    UNSHARE(CLONE_NEWUSER | SIGCHLD);
    return 0;
}
