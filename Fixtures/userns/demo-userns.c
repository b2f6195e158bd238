// Rules: map-not-permitted
// As: user root
// Link: -lcap
// The user-namespace demonstration of many a course: a cloned child shows its ids and capabilities in a loop, while
// its parent writes the maps: overflow ids before, the mapped ids after.
#include "fixture.h"
#include <sys/capability.h>

static struct gate turn, shown;

static int child_main(void *unused) {
    for (int round = 0; round < 4; round++) {
        gate_wait(turn);
        cap_t caps = cap_get_proc();
        char *text = cap_to_text(caps, NULL);
        say("eUID = %ld; eGID = %ld; capabilities: %s", (long)geteuid(), (long)getegid(), text);
        cap_free(text);
        cap_free(caps);
        gate_open(shown);
    }
    return 0;
}
static void look(void) {
    gate_open(turn);
    gate_wait(shown);
}
int main(void) {
    turn = gate_new();
    shown = gate_new();
    char *stack = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    pid_t pid = must(clone(child_main, stack + (1 << 20), CLONE_NEWUSER | SIGCHLD, NULL));
    yes("another user namespace", ns_number(pid, "user") != ns_number(0, "user"));
    show_file("uid_map before", format_path("/proc/%d/uid_map", pid));
    look();
    show_put("uid_map", format_path("/proc/%d/uid_map", pid), own_uid_at(0)) ;
    look();
    char *line = own_gid_at(0);
    if (geteuid() != 0) {
        show_put("gid_map too early", format_path("/proc/%d/gid_map", pid), line);
        show_put("setgroups", format_path("/proc/%d/setgroups", pid), "deny");
    }
    show_put("gid_map", format_path("/proc/%d/gid_map", pid), line);
    look();
    show_file("uid_map", format_path("/proc/%d/uid_map", pid));
    show_file("gid_map", format_path("/proc/%d/gid_map", pid));
    show_file("setgroups", format_path("/proc/%d/setgroups", pid));
    look();
    reap(pid);
    return 0;
}
