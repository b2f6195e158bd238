// Rules: mount-attribute-bits mount-flags-locked mount-is-locked mount-locked-children mount-move-kinds-differ mount-not-mount-root mount-option-unknown mount-type-not-permitted mount-unbindable mount-unbindable-locked remount-not-permitted umount-busy
// As: root user
// What a mount namespace of another owner may not do with the mounts that it was given.
#include "mounts.h"
#define REMOUNT(path, flags) show("bind-remount of " path ": " #flags, mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | (flags), NULL))
#define SB(path, flags, data) show("remount of " path ": " #flags ", " #data, mount(NULL, path, NULL, MS_REMOUNT | (flags), data))
#define ALL (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
static void flags_within(void) {
    say("a mount with ro, nosuid, nodev, noexec, nosymfollow:");
    REMOUNT("all", ALL | MS_NOSYMFOLLOW);
    REMOUNT("all", MS_NOSUID | MS_NODEV | MS_NOEXEC);
    REMOUNT("all", MS_RDONLY | MS_NODEV | MS_NOEXEC);
    REMOUNT("all", MS_RDONLY | MS_NOSUID | MS_NOEXEC);
    REMOUNT("all", MS_RDONLY | MS_NOSUID | MS_NODEV);
    REMOUNT("all", 0);
    REMOUNT("all", ALL);
    REMOUNT("all", ALL | MS_NOATIME);
    REMOUNT("all", ALL | MS_NODIRATIME);
    REMOUNT("all", ALL | MS_STRICTATIME);
    REMOUNT("all", ALL | MS_RELATIME);
    REMOUNT("all", ALL | MS_RELATIME | MS_NODIRATIME);
    show_flags("all", "all");
    TRY(set_attributes("all", 0, 0, MOUNT_ATTR_RDONLY, 0));
    TRY(set_attributes("all", 0, 0, MOUNT_ATTR_NOSUID, 0));
    TRY(set_attributes("all", 0, 0, MOUNT_ATTR_NODEV, 0));
    TRY(set_attributes("all", 0, 0, MOUNT_ATTR_NOEXEC, 0));
    TRY(set_attributes("all", 0, MOUNT_ATTR_NOSYMFOLLOW, 0, 0));
    TRY(set_attributes("all", 0, 0, MOUNT_ATTR_NOSYMFOLLOW, 0));
    TRY(set_attributes("all", 0, 0, MOUNT_ATTR__ATIME, 0));
    TRY(set_attributes("all", 0, MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME, 0));
    TRY(set_attributes("all", 0, MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0));
    TRY(set_attributes("all", 0, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, 0));
    TRY(set_attributes("all", 0, MOUNT_ATTR_NODIRATIME, 0, 0));
    TRY(set_attributes("all", 0, MOUNT_ATTR_RDONLY, 0, 0));
    show_flags("all", "all");
    say("a mount with noatime, nodiratime:");
    REMOUNT("times", 0);
    REMOUNT("times", MS_NOATIME);
    REMOUNT("times", MS_NOATIME | MS_NODIRATIME);
    REMOUNT("times", MS_RELATIME);
    REMOUNT("times", MS_STRICTATIME);
    TRY(set_attributes("times", 0, MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0));
    TRY(set_attributes("times", 0, 0, MOUNT_ATTR_NODIRATIME, 0));
    show_flags("times", "times");
    say("a plain mount:");
    REMOUNT("plain", ALL | MS_NOSYMFOLLOW);
    REMOUNT("plain", 0);
    TRY(set_attributes("plain", 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0, 0));
    TRY(set_attributes("plain", 0, 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0));
    TRY(mount(NULL, "plain", NULL, MS_SHARED, NULL));
    TRY(mount(NULL, "plain", NULL, MS_PRIVATE, NULL));
}
static void file_systems_within(void) {
    say("remounts of inherited file systems:");
    SB("plain/sub", 0, NULL);
    SB("all", 0, NULL);
    SB("all", 0, "nonsense");
    SB("all", ALL, "nonsense");
    SB("all", ALL, NULL);
    SB("plain", 0, NULL);
    SB("plain", MS_RDONLY, "size=1m");
    SB("plain", 0, "nonsense");
    SB("plain", MS_NOATIME, "nonsense");
    say("orders of mount_setattr:");
    TRY(set_attributes("plain/sub", 0, 1ULL << 40, 0, 0));
    TRY(set_attributes("plain/sub", 0, 0, MOUNT_ATTR_NOSUID, 0));
    TRY(set_attributes("all", 0, 1ULL << 40, MOUNT_ATTR_NOSUID, 0));
    TRY(set_attributes("tree", AT_RECURSIVE, 0, MOUNT_ATTR_NOSUID, 0));
    TRY(set_attributes("tree", AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, 0));
    TRY(set_attributes("tree", AT_RECURSIVE, 0, MOUNT_ATTR_RDONLY, 0));
    TRY(set_attributes("tree", 0, 0, MOUNT_ATTR_NOSUID, 0));
}
static void places_within(void) {
    say("away from their places:");
    TRY(umount2("all", 0));
    TRY(umount2("all", MNT_DETACH));
    TRY(umount2("tree/inner", 0));
    TRY(mount("all", "free", NULL, MS_MOVE, NULL));
    TRY(mount("all", "missing", NULL, MS_MOVE, NULL));
    TRY(mount("all", "file", NULL, MS_MOVE, NULL));
    show("move_mount", syscall(SYS_move_mount, AT_FDCWD, "all", AT_FDCWD, "free", 0));
    TRY(pivot("all", "all"));
    say("copies:");
    TRY(mount("all", "free", NULL, MS_BIND, NULL));
    REMOUNT("free", 0);
    REMOUNT("free", ALL);
    TRY(umount2("free", 0));
    TRY(mount("tree", "free", NULL, MS_BIND, NULL));
    TRY(mount("tree/covers-nothing", "free", NULL, MS_BIND, NULL));
    TRY(umount2("free", 0));
    TRY(mount("tree", "free", NULL, MS_BIND | MS_REC, NULL));
    TRY(umount2("free/inner", 0));
    TRY(umount2("free/inner", MNT_DETACH));
    TRY(mount("free/inner", "free", NULL, MS_MOVE, NULL));
    TRY(umount2("free", 0));
    TRY(umount2("free", MNT_DETACH));
    TRY(clone_tree("tree", 0));
    int fd = TRY_OK(clone_tree("tree", AT_RECURSIVE));
    if (fd != -1) close(fd);
    say("over them and below:");
    TRY(mount("over", "all", "tmpfs", 0, "mode=755"));
    TRY(umount2("all", 0));
    TRY(umount2("all", 0));
    TRY(mount("below", "plain/sub", "tmpfs", 0, "mode=755"));
    TRY(umount2("plain/sub", 0));
    TRY(mount("below", "tree/inner", "tmpfs", 0, "mode=755"));
    TRY(mount("tree", "free", NULL, MS_BIND | MS_REC, NULL));
    TRY(umount2("free/inner", 0));
    TRY(umount2("free", MNT_DETACH));
    TRY(umount2("tree/inner", 0));
    TRY(umount2("tree/inner", 0));
}
static void root_within(void) {
    say("the root itself:");
    TRY(umount2("/", 0));
    TRY(umount2("/", MNT_DETACH));
    TRY(mount("/", "free", NULL, MS_MOVE, NULL));
    TRY(pivot("/", "/"));
    TRY(pivot("/", "free"));
    TRY(mount(NULL, "/", NULL, MS_SLAVE, NULL));
    TRY(mount(NULL, "/", NULL, MS_SHARED, NULL));
    TRY(mount(NULL, "/", NULL, MS_UNBINDABLE, NULL));
    TRY(mount("/", "free", NULL, MS_BIND, NULL));
    TRY(mount("/", "free", NULL, MS_BIND | MS_REC, NULL));
    TRY(mount(NULL, "/", NULL, MS_PRIVATE, NULL));
}
static void unbindable_within(void) {
    say("an unbindable one below:");
    TRY(mount(NULL, "tree/inner", NULL, MS_UNBINDABLE, NULL));
    TRY(mount("tree/inner", "free", NULL, MS_BIND, NULL));
    TRY(mount("tree", "free", NULL, MS_BIND, NULL));
    TRY(mount("tree", "free", NULL, MS_BIND | MS_REC, NULL));
    TRY(mount(".", "free", NULL, MS_BIND | MS_REC, NULL));
    TRY(clone_tree("tree", 0));
    TRY(clone_tree("tree", AT_RECURSIVE));
    TRY(mount("tree", "free", NULL, MS_MOVE, NULL));
    CHILD TRY(unshare(CLONE_NEWNS));
    // One that this namespace has made is left out.
    tmpfs("tree/own");
    must(mount(NULL, "tree/own", NULL, MS_UNBINDABLE, NULL));
    TRY(mount("tree", "free", NULL, MS_BIND | MS_REC, NULL));
    TRY(mount(NULL, "tree/inner", NULL, MS_PRIVATE, NULL));
    TRY(mount("tree", "free", NULL, MS_BIND | MS_REC, NULL));
    mounts("without what is unbindable");
    TRY(umount2("free", MNT_DETACH));
    TRY(umount2("tree/own", 0));
}
static void body(void) {
    dir("free");
    file("file");
    tmpfs("plain");
    dir("plain/sub");
    must(mount("all", (dir("all"), "all"), "tmpfs", ALL | MS_NOSYMFOLLOW, NULL));
    must(mount("times", (dir("times"), "times"), "tmpfs", MS_NOATIME | MS_NODIRATIME, NULL));
    tmpfs("tree");
    dir("tree/covers-nothing");
    
    tmpfs("tree/inner");
    must(mount(NULL, "tree/inner", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
    pid_t inner = hold(CLONE_NEWUSER | CLONE_NEWNS);
    IN(inner) flags_within();
    IN(inner) file_systems_within();
    IN(inner) places_within();
    IN(inner) root_within();
    IN(inner) unbindable_within();
    IN(inner) mounts("in the end");
    // A second copy with the same owner locks nothing; a grandchild's owner locks what the child made.
    IN(inner) {
        must(mount("own", "free", "tmpfs", MS_NOSUID, "mode=755"));
        CHILD {
            must(unshare(CLONE_NEWNS));
            must(chdir(world));
            say("a second copy in the same user namespace:");
            REMOUNT("free", 0);
            REMOUNT("all", 0);
            TRY(umount2("free", 0));
            TRY(umount2("all", 0));
        }
        pid_t further = hold(CLONE_NEWUSER | CLONE_NEWNS);
        IN(further) {
            say("in a grandchild:");
            REMOUNT("free", 0);
            REMOUNT("free", MS_NOSUID | MS_NODEV);
            TRY(umount2("free", 0));
            TRY(umount2("free", MNT_DETACH));
            TRY(mount("own", "free", "tmpfs", 0, NULL));
            TRY(umount2("free", 0));
        }
        release(further);
    }
    // The locks are in the mounts: the outer root has them too, when it has joined.
    CHILD {
        must(setns(must(ns_open(inner, "mnt")), CLONE_NEWNS));
        must(chdir(world));
        say("the outer root in there:");
        REMOUNT("all", 0);
        TRY(umount2("all", 0));
        TRY(mount("all", "plain", NULL, MS_MOVE, NULL));
        SB("plain", 0, "size=1m");
        TRY(umount2("free", 0));
        TRY(mount("new", "free", "tmpfs", 0, NULL));
        TRY(mount("new", "free", "devtmpfs", 0, NULL));
        TRY(umount2("free", 0));
    }
    release(inner);
    say("at home:");
    REMOUNT("all", 0);
    TRY(umount2("all", 0));
    TRY(umount2("tree/inner", 0));
}
int main(void) { return in_worlds(0, body); }
