// Rules:
// As: root
// Two levels below: what each reads of the others' maps, ids and owners.
#include "fixture.h"
static struct { pid_t pid[3]; } *shared;
static struct gate go[3], done, end;
static void report(int self) {
    for (int i = 0; i < 3; i++) {
        pid_t pid = shared->pid[i];
        show_file(format_path("%d reads %d's uid_map", self, i), format_path("/proc/%d/uid_map", pid));
        show_file(format_path("%d reads %d's gid_map", self, i), format_path("/proc/%d/gid_map", pid));
        show_field(format_path("%d reads %d's", self, i), format_path("/proc/%d/status", pid), "Uid");
        show_field(format_path("%d reads %d's", self, i), format_path("/proc/%d/status", pid), "Groups");
        struct stat st;
        must(stat(format_path("/proc/%d", pid), &st));
        say("%d sees %d owned by %u %u", self, i, st.st_uid, st.st_gid);
    }
}
static void member(int self) {
    shared->pid[self] = getpid();
    gate_open(done);
    gate_wait(go[self]);
    report(self);
    gate_open(done);
    gate_wait(end);
}
int main(void) {
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 3; i++) go[i] = gate_new();
    done = gate_new(), end = gate_new();
    shared->pid[0] = getpid();
    gid_t groups[] = {0, 7, 2000};
    must(setgroups(3, groups));
    pid_t first;
    SPAWN_IN_USERNS(first, 0, "0 1000 100\n200 0 10", "0 1000 50\n300 5 5") {
        pid_t second;
        must(setresgid(3, 3, 3));
        must(setresuid(0, 0, 0));
        must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
        SPAWN_IN_USERNS(second, 0, "10 0 5\n0 20 5", "1 3 1") {
            must(setresuid(12, 12, 12));
            must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
            member(2);
        }
        member(1);
        reap(second);
    }
    gate_wait(done);
    gate_wait(done);
    report(0);
    for (int i = 1; i < 3; i++) {
        gate_open(go[i]);
        gate_wait(done);
    }
    gate_open(end);
    gate_open(end);
    reap(first);
    return 0;
}
