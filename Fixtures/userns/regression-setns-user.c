// Rules: setns-user-is-current
// As: user root
// The regression that began it all: a child makes a user namespace, its parent opens /proc/PID/ns/user and joins.
#include "fixture.h"

int main(void) {
    pid_t pid;
    struct gate ready = gate_new(), done = gate_new();
    SPAWN(pid) {
        ok("child: unshare", unshare(CLONE_NEWUSER));
        gate_open(ready);
        gate_wait(done);
    }
    gate_wait(ready);
    char text[64] = "";
    must(readlink(format_path("/proc/%d/ns/user", pid), text, 63));
    yes("the link reads user:[…]", !strncmp(text, "user:[", 6) && strchr(text, ']'));
    int fd = must(ns_open(pid, "user"));
    struct statfs fs;
    must(fstatfs(fd, &fs));
    yes("an nsfs file", fs.f_type == 0x6e736673);
    struct stat st;
    must(fstat(fd, &st));
    yes("its inode is the link's number", st.st_ino == strtoul(text + 6, NULL, 10));
    yes("differs from ours", ns_number(0, "user") != st.st_ino);
    show("setns", setns(fd, CLONE_NEWUSER));
    yes("ours is the child's now", ns_number(0, "user") == st.st_ino);
    show("again", setns(fd, CLONE_NEWUSER));
    show_uids("after");
    show_caps("after");
    gate_open(done);
    reap(pid);
    return 0;
}
