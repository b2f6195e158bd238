// Rules: file-read-only-mount file-search-denied file-system-has-writers mount-is-locked mount-not-permitted mount-other-namespace umount-busy umount-expire-flags umount-force-not-permitted umount-not-mountpoint umount-root-not-permitted umount-unknown-flags
// As: root user
// umount2: the order of its checks, which mount a path means, links, and flags.
#include "mounts.h"
static void orders(void) {
    TRY(umount2("m", 16));
    TRY(umount2("missing", 16));
    TRY(umount2("m", MNT_DETACH | 32));
    TRY(umount2("m", -1));
    TRY(umount2(NULL, 0));
    TRY(umount2((char *)8, 0));
    TRY(umount2((char *)8, 16));
    TRY(umount2("", 0));
    TRY(umount2("missing", 0));
    TRY(umount2("file/x", 0));
    TRY(umount2("loop", 0));
    TRY(umount2("dangling", 0));
    TRY(umount2("missing", MNT_EXPIRE | MNT_FORCE));
    TRY(umount2("plain", 0));
    TRY(umount2("plain", MNT_EXPIRE | MNT_FORCE));
    TRY(umount2("plain", MNT_FORCE));
    TRY(umount2("m/sub", 0));
    TRY(umount2("m/sub", MNT_DETACH));
    TRY(umount2("m/f", 0));
    TRY(umount2("m", MNT_EXPIRE | MNT_FORCE));
    TRY(umount2("m", MNT_EXPIRE | MNT_DETACH));
    TRY(umount2("m", MNT_EXPIRE | MNT_FORCE | MNT_DETACH));
}
static void without_capability(void) {
    say("without capabilities:");
    must(caps_set(0, 0, 0));
    orders();
    TRY(umount2("closed/m", 0));
    TRY(umount2("m", 0));
    TRY(umount2("m", MNT_DETACH));
    TRY(umount2("m", MNT_FORCE));
    TRY(umount2("/", 0));
}
static void links(void) {
    must(symlink("m", "to-m"));
    must(symlink("plain", "to-plain"));
    TRY(umount2("to-plain", 0));
    TRY(umount2("to-m", UMOUNT_NOFOLLOW));
    TRY(umount2("to-m", 0));
    tmpfs("m");
    TRY(umount2("to-m/", UMOUNT_NOFOLLOW));
    tmpfs("m");
    TRY(umount2("m", UMOUNT_NOFOLLOW));
    TRY(umount2("m", UMOUNT_NOFOLLOW | MNT_DETACH));
    tmpfs("m");
    must(symlink(".", "to-here"));
    TRY(umount2("to-here/m", UMOUNT_NOFOLLOW));
}
static void stacked(void) {
    must(mount("one", "m", "tmpfs", 0, NULL));
    must(mount("two", "m", "tmpfs", 0, NULL));
    must(mount("three", "m", "tmpfs", 0, NULL));
    mounts("three");
    TRY(umount2("m", 0));
    mounts("two");
    TRY(umount2("m", MNT_DETACH));
    TRY(umount2("m", MNT_FORCE));
    TRY(umount2("m", 0));
    mounts("none");
}
static void elsewhere(void) {
    tmpfs("m");
    int fd = must(open("m", O_PATH | O_CLOEXEC)), home = here();
    must(unshare(CLONE_NEWNS));
    must(chdir(world));
    show("of another namespace", umount2(format_path("/proc/self/fd/%d", fd), 0));
    show("of another namespace, detach", umount2(format_path("/proc/self/fd/%d", fd), MNT_DETACH));
    show("of another namespace, expire and force", umount2(format_path("/proc/self/fd/%d", fd), MNT_EXPIRE | MNT_FORCE));
    enter(home);
    show("by the descriptor's link", umount2(format_path("/proc/self/fd/%d", fd), 0));
    show("by the descriptor's link, detach", umount2(format_path("/proc/self/fd/%d", fd), MNT_DETACH));
    show("again", umount2(format_path("/proc/self/fd/%d", fd), MNT_DETACH));
    close(fd);
    close(home);
}
/// Locks are told before the privilege for FORCE, which is needed over the file system's own user namespace.
static void forced(void) {
    tmpfs("m");
    dir("within");
    TRY(umount2("m", MNT_FORCE));
    tmpfs("m");
    pid_t inner = hold(CLONE_NEWUSER | CLONE_NEWNS);
    IN(inner) {
        say("in a further user namespace:");
        TRY(umount2("m", 0));
        TRY(umount2("m", MNT_FORCE));
        TRY(umount2("m", MNT_EXPIRE | MNT_FORCE));
        TRY(umount2("m", MNT_DETACH));
        TRY(umount2("m", 16));
        bind_to("m", "within");
        TRY(umount2("within", MNT_FORCE));
        TRY(umount2("within", MNT_EXPIRE | MNT_FORCE));
        TRY(umount2("within", MNT_FORCE | MNT_DETACH));
        TRY(umount2("within", 0));
        tmpfs("within");
        TRY(umount2("within", MNT_FORCE));
        TRY(umount2("/", 0));
        TRY(umount2("/", MNT_DETACH));
        TRY(umount2("/", MNT_FORCE));
    }
    release(inner);
    TRY(umount2("m", 0));
}
/// Without DETACH, umount of the caller's own root is a remount of the file system to read-only.
static void own_root(void) {
    tmpfs("jail");
    dir("jail/f");
    dir("bound");
    CHILD {
        must(chroot("jail"));
        must(chdir("/"));
        say("the root of a chroot:");
        int fd = must(open("/w", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        TRY(umount2("/", 0));
        TRY(umount2("/", MNT_FORCE));
        close(fd);
        TRY(umount2("/", 0));
        TRY(mkdir("/new", 0755));
        TRY(umount2("/", MNT_FORCE));
    }
    mounts("after it");
    TRY(mount(NULL, "jail", NULL, MS_REMOUNT, NULL));
    pid_t inner = hold(CLONE_NEWUSER | CLONE_NEWNS);
    IN(inner) {
        bind_to("jail", "bound");
        must(chroot("bound"));
        must(chdir("/"));
        say("the root of a chroot, of a file system of another user namespace:");
        TRY(umount2("/", 0));
        TRY(umount2("/", MNT_FORCE));
        TRY(umount2("/", MNT_DETACH));
        TRY(umount2("/", 0));
    }
    release(inner);
    CHILD {
        must(chroot("jail"));
        must(chdir("/"));
        say("detached:");
        TRY(umount2("/", MNT_DETACH));
        TRY(mkdir("/new", 0755));
        TRY(umount2("/", 0));
        TRY(umount2("/", MNT_DETACH));
        show_cwd("cwd");
    }
    mounts("without it");
}
static void body(void) {
    dir("plain"); dir("closed"); dir("closed/m");
    file("file");
    must(symlink("loop", "loop"));
    must(symlink("nowhere", "dangling"));
    tmpfs("m");
    dir("m/sub");
    file("m/f");
    must(mount("s", "closed/m", "tmpfs", 0, NULL));
    must(chmod("closed", 0));
    orders();
    CHILD without_capability();
    must(chmod("closed", 0755));
    TRY(umount2("closed/m", 0));
    links();
    stacked();
    elsewhere();
    forced();
    own_root();
}
int main(void) { return in_worlds(0, body); }
