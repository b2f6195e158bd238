// Rules: namespace-limit sysctl-user-limit
// As: user root
// /proc/sys/user: per namespace, charged up the chain, writable by those with CAP_SYS_RESOURCE over it.
#include "fixture.h"
static const char *names[] = {"user", "pid", "uts", "ipc", "net", "mnt", "cgroup", "time"};
static const int flags[] = {CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWTIME};
#define LIMIT(i) format_path("/proc/sys/user/max_%s_namespaces", names[i])
int main(void) {
    for (int i = 0; i < 8; i++) {
        struct stat st;
        must(stat(LIMIT(i), &st));
        say("%s mode %o uid %u, write: %d %s", names[i], st.st_mode, st.st_uid, (int)put(LIMIT(i), "5"), errno_text(errno));
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        for (int i = 0; i < 8; i++) show_file(names[i], LIMIT(i));
        for (int i = 0; i < 8; i++) {
            say("%s", names[i]);
            CHILD { must(put(LIMIT(i), "0")); show("  with 0", unshare(flags[i])); }
            must(put(LIMIT(i), "1"));
            show_file("  reads", LIMIT(i));
            CHILD {
                show("  first", unshare(flags[i]));
                if (i == 0) { show("  deeper needs a map first", unshare(CLONE_NEWUSER)); _exit(0); }
                CHILD show("  second", syscall(SYS_unshare, flags[i] == CLONE_NEWPID ? CLONE_NEWPID : flags[i]));
            }
            must(put(LIMIT(i), "1000"));
        }
        static const char *texts[] = {"2147483647", "2147483648", "-1", "x", "", " 7 \n", "7x", "0x10", "3 4"};
        for (int i = 0; i < 9; i++) {
            show(format_path("write \"%s\"", texts[i]), put(LIMIT(2), texts[i]));
            show_file("  reads", LIMIT(2));
        }
    }
    // In a namespace that has had no children yet: what was charged is given back with a delay.
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(put(LIMIT(0), "1"));
        struct gate end = gate_new(), shown = gate_new();
        pid_t pid;
        SPAWN_IN_USERNS(pid, 0, "0 0 1", NULL) {
            show_file("inside, one's own", LIMIT(0));
            show("inside, charged to the outer too", unshare(CLONE_NEWUSER));
            gate_open(shown);
            gate_wait(end);
        }
        gate_wait(shown);
        CHILD show("a second one", unshare(CLONE_NEWUSER));
        gate_open(end);
        reap(pid);
        CHILD { must(caps_set(0, 0, 0)); show("without capabilities", put(LIMIT(0), "9")); show_file("readable", LIMIT(0)); }
    }
    return 0;
}
