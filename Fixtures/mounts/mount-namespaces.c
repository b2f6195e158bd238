// Rules: mount-other-namespace mount-place-gone mount-source-not-mounted umount-busy umount-not-mountpoint
// As: root user
// Copies of the mount namespace: propagation, working directories, roots and descriptors; setns; a namespace without tasks.
#include "mounts.h"
static char *of(int fd) { return format_path("/proc/self/fd/%d", fd); }
static void copies(void) {
    tmpfs("shared");
    make("shared", MS_SHARED);
    dir("slave"); dir("both"); dir("shared/at");
    bind_to("shared", "slave");
    make("slave", MS_SLAVE);
    bind_to("slave", "both");
    make("both", MS_SHARED);
    tmpfs("private");
    dir("private/in");
    tmpfs("unbindable");
    make("unbindable", MS_UNBINDABLE);
    dir("private/late");
    tmpfs("private/in");
    must(mount("over", "private", "tmpfs", 0, NULL));
    pid_t other = hold(CLONE_NEWNS);
    mounts("here");
    more_mounts_of("the copy", other);
    must(mount("new", "shared/at", "tmpfs", 0, NULL));
    must(umount2("private", 0));
    IN(other) {
        must(umount2("unbindable", 0));
        must(mount("there", "both/at", "tmpfs", 0, NULL));
    }
    mounts("here, after changes");
    more_mounts_of("the copy, after changes", other);
    release(other);
    more_mounts("here, after its end");
    must(umount2("both/at", 0));
    must(umount2("shared/at", 0));
}
static void moved_along(void) {
    tmpfs("m");
    dir("m/d"); dir("m/d/e"); dir("target");
    file("m/d/f");
    int fd = must(open("m/d/f", O_RDONLY | O_CLOEXEC)), directory = must(open("m/d", O_RDONLY | O_CLOEXEC));
    must(chdir("m/d"));
    must(unshare(CLONE_NEWNS));
    show_cwd("after unshare");
    struct stat st;
    TRY(stat("f", &st));
    TRY(umount2("../../m", 0));
    char byte;
    TRY(read(fd, &byte, 1));
    show_fd("an old descriptor", fd);
    TRY_OK(openat(directory, "f", O_RDONLY | O_CLOEXEC));
    TRY(mkdirat(directory, "made", 0755));
    yes("seen by the name", is_there("made"));
    show("bind from the old", mount(of(directory), format_path("%s/target", world), NULL, MS_BIND, NULL));
    show("bind on the old", mount(".", of(directory), NULL, MS_BIND, NULL));
    show("umount of the old", umount2(of(directory), MNT_DETACH));
    show("remount of the old", mount(NULL, of(directory), NULL, MS_REMOUNT | MS_BIND, NULL));
    show("clone of the old", clone_tree(of(directory), 0));
    TRY(fchdir(directory));
    show_cwd("in the old");
    show_link("its link", "/proc/self/cwd");
    TRY(chdir("e"));
    show_cwd("below the old");
    TRY(chdir("../../.."));
    show_cwd("upwards from the old");
    must(mount("new", format_path("%s/m", world), "tmpfs", 0, NULL));
    names("m");
    names(format_path("%s/m", world));
    close(fd);
    close(directory);
    must(chdir(world));
    must(umount2("m", 0));
    must(umount2("m", 0));
    must(rmdir("m"));
}
/// A set-id program counts only in a mount of one's own namespace.
static void set_id(void) {
    tmpfs("m");
    copy_file("/proc/self/exe", "m/program", 0755);
    must(chmod("m/program", 06755));
    char *arguments[] = {"program", "ran", NULL}, *none[] = {NULL};
    int fd = must(open("m/program", O_RDONLY | O_CLOEXEC)), directory = must(open("m", O_PATH | O_CLOEXEC));
    CHILD { become(1000, 1000); must(syscall(SYS_execveat, fd, "", arguments, none, AT_EMPTY_PATH)); }
    CHILD {
        must(unshare(CLONE_NEWNS));
        become(1000, 1000);
        say("in a copy of the namespace, by an old descriptor:");
        CHILD must(syscall(SYS_execveat, fd, "", arguments, none, AT_EMPTY_PATH));
        say("by an old descriptor of the directory:");
        CHILD must(syscall(SYS_execveat, directory, "program", arguments, none, 0));
        say("by name:");
        CHILD must(execve(format_path("%s/m/program", world), arguments, none));
    }
    close(fd);
    close(directory);
    must(umount2("m", 0));
    must(rmdir("m"));
}
static void in_a_chroot(void) {
    tmpfs("jail");
    dir("jail/d"); dir("jail/plain"); dir("jail/d/e");
    bring_proc("jail");
    int outer = must(ns_open(0, "mnt"));
    CHILD {
        must(chroot("jail/d"));
        must(chdir("/e"));
        int up = must(open("..", O_PATH | O_CLOEXEC));
        must(unshare(CLONE_NEWNS));
        show_cwd("chrooted, after unshare");
        names("/");
        names("/..");
        TRY(setns(outer, CLONE_NEWNS));
        show_cwd("chrooted, after setns");
        yes("out of the chroot", is_there(world));
        yes("by an old descriptor", faccessat(up, "e", F_OK, 0) == 0);
    }
    CHILD {
        must(chroot("jail"));
        must(chdir("/d"));
        TRY(setns(outer, CLONE_NEWNS));
        show_cwd("after setns to one's own");
        yes("out of the chroot", is_there(world));
    }
    CHILD {
        must(chdir("jail"));
        TRY(setns(outer, 0));
        show_cwd("after setns of any type");
    }
    CHILD {
        pid_t other = hold(CLONE_NEWNS);
        int pidfd = must(pidfd_of(other));
        IN(other) must(mount("there", "jail/plain", "tmpfs", 0, "mode=700"));
        TRY(setns(pidfd, CLONE_NEWNS));
        show_cwd("by a pidfd");
        must(chdir(world));
        mounts("there");
        release(other);
    }
    close(outer);
    must(umount2("jail", MNT_DETACH));
}
static void kept(void) {
    // On one CPU namespaces' numbers follow their order, so that a younger one may be bound.
    stay_on_this_cpu();
    CHILD {
        must(unshare(CLONE_NEWNS));
        must(chdir(world));
        file("kept");
        pid_t other = hold(CLONE_NEWNS);
        show("bind of a younger namespace", mount(format_path("/proc/%d/ns/mnt", other), "kept", NULL, MS_BIND, NULL));
        dir("inner");
        IN(other) {
            must(mount("kept alive", "inner", "tmpfs", 0, "mode=755"));
            file("inner/mark");
        }
        release(other);
        mounts("here, when its tasks have ended");
        int fd = must(open("kept", O_RDONLY | O_CLOEXEC));
        CHILD {
            TRY(setns(fd, CLONE_NEWNS));
            must(chdir(world));
            names("inner");
            mounts("in the namespace that only a file kept");
            TRY(umount2("inner", 0));
        }
        TRY(umount2("kept", 0));
        TRY(umount2("kept", 0));
        CHILD { TRY(setns(fd, CLONE_NEWNS)); must(chdir(world)); mounts("kept by the descriptor"); }
        TRY(umount2("kept", MNT_DETACH));
    }
}
static void body(void) {
    copies();
    moved_along();
    if (caller != USER) set_id();
    in_a_chroot();
    kept();
}
int main(int argc, char **argv) {
    if (argc > 1) {
        show_uids(argv[1]);
        show_gids(argv[1]);
        return 0;
    }
    return in_worlds(0, body);
}
