// Rules: fork-into-dead-pid-namespace pid-namespace-pending
// As: root user
// A PID namespace: numbers inside and outside, the first child as 1, parents that are not visible.
#include "fixture.h"
int main(void) {
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        pid_t before = getpid();
        show("unshare", unshare(CLONE_NEWPID));
        yes("own number is unchanged", getpid() == before);
        show("twice", unshare(CLONE_NEWPID));
        show("pid_for_children before the first fork", readlink("/proc/self/ns/pid_for_children", (char[64]){0}, 64) > 0 ? 1 : -1);
        int channel[2];
        must(pipe(channel));
        struct gate end = gate_new(), ready = gate_new();
        pid_t init;
        SPAWN(init) {
            show("init: getpid", getpid());
            show("init: gettid", syscall(SYS_gettid));
            show("init: getppid", getppid());
            show("init: getpgrp", getpgrp());
            show("init: getsid", getsid(0));
            pid_t child;
            struct gate told = gate_new();
            SPAWN(child) {
                gate_wait(told);
                show("child: getpid", getpid());
                show("child: getppid", getppid());
                show("child: setsid", setsid());
                show("child: getpgid of 1", getpgid(1));
            }
            show("init: child's number", child);
            gate_open(told);
            reap(child);
            CHILD show("next child", getpid());
            show("init: setsid", setsid());
            show("init: getsid of 0", getsid(0));
            show("kill outside", kill(before, 0));
            show("its own /proc is the outer one", strtol(({ static char t[64]; readlink("/proc/self", t, 63); t; }), NULL, 10) > 1);
            CHILD {
                show("nested: unshare", unshare(CLONE_NEWPID));
                CHILD {
                    show("nested: getpid", getpid());
                    show("nested: getppid", getppid());
                    show_text("NSpid has levels", strchr(field("/proc/self/status", "NSpid"), '\t') ? "yes" : "no");
                    char *line = field("/proc/self/status", "NSpid");
                    int tabs = 0;
                    for (; *line; line++) tabs += *line == '\t';
                    show("NSpid numbers", tabs);
                }
            }
            gate_open(ready);
            gate_wait(end);
        }
        gate_wait(ready);
        yes("outer number is another", init != 1);
        char *line = field(format_path("/proc/%d/status", init), "NSpid");
        int outer = 0, inner = 0;
        sscanf(line, "NSpid:\t%d\t%d", &outer, &inner);
        say("NSpid: outer is the pid %d, inner %d", outer == init, inner);
        sscanf(field(format_path("/proc/%d/status", init), "NSsid"), "NSsid:\t%d\t%d", &outer, &inner);
        say("NSsid: inner %d", inner);
        show("pid_for_children after", readlink("/proc/self/ns/pid_for_children", (char[64]){0}, 64) > 0 ? 1 : -1);
        yes("child's pid ns is pid_for_children", ns_number(init, "pid") == ns_number(0, "pid_for_children"));
        show("twice, after the fork", unshare(CLONE_NEWPID));
        CHILD show("second child", getpid() > 1);
        gate_open(end);
        reap(init);
        show("fork after its init died", fork());
        show("clone with NEWPID", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
        show("vfork", syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
    }
    return 0;
}
