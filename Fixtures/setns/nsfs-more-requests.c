// Rules: nsfs-wrong-kind
// As: root user
// The newer requests on namespace files and pidfds: numbers across PID namespaces, identities, process information.
#include "fixture.h"
#define PID_FROM 0x8004b706
#define TGID_FROM 0x8004b707
#define PID_IN 0x8004b708
#define TGID_IN 0x8004b709
#define MNT_ID 0x8008b705
#define NS_ID 0x8008b70d
struct pidfd_info { uint64_t mask, cgroupid; uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid; int32_t exit_code; };
#define GET_INFO _IOWR(0xff, 11, struct pidfd_info)
static void info_of(const char *label, pid_t pid) {
    struct pidfd_info info = {.mask = 3};
    int pidfd = must(pidfd_of(pid));
    if (ioctl(pidfd, GET_INFO, &info) == -1) { say("%s: %s", label, errno_text(errno)); return; }
    say("%s: mask %d pid %d tgid %d ids %u %u %u %u %u %u %u %u", label, (info.mask & 3) == 3, (pid_t)info.pid == pid, (pid_t)info.tgid == pid, info.ruid, info.rgid,
        info.euid, info.egid, info.suid, info.sgid, info.fsuid, info.fsgid);
    close(pidfd);
}
int main(void) {
    pid_t pid;
    struct gate end = gate_new(), ready = gate_new();
    int channel[2];
    must(pipe(channel));
    SPAWN_IN_USERNS(pid, CLONE_NEWPID, own_uid_at(3), NULL) {
        pid_t init;
        SPAWN(init) { gate_open(ready); gate_wait(end); }
        gate_wait(ready);
        must(write(channel[1], &init, sizeof init));
        info_of("inside: own", getpid());
        info_of("inside: the parent", getppid());
        reap(init);
    }
    pid_t init;
    must(read(channel[0], &init, sizeof init));
    usleep(20000);
    int ns = must(ns_open(init, "pid")), user = must(ns_open(init, "user")), mnt = must(ns_open(0, "mnt"));
    yes("1 there is the init here", ioctl(ns, PID_FROM, 1) == init);
    yes("as tgid", ioctl(ns, TGID_FROM, 1) == init);
    show("999 there", ioctl(ns, PID_FROM, 999));
    show("the init's number there", ioctl(ns, PID_IN, init));
    show("as tgid", ioctl(ns, TGID_IN, init));
    show("ours there", ioctl(ns, PID_IN, getpid()));
    show("of a user namespace", ioctl(user, PID_IN, 1));
    uint64_t id = 0, again = 0;
    show("mount namespace id", ioctl(mnt, MNT_ID, &id));
    show("of a user namespace", ioctl(user, MNT_ID, &id));
    show("namespace id", ioctl(user, NS_ID, &id));
    show("again", ioctl(must(ns_open(init, "user")), NS_ID, &again));
    yes("the same", id == again && id);
    show("another's", ioctl(must(ns_open(0, "user")), NS_ID, &again));
    yes("differs", id != again);
    show("bad pointer", ioctl(user, NS_ID, 8));
    info_of("child", pid);
    info_of("own", getpid());
    info_of("parent", getppid());
    int pidfd = must(pidfd_of(init));
    show("bad pointer", ioctl(pidfd, GET_INFO, 8));
    show("null", ioctl(pidfd, GET_INFO, 0));
    show("small", ioctl(pidfd, _IOC(3, 0xff, 11, 32), &id));
    gate_open(end);
    reap(pid);
    struct pidfd_info info = {.mask = 1};
    show("reaped", ioctl(pidfd, GET_INFO, &info));
    return 0;
}
