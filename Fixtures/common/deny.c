// deny PROGRAM [ARGUMENT…]: runs a program as uid 12345 where the host makes no namespace and mounts nothing for it:
// without capabilities, with no_new_privs, inside a user namespace all of whose limits in /proc/sys/user are 0. nsentry
// has to work the same there, which proves that it relies on none of these.
//
// Not by a seccomp filter: that would refuse the sandboxed program's own calls before nsentry sees them, since an errno
// outranks a user notification (seccomp(2)).
#include "fixture.h"

enum { USER = 12345 };

static void die(const char *what) {
    say("deny: %s: %s", what, errno_text(errno));
    _exit(125);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        say("usage: deny PROGRAM [ARGUMENT…]");
        return 125;
    }
    if (geteuid() == 0) {
        // The maps are written by a helper outside: it still has its capabilities over this namespace.
        struct gate made = gate_new(), mapped = gate_new();
        pid_t self = getpid(), helper = fork();
        if (helper == 0) {
            gate_wait(made);
            map_process(self, "0 0 1\n12345 12345 1", "0 0 1\n12345 12345 1");
            gate_open(mapped);
            _exit(0);
        }
        if (unshare(CLONE_NEWUSER) == -1) die("unshare");
        gate_open(made);
        gate_wait(mapped);
        wait_status(helper);
        static const char *names[] = {"user", "pid", "uts", "ipc", "net", "mnt", "cgroup", "time"};
        for (int i = 0; i < 8; i++)
            if (put(format_path("/proc/sys/user/max_%s_namespaces", names[i]), "0") == -1) die(names[i]);
        for (int i = 0; i <= 40; i++) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
        if (syscall(SYS_setgroups, 0, NULL) == -1 || syscall(SYS_setresgid, USER, USER, USER) == -1 ||
            syscall(SYS_setresuid, USER, USER, USER) == -1) die("setresuid");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) die("no_new_privs");
    if (geteuid() == USER) {
        static const int flags[] = {CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWNS, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS};
        for (int i = 0; i < 5; i++)
            if (unshare(flags[i]) != -1) die("a namespace could be made");
        if (mount("none", "/tmp", "tmpfs", 0, NULL) != -1) die("a mount could be made");
    }
    execvp(argv[1], argv + 1);
    die(argv[1]);
}
