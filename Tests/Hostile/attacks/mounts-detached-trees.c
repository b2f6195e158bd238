// Takes detached trees over into other namespaces: binds and clones of foreign clones, flags and covers in foreign trees, trees
// whose namespace is gone, trees in trees, and what is left when the last descriptor goes while somebody stands inside.
#include "mounts.h"

static int clone_, made, parts;
static void other(void) {
    if (!own_namespaces(0)) return;
    mkdir("/tmp/t", 0777);
    // Who is handed a tree may attach it as a whole, and has it then. Before, it is of no use: nothing of it is taken or unmounted.
    if (mount("/proc/self/fd/9", "/tmp/t", 0, MS_BIND, 0) == 0) succeeded("bound a clone of another namespace");
    if (syscall(open_tree_, clone_, "", clone_tree | empty_path) >= 0) succeeded("cloned a clone of another namespace");
    if (umount2("/proc/self/fd/9", MNT_DETACH) == 0) succeeded("unmounted a clone of another namespace");
    if (mount("x", "/proc/self/fd/9", "tmpfs", 0, "") == 0) succeeded("mounted on a clone of another namespace");
    if (umount2("/proc/self/fd/9/d", MNT_DETACH) == 0) succeeded("took a cover from a clone of another namespace");
    if (set_flags(clone_, "d", 0, 0, 1) == 0) succeeded("changed flags inside a clone");
    // A part of a tree never leaves it.
    if (syscall(move_mount_, parts, "d", AT_FDCWD, "/tmp/t", 0) == 0) succeeded("took a part of a tree");
    round_done();
}
static void attack(void) {
    if (!own_place()) return;
    mkdir("a", 0777), mount("x", "a", "tmpfs", 0, ""), mkdir("a/d", 0777), mount("x", "a/d", "tmpfs", 0, "");
    make_file("a/d/secret"), mount(0, "a", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0);
    clone_ = dup2(syscall(open_tree_, AT_FDCWD, "a", clone_tree | recursive), 9);
    made = new_tree("tmpfs"), parts = syscall(open_tree_, AT_FDCWD, "a", clone_tree | recursive);
    in_child(other);
    // Inside of what goes.
    int in = openat(parts, "d", O_PATH);
    close(parts), fchdir(in);
    mkdir("more", 0777), mount("x", "more", "tmpfs", 0, ""), mount(".", "/tmp", 0, MS_BIND, 0);
    if (syscall(open_tree_, in, "", clone_tree | empty_path) >= 0) succeeded("cloned what is in no namespace");
    umount2(".", MNT_DETACH), unshare(CLONE_NEWNS), chdir("..");
    // Trees in trees, whose files are closed from outside to inside and the other way round.
    int trees[16];
    for (int i = 0; i < 16; i++) {
        trees[i] = new_tree("tmpfs"), mkdirat(trees[i], "t", 0777);
        if (i > 0) syscall(move_mount_, trees[i], "", trees[i - 1], "t", from_empty);
    }
    syscall(move_mount_, trees[0], "", trees[15], "t", from_empty);
    for (int i = 0; i < 16; i++) close(trees[i % 2 ? i : 15 - i]);
}
