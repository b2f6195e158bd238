// deny PROGRAM [ARGUMENT…]: runs a program as uid 12345, without capabilities, behind a seccomp filter that makes the
// host's own unshare, setns, mount, umount2, pivot_root and every clone with a namespace flag fail with EPERM, and clone3
// with ENOSYS, as the filters of containers do. nsentry has to work the same there: it relies on none of these.
#include "fixture.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

enum { USER = 12345, NAMESPACE_FLAGS = 0x7e020000 };

static void die(const char *what) {
    say("deny: %s: %s", what, errno_text(errno));
    _exit(125);
}

#define REFUSE(number, error) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

static void install_filter(void) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        REFUSE(SYS_unshare, EPERM), REFUSE(SYS_setns, EPERM), REFUSE(SYS_mount, EPERM), REFUSE(SYS_umount2, EPERM), REFUSE(SYS_pivot_root, EPERM),
        REFUSE(SYS_clone3, ENOSYS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACE_FLAGS, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof *program, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) die("no_new_privs");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == -1) die("filter");
}

int main(int argc, char **argv) {
    if (argc < 2) {
        say("usage: deny PROGRAM [ARGUMENT…]");
        return 125;
    }
    if (geteuid() == 0) {
        for (int i = 0; i <= 40; i++) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
        if (syscall(SYS_setgroups, 0, NULL) == -1 || syscall(SYS_setresgid, USER, USER, USER) == -1 ||
            syscall(SYS_setresuid, USER, USER, USER) == -1) die("setresuid");
    }
    install_filter();
    if (unshare(CLONE_NEWUSER) != -1 || mount("none", "/tmp", "tmpfs", 0, NULL) != -1) die("the filter does not hold");
    execvp(argv[1], argv + 1);
    die(argv[1]);
}
