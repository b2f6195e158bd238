// Rules: mount-flags-combination mount-locked-children mount-not-permitted mount-source-not-mounted mount-unbindable mount-unknown-flags
// As: root user
// open_tree: its arguments, what its descriptors can do, and what a copy takes along.
#include "api.h"
static void trees(void) {
    must(mkdir("d", 0755)); must(mkdir("e", 0755)); must(mkdir("plain", 0755)); must(mkdir("plain/sub", 0755));
    must(symlink("d", "link"));
    make_file("file", "text", 0644);
    must(mount("x", "d", "tmpfs", MS_NOSUID, NULL));
    must(mkdir("d/in", 0755));
    must(mount("y", "d/in", "tmpfs", 0, NULL));
    make_file("d/f", "text", 0644);
    say("arguments");
    int plain = ok("without a copy", open_tree_(AT_FDCWD, "d", 0)), copy = ok("a copy", open_tree_(AT_FDCWD, "d", TREE_CLONE));
    say("flags %o %o, close-on-exec %d %d", fcntl(plain, F_GETFL), fcntl(copy, F_GETFL), fcntl(plain, F_GETFD), fcntl(copy, F_GETFD));
    say("with O_CLOEXEC %d", fcntl(must(open_tree_(AT_FDCWD, "d", TREE_CLONE | TREE_CLOEXEC)), F_GETFD));
    yes("without a copy it is the mount", mount_id_of(plain) == mount_id("d"));
    yes("a copy is another", mount_id_of(copy) != mount_id("d"));
    ok("a directory", open_tree_(AT_FDCWD, "plain/sub", TREE_CLONE));
    ok("a file", open_tree_(AT_FDCWD, "file", TREE_CLONE));
    int followed = ok("a link", open_tree_(AT_FDCWD, "link", 0)), itself = ok("a link itself", open_tree_(AT_FDCWD, "link", NOFOLLOW));
    struct stat st;
    must(fstat(followed, &st)); say("  %o", st.st_mode & S_IFMT);
    must(fstat(itself, &st)); say("  %o", st.st_mode & S_IFMT);
    ok("an empty path", open_tree_(plain, "", 0));
    ok("an empty path allowed", open_tree_(plain, "", EMPTY));
    ok("an empty path copied", open_tree_(plain, "", EMPTY | TREE_CLONE));
    ok("a mount of nothing automatic", open_tree_(AT_FDCWD, "d", 0x800));
    show("missing", open_tree_(AT_FDCWD, "missing", 0));
    show("unknown flag, missing", open_tree_(AT_FDCWD, "missing", 2));
    show("recursive without a copy, missing", open_tree_(AT_FDCWD, "missing", RECURSIVE));
    show("AT_SYMLINK_FOLLOW", open_tree_(AT_FDCWD, "d", 0x400));
    show("bad path", open_tree_(AT_FDCWD, (char *)8, 0));
    show("closed descriptor", open_tree_(99, "d", 0));
    show("through a file", open_tree_(AT_FDCWD, "file/x", 0));
    CHILD {
        drop_cap(CAP_SYS_ADMIN);
        say("without CAP_SYS_ADMIN");
        ok("no copy", open_tree_(AT_FDCWD, "d", 0));
        show("a copy", open_tree_(AT_FDCWD, "d", TREE_CLONE));
        show("a copy of what is missing", open_tree_(AT_FDCWD, "missing", TREE_CLONE));
        show("bad flags", open_tree_(AT_FDCWD, "missing", 2 | TREE_CLONE));
        show("no copy of what is missing", open_tree_(AT_FDCWD, "missing", 0));
    }
    say("descriptors");
    char byte;
    for (int i = 0; i < 2; i++) {
        int fd = i ? copy : plain;
        say(i ? "copy" : "plain");
        show("read", read(fd, &byte, 1));
        show("fchmod", fchmod(fd, 0700));
        show("getdents", getdents64(fd, &byte, 1));
        show("fchdir", ({ long result = fchdir(fd); int e = errno; must(chdir(world_path)); errno = e; result; }));
        ok("openat", openat(fd, "f", O_RDONLY));
        ok("openat to create", openat(fd, i ? "g" : "h", O_CREAT | O_RDWR, 0600));
        ok("O_PATH through /proc", open(format_path("/proc/self/fd/%d", fd), O_RDONLY));
        say("link %s", fd_text(fd));
    }
    show("both have one file system", access("d/g", F_OK));
    say("what a copy takes along");
    int recursive = must(open_tree_(AT_FDCWD, "d", TREE_CLONE | RECURSIVE));
    yes("not recursive: the inner mount", mount_statx(copy, "in", 0, 0).is_root);
    yes("recursive: the inner mount", mount_statx(recursive, "in", 0, 0).is_root);
    show("attach", attach(recursive, "e"));
    show_mounts("with its flags");
    must(umount2("e", MNT_DETACH));
    must(mount(NULL, "d/in", NULL, MS_UNBINDABLE, NULL));
    recursive = must(open_tree_(AT_FDCWD, "d", TREE_CLONE | RECURSIVE));
    yes("recursive: an unbindable one", mount_statx(recursive, "in", 0, 0).is_root);
    show("an unbindable one itself", open_tree_(AT_FDCWD, "d/in", TREE_CLONE));
    ok("without a copy", open_tree_(AT_FDCWD, "d/in", 0));
    must(mount(NULL, "d/in", NULL, MS_SHARED, NULL));
    must(mount(NULL, "d", NULL, MS_SHARED, NULL));
    recursive = must(open_tree_(AT_FDCWD, "d", TREE_CLONE | RECURSIVE));
    show("attach", attach(recursive, "e"));
    show_mounts("copies of shared mounts");
    // What is unmounted at one peer is at all.
    must(mount(NULL, "e", NULL, MS_PRIVATE | MS_REC, NULL));
    must(umount2("e", MNT_DETACH));
    say("of another namespace");
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN(pid) { must(unshare(CLONE_NEWNS)); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    const char *foreign = format_path("/proc/%d/cwd/d", pid);
    ok("without a copy", open_tree_(AT_FDCWD, foreign, 0));
    ok("a copy", open_tree_(AT_FDCWD, foreign, TREE_CLONE));
    gate_open(end);
    reap(pid);
    say("locked mounts");
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        ok("not recursive, locked child", open_tree_(AT_FDCWD, "d", TREE_CLONE));
        ok("recursive", open_tree_(AT_FDCWD, "d", TREE_CLONE | RECURSIVE));
        ok("the child", open_tree_(AT_FDCWD, "d/in", TREE_CLONE));
        ok("a directory without children", open_tree_(AT_FDCWD, "plain", TREE_CLONE));
    }
}
int main(void) {
    as_each(0, trees);
    if (geteuid() != 0) {
        ok("an ordinary user", open_tree_(AT_FDCWD, ".", 0));
        show("a copy", open_tree_(AT_FDCWD, ".", TREE_CLONE));
    }
    return 0;
}
