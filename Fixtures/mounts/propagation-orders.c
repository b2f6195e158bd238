// Rules: mount-kinds-differ mount-place-gone umount-not-mountpoint
// As: root user
// What random sequences found: copies that were locked, that carry covers, that are of removed things, and whose turn it is.
#include "mounts.h"
static void locked_copies(void) {
    dir("m/at");
    pid_t other = hold(CLONE_NEWUSER | CLONE_NEWNS);
    must(mount("new", "m/at", "tmpfs", 0, "mode=755"));
    dir("m/at/in");
    must(mount("inner", "m/at/in", "tmpfs", 0, NULL));
    pid_t later = hold(CLONE_NEWUSER | CLONE_NEWNS);
    TRY(umount2("m/at", MNT_DETACH));
    mounts("the sender's");
    more_mounts_of("received copies are gone", other);
    more_mounts_of("and locked ones too", later);
    release(other);
    release(later);
}
static void covers(void) {
    dir("slave");
    bind_to("m", "slave");
    make("slave", MS_SLAVE);
    must(mount("new", "m/at", "tmpfs", 0, "mode=755"));
    dir("m/at/in");
    must(mount("inner", "m/at/in", "tmpfs", 0, "mode=755"));
    TRY(mount("cover", "slave/at/in", "tmpfs", 0, NULL));
    TRY(umount2("m/at", MNT_DETACH));
    mounts("what carries the cover of a copy that went stays");
    TRY(umount2("slave/at/in", 0));
    TRY(umount2("slave/at", 0));
    must(mount("new", "m/at", "tmpfs", 0, NULL));
    TRY(mount("cover", "slave/at", "tmpfs", 0, NULL));
    TRY(mount("and another", "slave/at", "tmpfs", 0, NULL));
    TRY(umount2("m/at", 0));
    mounts("covers of a copy that went");
    TRY(umount2("slave", MNT_DETACH));
}
/// A process that mounts in a copy of this namespace and then leaves that for one of another owner, so that the copy ends.
static pid_t wander(void (*in_between)(void)) {
    struct gate made = gate_new();
    pid_t pid = must(fork());
    if (pid == 0) {
        must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
        must(unshare(CLONE_NEWNS));
        in_between();
        must(unshare(CLONE_NEWUSER | CLONE_NEWNS));
        gate_open(made);
        for (;;) pause();
    }
    gate_wait(made);
    return pid;
}
static void bind_inside(void) { must(mount("m/a", "m/b", NULL, MS_BIND, NULL)); }
static void bind_and_mount(void) {
    must(mount("m/a", "m/b", NULL, MS_BIND, NULL));
    must(mount("new", "m/a/x", "tmpfs", 0, "mode=755"));
    dir("m/a/x/at");
}
static void orders(void) {
    dir("m/a"); dir("m/b"); dir("m/a/x");
    pid_t pid = wander(bind_inside);
    must(mount("new", "m/a/x", "tmpfs", 0, NULL));
    mounts("two places");
    more_mounts_of("the later place first", pid);
    release(pid);
    must(umount2("m/a/x", 0));
    must(umount2("m/b", 0));
    pid = wander(bind_and_mount);
    must(mount("newer", "m/a/x/at", "tmpfs", 0, NULL));
    mounts("below two places");
    more_mounts_of("in the order of the tree that ended", pid);
    release(pid);
    must(umount2("m/a/x/at", 0));
    must(umount2("m/a/x", 0));
    must(umount2("m/b", 0));
}
static void removed(void) {
    dir("d"); dir("e"); dir("g"); file("file"); file("file2");
    int fd = must(open("file", O_PATH | O_CLOEXEC));
    must(unlink("file"));
    TRY(mount(format_path("/proc/self/fd/%d", fd), "e", NULL, MS_BIND, NULL));
    TRY(mount(format_path("/proc/self/fd/%d", fd), "file2", NULL, MS_BIND, NULL));
    close(fd);
    must(mount("file2", "file2", NULL, MS_BIND, NULL));
    dir("gone");
    tmpfs("gone");
    fd = must(open("gone", O_PATH | O_CLOEXEC));
    must(umount2("gone", MNT_DETACH));
    TRY(mount("file2", format_path("/proc/self/fd/%d", fd), NULL, MS_MOVE, NULL));
    TRY(mount("file2", format_path("/proc/self/fd/%d", fd), NULL, MS_BIND, NULL));
    close(fd);
    bind_to("d", "e");
    TRY(rmdir("d"));
    TRY(mount("e", "g", NULL, MS_MOVE, NULL));
    TRY(mount("cover", "e", "tmpfs", 0, NULL));
    TRY(umount2("e", 0));
    TRY(umount2("e", 0));
}
static void entries_of_tasks(void) {
    TRY(mount("file2", "/proc/self/fdinfo/0", NULL, MS_BIND, NULL));
    TRY(mount("e", "/proc/self/fdinfo", NULL, MS_BIND, NULL));
    TRY(umount2("/proc/self/fdinfo", 0));
    int fd = must(clone_tree("file2", 0));
    TRY(attach(fd, "/proc/self/fd/0"));
    TRY(attach(fd, "/proc/self/exe"));
    close(fd);
    TRY(umount2("/proc/self/exe", UMOUNT_NOFOLLOW));
}
static void onto_its_master(void) {
    dir("s");
    bind_to("m", "s");
    make("s", MS_SLAVE);
    mounts("a slave");
    TRY(mount("s", "m", NULL, MS_MOVE, NULL));
    mounts("moved onto its master");
}
static void body(void) {
    tmpfs("m");
    make("m", MS_SHARED);
    locked_copies();
    covers();
    orders();
    removed();
    entries_of_tasks();
    onto_its_master();
}
int main(void) { return in_worlds(0, body); }
