// Rules: directory-busy mount-not-mount-root umount-not-mountpoint
// As: root user
// Mounting on the working directory and over `/`, in a chroot, and what becomes of the names of mount points.
#include "mounts.h"
static ino_t inode(const char *path) { struct stat st; return stat(path, &st) == -1 ? 0 : st.st_ino; }
static void on_the_working_directory(void) {
    dir("cwd");
    file("cwd/covered");
    must(chdir("cwd"));
    TRY(mount("over", ".", "tmpfs", 0, "mode=755"));
    names(".");
    show_cwd("in a covered directory");
    file("new");
    names(".");
    names("../cwd");
    show("umount of .", umount2(".", 0));
    TRY(mount("again", ".", "tmpfs", 0, "mode=755"));
    must(chdir("../cwd"));
    names(".");
    must(chdir(".."));
    mounts("twice over");
    TRY(umount2("cwd", 0));
    TRY(umount2("cwd", 0));
    names("cwd");
}
/// In a mount namespace of its own: the world as `/`, to mount over it.
static void over_the_root(void) {
    take_root();
    file("/in-old-root");
    TRY(mount("over", "/", "tmpfs", 0, "mode=755"));
    yes("the old root's name", is_there("/in-old-root"));
    yes("by /..", is_there("/../in-old-root"));
    yes("by a relative name", is_there("in-old-root"));
    names("/..");
    file("/../in-new-root");
    TRY(chroot("/"));
    yes("after chroot: the old root's name", is_there("/in-old-root"));
    show_cwd("cwd");
    CHILD {
        must(setns(must(ns_open(0, "mnt")), CLONE_NEWNS));
        names("/");
        show_cwd("after setns");
    }
    CHILD {
        must(chdir("/.."));
        must(chroot("."));
        names("/");
    }
    TRY(umount2("/", 0));
    names("/..");
    // Over the root of a chroot that is a mount's root.
    must(mkdir("/jail", 0755));
    must(mount("jail", "/jail", "tmpfs", 0, "mode=755"));
    must(mkdir("/jail/below", 0755));
    CHILD {
        must(chroot("/jail"));
        must(chdir("/"));
        TRY(mount("over", "/", "tmpfs", 0, NULL));
        names("/");
        names("/..");
        TRY(umount2("/", 0));
        names("/..");
        TRY(umount2("/", 0));
    }
}
static void in_a_chroot(void) {
    dir("jail");
    dir("jail/a"); dir("jail/b");
    file("jail/f");
    CHILD {
        must(chroot("jail"));
        must(chdir("/"));
        TRY(mount("s", "/a", "tmpfs", 0, NULL));
        TRY(mount("/a", "/b", NULL, MS_BIND, NULL));
        TRY(mount(NULL, "/", NULL, MS_REMOUNT, NULL));
        TRY(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
        TRY(mount(NULL, "/", NULL, MS_SHARED, NULL));
        TRY(umount2("/", 0));
        TRY(umount2("/", MNT_DETACH));
        TRY(mount("over", "/", "tmpfs", 0, NULL));
        names("/");
        names("/..");
    }
    mounts("made in a chroot");
    TRY(umount2("jail", 0));
    TRY(umount2("jail/a", 0));
    TRY(umount2("jail/b", 0));
}
static void names_of_mount_points(void) {
    dir("box");
    dir("box/point"); dir("box/other");
    file("box/f"); file("box/bound");
    must(mount("point", "box/point", "tmpfs", 0, NULL));
    bind_to("box/f", "box/bound");
    TRY(rmdir("box/point"));
    TRY(unlink("box/bound"));
    TRY(rename("box/point", "box/new"));
    TRY(rename("box/other", "box/point"));
    TRY(rename("box/bound", "box/new"));
    TRY(rename("box/f", "box/bound"));
    TRY(renameat2(AT_FDCWD, "box/point", AT_FDCWD, "box/other", RENAME_EXCHANGE));
    TRY(renameat2(AT_FDCWD, "box/other", AT_FDCWD, "box/point", RENAME_EXCHANGE));
    TRY(rmdir("box"));
    TRY(rename("box", "renamed"));
    mounts("the directory around was renamed");
    TRY(rename("renamed", "box"));
    // The numbers on both sides of a mount point.
    DIR *list = opendir("box");
    struct dirent *entry;
    while ((entry = readdir(list)))
        if (!strcmp(entry->d_name, "point")) {
            yes("the directory tells the mounted root's number", entry->d_ino == inode("box/point"));
            say("the mounted root has %lu", (unsigned long)inode("box/point"));
        }
    closedir(list);
    struct stat inside, outside;
    must(stat("box/point", &inside));
    must(stat("box", &outside));
    yes("on one device", inside.st_dev == outside.st_dev);
    TRY(umount2("box/point", 0));
    TRY(umount2("box/bound", 0));
}
static void only_elsewhere(void) {
    dir("gone"); dir("moved"); dir("kept");
    file("file");
    pid_t other = hold(CLONE_NEWNS);
    IN(other) {
        must(mount("gone", "gone", "tmpfs", 0, NULL));
        must(mount("in it", "gone", "tmpfs", 0, NULL));
        must(mount("moved", "moved", "tmpfs", 0, NULL));
        must(mount("kept", "kept", "tmpfs", 0, NULL));
        bind_to("box/f", "file");
    }
    mounts("here");
    more_mounts_of("there", other);
    TRY(rmdir("gone"));
    TRY(unlink("file"));
    TRY(rename("moved", "kept/new-name"));
    more_mounts_of("there, after the names were removed", other);
    TRY(rename("kept/new-name", "moved"));
    dir("over");
    TRY(rename("over", "moved"));
    TRY(rename("moved", "kept"));
    more_mounts_of("there, after one was renamed over", other);
    release(other);
}
static void across(void) {
    dir("x");
    tmpfs("x/m");
    dir("x/m/sub");
    struct { uint64_t flags, mode, resolve; } how = {O_PATH | O_CLOEXEC, 0, 1};
    static const char *paths[] = {"x", "x/m", "x/m/sub", "x/m/..", "x/../x"};
    for (int i = 0; i < 5; i++) ok(format_path("NO_XDEV %s", paths[i]), syscall(437, AT_FDCWD, paths[i], &how, sizeof how));
    int inside = must(open("x/m/sub", O_PATH | O_CLOEXEC));
    static const char *from_inside[] = {".", "..", "../..", "../../m"};
    for (int i = 0; i < 4; i++) ok(format_path("NO_XDEV from inside %s", from_inside[i]), syscall(437, inside, from_inside[i], &how, sizeof how));
    ok("NO_XDEV of a bare /", syscall(437, AT_FDCWD, "/", &how, sizeof how));
    ok("NO_XDEV of / from inside", syscall(437, inside, "/", &how, sizeof how));
    must(umount2("x/m", MNT_DETACH));
}
static void body(void) {
    on_the_working_directory();
    in_a_chroot();
    names_of_mount_points();
    only_elsewhere();
    across();
    over_the_root();
}
int main(void) { return in_worlds(0, body); }
