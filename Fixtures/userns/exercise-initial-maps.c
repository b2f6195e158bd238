// Rules:
// As: user root
// The maps of the initial user namespace, and who differs from it.
#include "fixture.h"
int main(void) {
    show_file("uid_map", "/proc/self/uid_map");
    show_file("gid_map", "/proc/self/gid_map");
    show_file("projid_map", "/proc/self/projid_map");
    show_file("setgroups", "/proc/self/setgroups");
    say("initial numbers: user %d uts %d ipc %d pid %d cgroup %d", ns_number(0, "user") == 4026531837,
        ns_number(0, "uts") == 4026531838, ns_number(0, "ipc") == 4026531839, ns_number(0, "pid") == 4026531836,
        ns_number(0, "cgroup") == 4026531835);
    say("and time %d net %d", ns_number(0, "time") == 4026531834, ns_number(0, "net") == 4026531833);
    // Every process with another map than ours: in a fresh child namespace, exactly that child.
    pid_t pid;
    struct gate done = gate_new();
    SPAWN_IN_USERNS(pid, 0, own_uid_at(7), NULL) gate_wait(done);
    yes("the child's map differs", strcmp(get("/proc/self/uid_map"), get(format_path("/proc/%d/uid_map", pid))));
    show_file("it is", format_path("/proc/%d/uid_map", pid));
    show_field("its caps", format_path("/proc/%d/status", pid), "CapEff");
    show_field("its uid as seen here", format_path("/proc/%d/status", pid), "Uid");
    gate_open(done);
    reap(pid);
    return 0;
}
