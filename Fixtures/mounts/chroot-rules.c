// Rules: chroot-not-permitted file-search-denied user-namespace-chrooted
// As: root user
// chroot: the order of its checks, what a task outside of its root sees, and user namespaces from a chroot.
#include "mounts.h"
static void orders(void) {
    TRY(syscall(SYS_chroot, NULL));
    TRY(chroot((char *)8));
    TRY(chroot(""));
    TRY(chroot("missing"));
    TRY(chroot("file"));
    TRY(chroot("file/x"));
    TRY(chroot("loop"));
    TRY(chroot("closed/d"));
    TRY(chroot("closed"));
    TRY(chroot("readable"));
    TRY(chroot("d"));
}
static void outside(void) {
    int up = must(open("..", O_PATH | O_CLOEXEC)), file_ = must(open("d/f", O_RDONLY | O_CLOEXEC));
    int self = must(open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC));
    must(chdir("e"));
    must(chroot("../d"));
    show_cwd("outside the root");
    char text[1024] = "";
    must(readlinkat(self, "cwd", text, sizeof text - 1));
    say("its link: %s%s", strncmp(text, world, strlen(world)) ? "" : "WORLD", strncmp(text, world, strlen(world)) ? text : text + strlen(world));
    close(self);
    struct stat st;
    TRY(stat("../d/f", &st));
    TRY(stat("/f", &st));
    TRY(stat("/../f", &st));
    TRY(stat("/../../e", &st));
    TRY(stat("../../w/e", &st));
    names("..");
    names("/..");
    TRY(openat(up, "w", O_PATH | O_DIRECTORY) > 0);
    char byte;
    TRY(read(file_, &byte, 1));
    must(chdir("/sub"));
    show_cwd("inside");
    must(chroot("."));
    show_cwd("at the root");
    names("..");
    must(fchdir(up));
    must(chroot("."));
    yes("out by an old descriptor and chroot(\".\")", is_there("w/e"));
}
static void links(void) {
    must(symlink("/sub", "d/absolute"));
    must(symlink("../../../sub", "d/upwards"));
    CHILD {
        must(chroot("d"));
        must(chdir("/"));
        struct stat st;
        TRY(stat("absolute", &st));
        TRY(stat("upwards", &st));
        TRY(chroot("absolute"));
        names("/");
    }
}
static void namespaces(void) {
    // In every user namespace that one is root of, also without a map and without a mount namespace of its own.
    CHILD {
        must(unshare(CLONE_NEWUSER));
        TRY(chroot("d"));
        names("/");
    }
    CHILD {
        must(chroot("d"));
        TRY(unshare(CLONE_NEWUSER));
        TRY(unshare(CLONE_NEWNS));
        show("clone(NEWUSER)", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL));
    }
    CHILD {
        must(unshare(CLONE_NEWNS));
        must(chdir(world));
        must(chroot("."));
        show("unshare(NEWUSER) at the root of a mount", unshare(CLONE_NEWUSER));
    }
    // switch_root: a mount moved onto the root, and chroot there.
    CHILD {
        must(unshare(CLONE_NEWNS));
        must(chdir(world));
        must(chroot("."));
        must(chdir("/"));
        must(mount("new root", "d", "tmpfs", 0, "mode=755"));
        must(chdir("d"));
        TRY(mount(".", "/", NULL, MS_MOVE, NULL));
        TRY(chroot("."));
        show("unshare(NEWUSER) over a chroot's root", unshare(CLONE_NEWUSER));
    }
    CHILD {
        must(unshare(CLONE_NEWNS));
        must(chdir(world));
        must(mount("new root", "d", "tmpfs", 0, "mode=755"));
        must(chdir("d"));
        TRY(mount(".", "/", NULL, MS_MOVE, NULL));
        CHILD show("unshare(NEWUSER) before chroot", unshare(CLONE_NEWUSER));
        TRY(chroot("."));
        show("unshare(NEWUSER) over the namespace's root", unshare(CLONE_NEWUSER));
        names("/");
    }
}
static void detached(void) {
    tmpfs("tree");
    file("tree/in-tree");
    int fd = must(clone_tree("tree", 0));
    CHILD {
        show("chroot into a detached tree", chroot(format_path("/proc/self/fd/%d", fd)));
        names("/");
        names("/..");
        show("unshare(NEWUSER)", unshare(CLONE_NEWUSER));
    }
    close(fd);
    // Only the capability counts.
    CHILD {
        drop_cap(CAP_SYS_CHROOT);
        TRY(chroot("d"));
        TRY(mount("s", "d", "tmpfs", 0, NULL));
        TRY(umount2("d", 0));
    }
    CHILD {
        must(caps_set(BIT(CAP_SYS_CHROOT), BIT(CAP_SYS_CHROOT), 0));
        TRY(chroot("d"));
    }
}
static void body(void) {
    file("file");
    dir("d"); dir("d/sub"); dir("d/sub/deep"); dir("e"); dir("closed"); dir("closed/d"); dir("readable");
    file("d/f");
    must(symlink("loop", "loop"));
    must(chmod("closed", 0));
    must(chmod("readable", 0444));
    CHILD { say("without capabilities:"); must(caps_set(0, 0, 0)); orders(); }
    CHILD { say("with the one:"); must(caps_set(BIT(CAP_SYS_CHROOT), BIT(CAP_SYS_CHROOT), 0)); orders(); }
    CHILD outside();
    links();
    namespaces();
    detached();
}
int main(void) {
    if (geteuid() != 0) CHILD {
        say("# an ordinary user");
        file("file");
        dir("d"); dir("closed"); dir("closed/d"); dir("readable");
        must(symlink("loop", "loop"));
        must(chmod("closed", 0));
        must(chmod("readable", 0444));
        orders();
        must(chmod("closed", 0755));
    }
    return in_worlds(0, body);
}
