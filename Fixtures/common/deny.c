// deny PROGRAM [ARGUMENT…]: runs a program behind a filter that refuses every host facility for making or joining
// namespaces and for mounting with EPERM. nsentry has to work the same behind it, which proves that it relies on none.
#include "fixture.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define REFUSE_CALL(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), REFUSE

int main(int argc, char **argv) {
    if (argc < 2) {
        say("usage: deny PROGRAM [ARGUMENT…]");
        return 125;
    }
    const unsigned namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID
        | CLONE_NEWNET;
    struct sock_filter program[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        REFUSE_CALL(SYS_unshare),
        REFUSE_CALL(SYS_setns),
        REFUSE_CALL(SYS_mount),
        REFUSE_CALL(SYS_umount2),
        REFUSE_CALL(SYS_pivot_root),
        REFUSE_CALL(SYS_chroot),
        REFUSE_CALL(428), // open_tree
        REFUSE_CALL(429), // move_mount
        REFUSE_CALL(430), // fsopen
        REFUSE_CALL(432), // fsmount
        REFUSE_CALL(442), // mount_setattr
        // clone3's flags lie in memory, which a filter cannot read: it has to look absent, so that libc falls back.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
        LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, namespaces, 0, 1),
        REFUSE,
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof *program, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == -1) {
        say("deny: cannot install the filter: %s", errno_text(errno));
        return 125;
    }
    if (unshare(CLONE_NEWUSER) != -1 || errno != EPERM) {
        say("deny: the filter does not refuse");
        return 125;
    }
    execvp(argv[1], argv + 1);
    say("deny: %s: %s", argv[1], errno_text(errno));
    return 126;
}
