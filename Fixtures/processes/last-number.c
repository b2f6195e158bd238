// Rules:
// As: root user
// loadavg and ns_last_pid tell the last number given in the reader's own PID namespace, whatever /proc shows.
#include "fixture.h"
static void tell(const char *when) {
    char *load = strrchr(get("/proc/loadavg"), ' ');
    say("%s: %d, %d", when, atoi(load), atoi(get("/proc/sys/kernel/ns_last_pid")));
}
int main(void) {
    USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        pid_t pid;
        SPAWN(pid) {
            tell("init alone");
            int fd = must(open("/proc/loadavg", O_RDONLY));
            CHILD tell("first child");
            CHILD tell("second child");
            char text[128] = "";
            must(pread(fd, text, sizeof text - 1, 0));
            say("opened before: %d", atoi(strrchr(text, ' ')));
        }
        reap(pid);
    }
    return 0;
}
