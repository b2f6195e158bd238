// Leaves a chroot, and a root that pivot_root has put away: by dot-dot, fchdir, mounts over and at the root, moves of it, binds
// of what is above, and a second chroot below the working directory.
#include "mounts.h"

static void look(const char *how) {
    if (exists("outside") || exists("/outside") || exists("../outside") || exists("/../outside"))
        succeeded("saw the outside by %s", how);
}
static void jailed(void) {
    // Who keeps no descriptor and no directory outside stays in.
    mkdir("/a", 0777), mkdir("/b", 0777);
    look("nothing");
    RAW(SYS_pivot_root, "/", "/a"), look("pivot_root of /");
    RAW(SYS_pivot_root, ".", "."), look("pivot_root of .");
    mount("/", "/a", 0, MS_BIND, 0), chdir("/a"), look("a bind of /");
    RAW(SYS_pivot_root, ".", "b"), look("pivot_root of a bind");
    mount("/..", "/b", 0, MS_BIND | MS_REC, 0), chdir("/b"), look("a bind of /..");
    mount("/proc/self/root/..", "/b", 0, MS_BIND | MS_REC, 0), chdir("/b"), look("a bind of root/..");
    int tree = syscall(open_tree_, AT_FDCWD, "/..", clone_tree | recursive);
    if (tree >= 0 && (exists_at(tree, "outside") || exists_at(tree, "../outside"))) succeeded("saw the outside in a tree");
    mount("x", "/b", "tmpfs", 0, ""), mount("/b", "/", 0, MS_MOVE, 0), chdir("/"), look("a move onto /");
    mount("x", "/", "tmpfs", 0, ""), chdir("/"), look("a mount onto /"), chdir(".."), look("..");
    unshare(CLONE_NEWNS), look("unshare"), chdir(".."), look("unshare and ..");
    umount2("/", MNT_DETACH), chdir("/"), look("umount of /");
    chdir("/.."), look("umount and ..");
    unshare(CLONE_NEWUSER | CLONE_NEWNS), chdir("/.."), look("a user namespace");
}
static void chrooted(void) {
    if (chroot("jail") == 0 && chdir("/") == 0) jailed();
}
static void pivoted(void) {
    if (!own_namespaces(0)) return;
    mount(0, "/", 0, MS_REC | MS_PRIVATE, 0), mount("jail", "jail", 0, MS_BIND, 0), chdir("jail"), mkdir("old", 0777);
    if (RAW(SYS_pivot_root, ".", "old") != 0) return;
    chdir("/"), umount2("/old", MNT_DETACH);
    if (exists("/old/tmp")) succeeded("the old root is still there");
    jailed();
}

static void attack(void) {
    if (!own_place()) return;
    make_file("outside"), mkdir("jail", 0777), mount("x", "jail", "tmpfs", 0, "");
    in_child(chrooted);
    in_child(pivoted);
    round_done();
}
