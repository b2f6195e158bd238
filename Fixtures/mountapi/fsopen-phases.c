// Rules: file-read-only-mount mount-attribute-bits mount-not-context mount-not-permitted mount-option-unknown mount-option-value mount-setup-not-created mount-setup-phase mount-type-not-permitted mount-unknown-flags mount-unknown-type mount-without-device tmpfs-unlimited
// As: root user
// fsopen, fsconfig, fsmount: who may, what is tested first, and what a context takes in which phase.
#include "api.h"
static void parameters(int fd, const char *when) {
    show(format_path("%s: set size", when), set_string(fd, "size", "64k"));
    show(format_path("%s: set nonsense", when), set_string(fd, "nonesuch", "1"));
    show(format_path("%s: reconfigure", when), fs_reconfigure(fd));
}
static void phases(void) {
    must(mkdir("d", 0755)); must(mkdir("e", 0755));
    int fd = must(fsopen_("tmpfs", 0));
    say("link %s, close-on-exec %d, mode %o", fd_text(fd), fcntl(fd, F_GETFD), ({ struct stat st; must(fstat(fd, &st)); st.st_mode; }));
    int other = must(fsopen_("tmpfs", 1));
    say("with flag 1: close-on-exec %d", fcntl(other, F_GETFD));
    close(other);
    parameters(fd, "at first");
    show("fsmount before create", fsmount_(fd, 0, 0));
    show("create", fs_create(fd));
    parameters(fd, "created");
    show("create again", fs_create(fd));
    int tree = ok("fsmount", fsmount_(fd, 0, 0));
    show("fsmount again", fsmount_(fd, 0, 0));
    show("create then", fs_create(fd));
    show("create exclusively then", fsconfig_(fd, CREATE_EXCL, NULL, NULL, 0));
    parameters(fd, "mounted");
    show("attach", attach(tree, "d"));
    show_mount("d");
    show("set size", set_string(fd, "size", "32k"));
    show("reconfigure", fs_reconfigure(fd));
    show_mount("d");
    show("source in reconfigure", set_string(fd, "source", "other"));
    show("reconfigure", fs_reconfigure(fd));
    show_mount("d");
    show("nr_inodes below use", set_string(fd, "nr_inodes", "0"));
    show("reconfigure", fs_reconfigure(fd));
    show("nr_inodes a limit again", set_string(fd, "nr_inodes", "5"));
    show("reconfigure fails", fs_reconfigure(fd));
    show_log(fd);
    parameters(fd, "then");
    show("fsmount then", fsmount_(fd, 0, 0));
    close(fd);
    say("a failed create");
    fd = must(fsopen_("devpts", 0));
    show("bad option", set_string(fd, "max", "-1"));
    show("create is still good", fs_create(fd));
    close(fd);
    fd = must(fsopen_("ext4", 0));
    show("create", fs_create(fd));
    parameters(fd, "failed");
    show("failed: create", fs_create(fd));
    show("failed: fsmount", fsmount_(fd, 0, 0));
    show_log(fd);
    close(fd);
    say("read-only by a flag");
    fd = must(fsopen_("tmpfs", 0));
    must(set_flag(fd, "ro"));
    must(fs_create(fd));
    must(attach(must(fsmount_(fd, 0, 0)), "e"));
    show_mount("e");
    show("create a file", open("e/f", O_CREAT | O_RDWR, 0600));
    close(fd);
}
static void attributes(void) {
    say("attributes of fsmount");
    static const unsigned given[] = {0, A_RDONLY, A_NOSUID | A_NODEV | A_NOEXEC, A_NOATIME, A_STRICTATIME, 0x30, 0x40, A_NODIRATIME, A_NOATIME | A_NODIRATIME, A_NOSYMFOLLOW, A_IDMAP, 0x100, 0x400000, A_RDONLY | A_NOSUID | A_NODEV | A_NOEXEC | A_NOATIME | A_NODIRATIME | A_NOSYMFOLLOW};
    must(mkdir("a", 0755));
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        int fd = fs_created("tmpfs"), tree = fsmount_(fd, 0, given[i]);
        if (tree == -1) say("%x: %s", given[i], errno_text(errno));
        else {
            must(attach(tree, "a"));
            say("%x: %s", given[i], mount_line("a"));
            close(tree);
            must(umount("a"));
        }
        close(fd);
    }
}
static void order(void) {
    say("what is told first");
    int plain = must(open(".", O_RDONLY));
    for (int capable = 1; capable >= 0; capable--) CHILD {
        int fd = must(fsopen_("tmpfs", 0));
        if (!capable) drop_cap(CAP_SYS_ADMIN);
        say(capable ? "with CAP_SYS_ADMIN" : "without");
        show("fsopen, bad flags", fsopen_("tmpfs", 2));
        show("bad flags, bad name", fsopen_((char *)8, 2));
        show("bad name", fsopen_((char *)8, 0));
        show("NULL", fsopen_(NULL, 0));
        show("empty", fsopen_("", 0));
        show("unknown", fsopen_("nonesuch", 0));
        show("subtype", fsopen_("tmpfs.x", 0));
        show("a name too long", fsopen_(format_path("%0900d", 0), 0));
        show("fsmount, no descriptor", fsmount_(-1, 0, 0));
        show("closed descriptor", fsmount_(99, 0, 0));
        show("another file", fsmount_(plain, 0, 0));
        show("bad flags, closed descriptor", fsmount_(99, 2, 0));
        show("bad attributes, closed descriptor", fsmount_(99, 0, 0x100));
        show("bad atime, closed descriptor", fsmount_(99, 0, 0x30));
        show("bad flags, bad attributes", fsmount_(fd, 2, 0x100));
        show("fsmount of what is not created", fsmount_(fd, 0, 0));
        show("set a parameter", set_string(fd, "size", "64k"));
        show("set a flag", set_flag(fd, "ro"));
        show("create", fs_create(fd));
        show_log(fd);
    }
}
static void all(void) { phases(); attributes(); order(); }
int main(void) {
    as_each(0, all);
    if (geteuid() != 0) {
        show("an ordinary user", fsopen_("tmpfs", 0));
        show("bad flags", fsopen_("tmpfs", 2));
        return 0;
    }
    // Root's context in the hands of a user.
    must(rmdir("world"));
    int fd = must(fsopen_("tmpfs", 0)), created = fs_created("tmpfs");
    CHILD {
        become(1000, 1000);
        show("a user sets a parameter", set_string(fd, "size", "64k"));
        show("a user sets a flag", set_flag(fd, "ro"));
        show("a user creates", fs_create(fd));
        show("a user mounts", fsmount_(created, 0, 0));
        USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
            show("in a namespace: create", fs_create(fd));
            ok("in a namespace: fsmount", fsmount_(created, 0, 0));
        }
    }
    return 0;
}
