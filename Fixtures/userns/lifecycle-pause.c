// Rules: setns-mount-needs-capabilities
// As: user
// What rootless container tools do: a first command leaves a pause process that holds a user and a mount namespace; a
// second, unrelated and without capabilities, joins it by its pid file with setns(fd, 0) and becomes root there.
#include "fixture.h"

static void first_command(void) {
    struct gate ready = gate_new();
    CHILD {
        pid_t pause_pid;
        must(unshare(CLONE_NEWUSER | CLONE_NEWNS));
        uid_t outer = 1000;
        must(put("/proc/self/uid_map", format_path("0 %u 1", outer)));
        must(put("/proc/self/setgroups", "deny"));
        must(put("/proc/self/gid_map", format_path("0 %u 1", outer)));
        SPAWN(pause_pid) {
            setsid();
            prctl(PR_SET_NAME, "pause");
            make_file("pause.pid", format_path("%d", getpid()), 0644);
            gate_open(ready);
            for (;;) pause();
        }
        gate_wait(ready);
        show_uids("first");
    }
}
static void second_command(int round) {
    CHILD {
        pid_t pid = atoi(get("pause.pid"));
        show_caps("second, before");
        int user = must(open(format_path("/proc/%d/ns/user", pid), O_RDONLY | O_CLOEXEC));
        int mnt = must(open(format_path("/proc/%d/ns/mnt", pid), O_RDONLY | O_CLOEXEC));
        show("mnt before user", setns(mnt, 0));
        show("setns user", setns(user, 0));
        show("setns mnt", setns(mnt, 0));
        show("setresgid", syscall(SYS_setresgid, 0, 0, 0));
        show("setresuid", syscall(SYS_setresuid, 0, 0, 0));
        show_uids("second");
        show_caps("second, after");
        yes("user is the pause process's", ns_number(0, "user") == ns_number(pid, "user"));
        yes("mnt is the pause process's", ns_number(0, "mnt") == ns_number(pid, "mnt"));
        show_file("uid_map", "/proc/self/uid_map");
    }
}
int main(void) {
    first_command();
    second_command(1);
    second_command(2);
    pid_t pid = atoi(get("pause.pid"));
    show_field("pause is", format_path("/proc/%d/status", pid), "Name");
    show("kill", kill(pid, SIGKILL));
    return 0;
}
