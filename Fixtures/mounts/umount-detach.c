// Rules: mount-other-namespace mount-place-gone mount-source-not-mounted umount-busy umount-not-mountpoint
// As: root user
// MNT_DETACH: what a task in the detached tree sees and can still do.
#include "mounts.h"
static char *of(int fd) { return format_path("/proc/self/fd/%d", fd); }
static void trees(void) {
    tmpfs("m");
    dir("m/child");
    must(mount("child", "m/child", "tmpfs", 0, "mode=755"));
    file("m/child/in-child");
    int parent = must(open("m", O_RDONLY | O_CLOEXEC)), child = must(open("m/child", O_RDONLY | O_CLOEXEC));
    TRY(umount2("m", 0));
    TRY(umount2("m", MNT_DETACH));
    mounts("detached");
    TRY(openat(parent, "child/in-child", O_RDONLY));
    TRY_OK(openat(child, "in-child", O_RDONLY | O_CLOEXEC));
    struct stat up, self;
    must(fstatat(child, "..", &up, 0));
    must(fstat(child, &self));
    yes("the child is above itself", up.st_ino == self.st_ino && up.st_dev == self.st_dev);
    TRY(mkdirat(parent, "made", 0755));
    show_fd("its descriptor", parent);
    show_fd("the child's descriptor", child);
    show("fchdir", fchdir(child));
    show_cwd("in the child");
    must(chdir(world));
    close(parent);
    close(child);
}
static void working_directory(void) {
    tmpfs("m");
    dir("m/sub"); dir("m/sub/deep");
    file("m/f");
    dir("target");
    int fd = must(open("m/f", O_RDONLY | O_CLOEXEC));
    must(chdir("m/sub"));
    TRY(umount2("..", MNT_DETACH));
    show_cwd("in sub");
    show_link("its link", "/proc/self/cwd");
    show_fd("an open file", fd);
    file("new");
    names(".");
    names("..");
    names("../..");
    must(chdir(".."));
    show_cwd("at its root");
    show_link("its link", "/proc/self/cwd");
    struct stat up, self;
    must(stat("..", &up));
    must(stat(".", &self));
    yes("it is above itself", up.st_ino == self.st_ino && up.st_dev == self.st_dev);
    char *target = format_path("%s/target", world);
    TRY(umount2(".", 0));
    TRY(umount2(".", MNT_DETACH));
    TRY(mount("s", ".", "tmpfs", 0, NULL));
    TRY(mount("s", "sub", "tmpfs", 0, NULL));
    TRY(mount("sub", "sub/deep", NULL, MS_BIND, NULL));
    TRY(mount(target, "sub", NULL, MS_BIND, NULL));
    TRY(mount(".", target, NULL, MS_BIND, NULL));
    TRY(mount("sub", target, NULL, MS_BIND, NULL));
    TRY(mount(".", target, NULL, MS_MOVE, NULL));
    TRY(mount(NULL, ".", NULL, MS_REMOUNT, NULL));
    TRY(mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    TRY(mount(NULL, ".", NULL, MS_SHARED, NULL));
    TRY(mount(NULL, ".", NULL, MS_PRIVATE, NULL));
    TRY(set_attributes(".", 0, MOUNT_ATTR_NOSUID, 0, 0));
    TRY(clone_tree(".", 0));
    TRY(pivot(".", "."));
    TRY(chroot("sub"));
    must(chdir("/"));
    show_cwd("in a root of the tree");
    names("..");
    close(fd);
}
static void of_a_file(void) {
    file("f"); file("g");
    bind_to("f", "g");
    int fd = must(open("g", O_RDWR | O_CLOEXEC));
    TRY(umount2("g", 0));
    TRY(umount2("g", MNT_DETACH));
    show_fd("its descriptor", fd);
    TRY(write(fd, "more", 4));
    show_text("source", get("f"));
    TRY(open(of(fd), O_PATH | O_DIRECTORY));
    TRY(mount(of(fd), "g", NULL, MS_BIND, NULL));
    close(fd);
}
static void still_there(void) {
    // The file system lives as long as something of it is open; then its contents are gone.
    tmpfs("m");
    int fd = must(open("m", O_RDONLY | O_CLOEXEC));
    TRY(umount2("m", MNT_DETACH));
    int made = must(openat(fd, "x", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    close(fd);
    TRY(write(made, "x", 1));
    show_fd("the last file", made);
    close(made);
    TRY(umount2("m", MNT_DETACH));
}
static void body(void) {
    trees();
    CHILD working_directory();
    of_a_file();
    still_there();
    mounts("at the end");
}
int main(void) { return in_worlds(0, body); }
