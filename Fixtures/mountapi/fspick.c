// Rules: file-system-has-writers mount-not-mount-root mount-not-permitted mount-option-unknown mount-setup-phase mount-unknown-flags remount-not-permitted
// As: root user
// fspick: whose mounts can be picked, and what the context then changes.
#include "api.h"
static void pick(void) {
    must(mkdir("d", 0755)); must(mkdir("e", 0755)); must(mkdir("plain", 0755));
    must(symlink("d", "link"));
    must(mount("x", "d", "tmpfs", 0, "size=64k"));
    must(mount("d", "e", NULL, MS_BIND, NULL));
    int fd = ok("pick", fspick_(AT_FDCWD, "d", 0));
    say("%s close-on-exec %d", fd_text(fd), fcntl(fd, F_GETFD));
    show("create", fs_create(fd));
    show("fsmount", fsmount_(fd, 0, 0));
    show("set", set_string(fd, "size", "32k"));
    show("reconfigure", fs_reconfigure(fd));
    show_mounts("both mounts show it");
    show("flag", set_flag(fd, "ro"));
    show("reconfigure", fs_reconfigure(fd));
    show_mounts("read-only");
    show("rw", set_flag(fd, "rw"));
    show("reconfigure", fs_reconfigure(fd));
    int writer = must(open("d/f", O_CREAT | O_RDWR, 0600));
    must(set_flag(fd, "ro"));
    show("read-only with a writer", fs_reconfigure(fd));
    show("again", fs_reconfigure(fd));
    show("set then", set_string(fd, "size", "64k"));
    close(writer);
    close(fd);
    say("it holds the file system, not the mount");
    fd = must(fspick_(AT_FDCWD, "d", 1));
    say("close-on-exec %d", fcntl(fd, F_GETFD));
    show("umount", umount("d"));
    must(set_string(fd, "size", "16k"));
    show("reconfigure", fs_reconfigure(fd));
    show_mount("e");
    show("umount the last", umount("e"));
    must(set_string(fd, "size", "8k"));
    show("reconfigure", fs_reconfigure(fd));
    close(fd);
    must(mount("x", "d", "tmpfs", 0, "size=64k"));
    say("arguments");
    ok("a link followed", fspick_(AT_FDCWD, "link", 0));
    show("a link not followed", fspick_(AT_FDCWD, "link", 2));
    show("not the root of a mount", fspick_(AT_FDCWD, "plain", 0));
    show("missing", fspick_(AT_FDCWD, "missing", 0));
    show("empty", fspick_(AT_FDCWD, "", 0));
    ok("an empty path allowed", fspick_(must(open("d", O_PATH)), "", 8));
    ok("no automount", fspick_(AT_FDCWD, "d", 4));
    show("bad flags, missing", fspick_(AT_FDCWD, "missing", 0x10));
    show("bad path", fspick_(AT_FDCWD, (char *)8, 0));
    show("bad path, bad flags", fspick_(AT_FDCWD, (char *)8, 0x10));
    show("closed descriptor", fspick_(99, "d", 0));
    CHILD {
        drop_cap(CAP_SYS_ADMIN);
        show("without CAP_SYS_ADMIN", fspick_(AT_FDCWD, "d", 0));
        show("  bad flags, missing", fspick_(AT_FDCWD, "missing", 0x10));
    }
    say("a mount of another namespace");
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN(pid) {
        must(unshare(CLONE_NEWNS));
        must(umount("d"));
        must(mount("other", "d", "tmpfs", 0, "size=128k"));
        gate_open(ready);
        gate_wait(end);
        show_mount("d");
    }
    gate_wait(ready);
    fd = ok("picked", fspick_(AT_FDCWD, format_path("/proc/%d/cwd/d", pid), 0));
    // The link leads to the mount of that namespace.
    show("set", set_string(fd, "size", "256k"));
    show("reconfigure", fs_reconfigure(fd));
    gate_open(end);
    reap(pid);
    say("an inherited mount, in a namespace below");
    must(mount(NULL, "d", NULL, MS_REMOUNT | MS_NOSUID, "size=64k"));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        fd = ok("pick", fspick_(AT_FDCWD, "d", 0));
        show("set", set_string(fd, "size", "32k"));
        show("set nonsense", set_string(fd, "nonesuch", "32k"));
        show("reconfigure", fs_reconfigure(fd));
        show_log(fd);
        show("set again", set_string(fd, "size", "32k"));
        show("reconfigure again", fs_reconfigure(fd));
        show_mount("d");
    }
}
int main(void) { as_each(0, pick); return 0; }
