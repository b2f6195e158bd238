// proc and sysfs in a namespace that may not see all of them: covered parts, read-only ones, by mount(2), the newer calls, other
// options, in new PID and network namespaces, in a chroot; and covers that lie deep below /proc.
#include "mounts.h"

static void more(const char *type, const char *covered) {
    char path[64];
    snprintf(path, sizeof path, "/tmp/r/%s", covered);
    const char *const options[] = {"", "subset=pid", "hidepid=0", "hidepid=2"};
    for (int i = 0; i < 4; i++)
        for (int flags = 0; flags < 3; flags++)
            if (mount("x", "/tmp/r", type, flags == 2 ? MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC : flags, options[i]) == 0) {
                if (exists(path)) succeeded("mounted %s with all in it (%s)", type, options[i]);
                umount2("/tmp/r", MNT_DETACH);
            }
    int tree = new_tree(type);
    if (tree >= 0 && exists_at(tree, covered)) succeeded("made a tree of %s", type);
    snprintf(path, sizeof path, "/%s", type[0] == 'p' ? "proc" : "sys");
    if (mount(path, "/tmp/r", 0, MS_BIND, 0) == 0) succeeded("bound %s without its covers", path);
    if (mount(path, "/tmp/r", 0, MS_BIND | MS_REC, 0) == 0) {
        snprintf(path, sizeof path, "/tmp/r/%s", covered);
        char cover[64];
        snprintf(cover, sizeof cover, "%s", path), *strrchr(cover, '/') = 0;
        umount2(cover, MNT_DETACH);
        if (exists(path)) succeeded("took a cover from %s", type);
        umount2("/tmp/r", MNT_DETACH);
    }
}
static void inner(void) {
    if (!own_namespaces(CLONE_NEWPID | CLONE_NEWNET)) return;
    pid_t pid = fork();
    if (pid == 0) more("proc", "sys/kernel/hostname"), more("sysfs", "kernel/mm"), round_done(), _exit(0);
    waitpid(pid, NULL, 0);
    // What was covered is so for all walks and descriptors.
    if (exists("/proc/sys/kernel/hostname") || exists("/proc/self/../sys/kernel/hostname")) succeeded("saw below a cover in /proc");
}
static void attack(void) {
    if (!own_namespaces(0)) return;
    mount(0, "/", 0, MS_REC | MS_PRIVATE, 0), mount("x", "/tmp", "tmpfs", 0, ""), mkdir("/tmp/r", 0777);
    int early = open("/proc/sys", O_PATH);
    if (mount("x", "/proc/sys/kernel", "tmpfs", 0, "") != 0 || mount("x", "/sys/kernel", "tmpfs", 0, "") != 0) return;
    if (exists("/proc/sys/kernel/hostname")) succeeded("a cover in /proc hides nothing");
    if (exists_at(early, "kernel/hostname")) succeeded("a cover in /proc hides nothing from who was there before");
    mount(0, "/proc", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0);
    in_child(inner);
}
