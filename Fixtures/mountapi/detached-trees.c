// Rules: mount-not-mount-root mount-other-namespace mount-source-not-mounted remount-not-permitted umount-busy
// As: root user
// Trees that are attached nowhere: what the old and the new calls can do with and in them, and when they end.
#include "api.h"
#define PROC(fd, rest) format_path("/proc/self/fd/%d%s", fd, rest)
static void within(void) {
    must(mkdir("d", 0755)); must(mkdir("e", 0755));
    int tree = fs_detached("tmpfs");
    must(mkdirat(tree, "sub", 0755));
    must(mkdirat(tree, "sub/deep", 0755));
    must(mkdirat(tree, "point", 0755));
    say("looked at");
    say("link %s", fd_text(tree));
    CHILD {
        must(fchdir(tree));
        say("getcwd %s, cwd %s", cwd_text(), link_text("/proc/self/cwd"));
        struct stat here, above;
        must(stat(".", &here)); must(stat("..", &above));
        yes("its root's .. is itself", here.st_ino == above.st_ino && here.st_dev == above.st_dev);
        must(chdir("sub/deep"));
        say("getcwd %s, cwd %s", cwd_text(), link_text("/proc/self/cwd"));
        must(chdir("../../.."));
        say("getcwd %s", cwd_text());
        ok("create", open("file", O_CREAT | O_RDWR, 0600));
        show("chroot into it", chroot("."));
        say("getcwd %s", cwd_text());
        show("is there", access("/file", F_OK));
    }
    CHILD { show("chroot by /proc", chroot(PROC(tree, ""))); must(chdir("/")); say("getcwd %s", cwd_text()); }
    say("old calls");
    show("umount2", umount2(PROC(tree, ""), 0));
    show("umount2 MNT_DETACH", umount2(PROC(tree, ""), MNT_DETACH));
    show("new mount in it", mount("x", PROC(tree, "/point"), "tmpfs", 0, NULL));
    show("bind into it", mount("d", PROC(tree, "/point"), NULL, MS_BIND, NULL));
    show("move into it", mount("d", PROC(tree, "/point"), NULL, MS_MOVE, NULL));
    show("remount", mount(NULL, PROC(tree, ""), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show("remount of the file system", mount(NULL, PROC(tree, ""), NULL, MS_REMOUNT, "size=64k"));
    show("change of propagation", mount(NULL, PROC(tree, ""), NULL, MS_SHARED, NULL));
    show("and back", mount(NULL, PROC(tree, ""), NULL, MS_PRIVATE, NULL));
    show("bind from it", mount(PROC(tree, "/sub"), "d", NULL, MS_BIND, NULL));
    show_mount("d");
    show("and that has the files", access("d/deep", F_OK));
    must(umount("d"));
    show("pivot_root", syscall(SYS_pivot_root, PROC(tree, ""), PROC(tree, "/sub")));
    int gone = fs_detached("tmpfs");
    show("move of another one out", mount(PROC(gone, ""), "d", NULL, MS_MOVE, NULL));
    show_mount("d");
    show("umount2", umount2("d", 0));
    close(gone);
    show("umount2", umount2("d", 0));
    say("new calls");
    show("mount_setattr", mount_setattr_(tree, "", EMPTY, ATTR(.set = A_NODEV)));
    show("  of a directory in it", mount_setattr_(tree, "sub", 0, ATTR(.set = A_NODEV)));
    int copy = ok("open_tree, a copy", open_tree_(tree, "", EMPTY | TREE_CLONE));
    int part = ok("a copy of a directory", open_tree_(tree, "sub", TREE_CLONE));
    ok("fspick", fspick_(tree, "", 8));
    show("attach the directory's copy", attach(part, "e"));
    show_mounts("attached");
    close(part);
    must(umount("e"));
    show("attach a directory of it", move_mount_(tree, "sub", AT_FDCWD, "e", 0));
    say("trees into trees");
    int other = fs_detached("tmpfs");
    show("a detached tree into a detached one", move_mount_(other, "", tree, "point", FROM_EMPTY));
    show("  into itself", move_mount_(tree, "", tree, "sub", FROM_EMPTY));
    show("  attach only the inner one", move_mount_(other, "", AT_FDCWD, "e", FROM_EMPTY));
    show("  by its place", move_mount_(tree, "point", AT_FDCWD, "e", 0));
    must(mount("x", "e", "tmpfs", 0, NULL));
    show("an attached mount into a detached tree", move_mount_(AT_FDCWD, "e", tree, "sub/deep", 0));
    show("umount2 in it", umount2(PROC(tree, "/point"), 0));
    must(umount("e"));
    show("attach it with what is in it", attach(tree, "d"));
    show_mounts("all");
    say("after attaching");
    show("the same descriptor moves it", attach(tree, "e"));
    show_mounts("moved");
    say("link %s", fd_text(tree));
    show("umount2 in it", umount2("e/point", 0));
    show("  by the descriptor", umount2(PROC(tree, ""), 0));
    close(tree);
    close(copy);
    show("umount", umount("e"));
}
static void ends(void) {
    say("the end of one never attached");
    int tree = fs_detached("tmpfs"), inner = fs_detached("tmpfs");
    must(mkdirat(tree, "point", 0755));
    must(mkdirat(tree, "dir", 0755));
    must(move_mount_(inner, "", tree, "point", FROM_EMPTY));
    close(inner);
    make_file(PROC(tree, "/point/file"), "kept", 0644);
    int file = must(openat(tree, "point/file", O_RDONLY)), held = must(openat(tree, "point", O_PATH)), root = must(openat(tree, "dir", O_PATH)), twice = dup(tree);
    close(tree);
    show("another descriptor of it keeps it", faccessat(twice, "point/file", F_OK, 0));
    close(twice);
    char text[8] = "";
    show("a file in it is read", read(file, text, 4));
    show("a held directory", faccessat(held, "file", F_OK, 0));
    show("its ..", faccessat(held, "../dir", F_OK, 0));
    show("the inner mount from the outer", faccessat(root, "../point/file", F_OK, 0));
    show("attach", move_mount_(held, "", AT_FDCWD, "d", FROM_EMPTY));
    show("copy", open_tree_(held, "", EMPTY | TREE_CLONE));
    show("bind from it", mount(PROC(held, ""), "d", NULL, MS_BIND, NULL));
    show("mount_setattr", mount_setattr_(held, "", EMPTY, ATTR(.set = A_NODEV)));
    ok("create", openat(held, "new", O_CREAT | O_RDWR, 0600));
    say("the end of one that was attached");
    tree = fs_detached("tmpfs");
    must(attach(tree, "d"));
    must(umount2("d", MNT_DETACH));
    show("attach again", attach(tree, "d"));
    show("copy", open_tree_(tree, "", EMPTY | TREE_CLONE));
    show("mount_setattr", mount_setattr_(tree, "", EMPTY, ATTR(.set = A_NODEV)));
    ok("create", openat(tree, "new", O_CREAT | O_RDWR, 0600));
    close(tree);
    say("in another user namespace");
    int given = fs_detached("tmpfs");
    must(mount_setattr_(given, "", EMPTY, ATTR(.set = A_NOSUID | A_NOEXEC)));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        show("clear a flag", mount_setattr_(given, "", EMPTY, ATTR(.clear = A_NOSUID)));
        show("attach", attach(given, "d"));
        show_mount("d");
        show("clear another", mount_setattr_(AT_FDCWD, "d", 0, ATTR(.clear = A_NOEXEC)));
        show("remount its file system", mount(NULL, "d", NULL, MS_REMOUNT, "size=64k"));
        show_mount("d");
        show("umount", umount("d"));
    }
}
static void all(void) { within(); ends(); }
int main(void) { as_each(0, all); return 0; }
