// Rules:
// As: root user
// What poll(2) of mounts, mountinfo and mountstats tells of changes of the mounts.
#include "../mountapi/api.h"
static void events(const char *label, int fd) {
    struct pollfd poll_fd = {fd, POLLIN | POLLPRI | POLLOUT | POLLRDHUP, 0};
    must(poll(&poll_fd, 1, 0));
    say("  %s: %x", label, poll_fd.revents);
}
#define STEP(call) do { show(#call, call); events("mountinfo", info); events("mounts", mounts); events("again", info); events("mountstats", stats); } while (0)
static void polling(void) {
    int info = must(open("/proc/thread-self/mountinfo", O_RDONLY)), mounts = must(open("/proc/thread-self/mounts", O_RDONLY)),
        stats = must(open("/proc/self/mountstats", O_RDONLY));
    show("no mountstats of a thread", access("/proc/thread-self/mountstats", F_OK));
    must(mkdir("d", 0755)); must(mkdir("e", 0755));
    events("at first", info);
    events("mountstats", stats);
    STEP(mount("x", "d", "tmpfs", 0, NULL));
    STEP(mount("d", "e", NULL, MS_BIND, NULL));
    STEP(umount("e"));
    STEP(mount("d", "e", NULL, MS_MOVE, NULL));
    STEP(mount(NULL, "e", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
    STEP(mount(NULL, "e", NULL, MS_REMOUNT | MS_NOSUID, "size=64k"));
    STEP(mount(NULL, "e", NULL, MS_SHARED, NULL));
    STEP(mount(NULL, "e", NULL, MS_PRIVATE, NULL));
    STEP(mount_setattr_(AT_FDCWD, "e", 0, ATTR(.set = A_NODEV)));
    STEP(mount_setattr_(AT_FDCWD, "e", 0, ATTR(.propagation = MS_SHARED)));
    int tree = must(open_tree_(AT_FDCWD, "e", TREE_CLONE));
    events("after open_tree with a copy", info);
    close(tree);
    events("after its end", info);
    must(mount(NULL, "e", NULL, MS_PRIVATE, NULL));
    events("  ", info);
    STEP(mount("x", "d", "nonesuch", 0, NULL));
    CHILD { must(unshare(CLONE_NEWNS)); must(mount("x", "d", "tmpfs", 0, NULL)); }
    events("after a mount in another namespace", info);
    // A change that another task makes wakes who waits.
    pid_t pid;
    struct gate ready = gate_new();
    SPAWN(pid) {
        struct pollfd poll_fd = {must(open("/proc/thread-self/mountinfo", O_RDONLY)), POLLPRI, 0};
        gate_open(ready);
        int got = poll(&poll_fd, 1, 5000);
        say("woken: %d %x", got, poll_fd.revents);
    }
    gate_wait(ready);
    must(mount("x", "d", "tmpfs", 0, NULL));
    reap(pid);
    must(umount("d"));
    must(umount("e"));
}
int main(void) { as_each(CLONE_NEWPID, polling); return 0; }
