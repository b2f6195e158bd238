// A mount of a more privileged namespace covers a file; whoever is in a less privileged one takes the cover away, looks
// beneath it, goes around it by binds, detached trees, lazy unmounts, moves, pivot_root and descriptors from before.
#include "mounts.h"

static int before;
static void look(const char *path, const char *how) {
    if (exists(path)) succeeded("uncovered %s by %s", path, how);
}
static void look_at(int fd, const char *path, const char *how) {
    if (exists_at(fd, path)) succeeded("uncovered %s by %s", path, how);
}

static void binds(void) {
    if (!own_namespaces(0)) return;
    umount2("h/d", 0), umount2("h/d", MNT_DETACH), umount2("h/d", MNT_FORCE), look("h/d/secret", "umount");
    mount("h/d", "z", 0, MS_MOVE, 0), look("h/d/secret", "a move");
    mount("h", "z", 0, MS_BIND, 0), look("z/d/secret", "a bind");
    mount("h", "z", 0, MS_BIND | MS_REC, 0), umount2("z/d", MNT_DETACH), look("z/d/secret", "a recursive bind");
    int in = open("z", O_PATH);
    umount2("z", MNT_DETACH), look_at(in, "d/secret", "a lazy unmount");
    fchdir(in), chroot("."), look("/d/secret", "a lazy unmount and chroot"), umount2("/d", MNT_DETACH), look("/d/secret", "that");
}
static void trees(void) {
    if (!own_namespaces(0)) return;
    int tree = syscall(open_tree_, AT_FDCWD, "h", clone_tree);
    if (tree >= 0) look_at(tree, "d/secret", "open_tree");
    tree = syscall(open_tree_, AT_FDCWD, "h", clone_tree | recursive), look_at(tree, "d/secret", "a recursive open_tree");
    int in = openat(tree, ".", O_PATH);
    close(tree), look_at(in, "d/secret", "the end of a detached tree");
    tree = syscall(open_tree_, AT_FDCWD, "z", clone_tree);
    syscall(move_mount_, tree, "", AT_FDCWD, "h/d", from_empty | beneath), umount2("h/d", 0), look("h/d/secret", "one beneath");
    mount("x", "h/d", "tmpfs", 0, "");
    syscall(move_mount_, tree, "", AT_FDCWD, "h/d", from_empty | beneath);
    close(tree);
    for (int i = 0; i < 4; i++) umount2("h/d", MNT_DETACH);
    look("h/d/secret", "one beneath one's own");
}
static void pivots(void) {
    if (!own_namespaces(0)) return;
    mount("h", "z", 0, MS_BIND | MS_REC, 0), chdir("z");
    RAW(SYS_pivot_root, ".", "d"), look("/d/secret", "pivot_root");
    for (int i = 0; i < 3; i++) umount2("/d", MNT_DETACH), look("/d/secret", "pivot_root and umount");
    umount2("/", MNT_DETACH), look("/d/secret", "no root");
}
static void descriptors(void) {
    look_at(before, "d/secret", "nothing");
    if (!own_namespaces(0)) return;
    look_at(before, "d/secret", "a descriptor");
    fchdir(before), mount(".", "/tmp", 0, MS_BIND, 0), look("/tmp/d/secret", "a bind of a descriptor");
    mount(".", "/tmp", 0, MS_BIND | MS_REC, 0), umount2("/tmp/d", 0), look("/tmp/d/secret", "a bind of a descriptor");
    syscall(move_mount_, before, "", AT_FDCWD, "/tmp", from_empty), look("/tmp/d/secret", "a move of a descriptor");
    int tree = syscall(open_tree_, before, "", clone_tree | empty_path);
    if (tree >= 0) look_at(tree, "d/secret", "a tree of a descriptor");
}

static void attack(void) {
    if (!own_place()) return;
    mkdir("h", 0777), mkdir("z", 0777), mount("x", "h", "tmpfs", 0, ""), mkdir("h/d", 0777), make_file("h/d/secret");
    mount("x", "h/d", "tmpfs", 0, "");
    before = open("h", O_PATH);
    void (*const all[])(void) = {binds, trees, pivots, descriptors};
    for (int i = 0; i < 8; i++) {
        if (i == 4) mount(0, ".", 0, MS_SHARED | MS_REC, 0);
        in_child(all[i % 4]);
    }
    round_done();
}
