// Rules:
// As: root user
// The quiz: two sibling namespaces map one outer id as 0 and as 200; each reads the other's map.
#include "fixture.h"
int main(void) {
    pid_t a, b;
    struct gate go_a = gate_new(), go_b = gate_new(), done = gate_new(), end = gate_new();
    struct gate pids_a = gate_new(), pids_b = gate_new();
    char *zero = own_uid_at(0), *two_hundred = own_uid_at(200);
    SPAWN_IN_USERNS(a, 0, zero, NULL) {
        pid_t other;
        must(read(pids_a.fds[0], &other, sizeof other));
        show_file("0 reads own", "/proc/self/uid_map");
        show_file("0 reads 200's", format_path("/proc/%d/uid_map", other));
        show_file("0 reads parent's", format_path("/proc/%d/uid_map", getppid()));
        show_field("0 sees 200's status", format_path("/proc/%d/status", other), "Uid");
        gate_open(done);
        gate_wait(end);
    }
    SPAWN_IN_USERNS(b, 0, two_hundred, NULL) {
        pid_t other;
        must(read(pids_b.fds[0], &other, sizeof other));
        show_file("200 reads own", "/proc/self/uid_map");
        show_file("200 reads 0's", format_path("/proc/%d/uid_map", other));
        show_field("200 sees 0's status", format_path("/proc/%d/status", other), "Uid");
        struct stat st;
        must(stat(format_path("/proc/%d/status", other), &st));
        show("200 sees 0's owner", st.st_uid);
        gate_open(done);
        gate_wait(end);
    }
    must(write(pids_a.fds[1], &b, sizeof b));
    gate_wait(done);
    must(write(pids_b.fds[1], &a, sizeof a));
    gate_wait(done);
    show_file("parent reads 0's", format_path("/proc/%d/uid_map", a));
    show_file("parent reads 200's", format_path("/proc/%d/uid_map", b));
    gate_open(end);
    gate_open(end);
    reap(a);
    reap(b);
    return 0;
}
