// Rules: mount-is-locked umount-busy umount-expire-flags umount-expire-marked umount-not-mountpoint
// As: root user
// MNT_EXPIRE: a first call marks, a second one takes away what was not used in between.
#include "mounts.h"
#define EXPIRE(path) TRY(umount2(path, MNT_EXPIRE))
static void body(void) {
    struct stat st;
    tmpfs("m");
    file("m/f");
    EXPIRE("m");
    EXPIRE("m");
    EXPIRE("m");
    tmpfs("m");
    EXPIRE("m");
    must(access("m", F_OK));
    say("after access of its root:");
    EXPIRE("m");
    must(lstat("m", &st));
    say("after lstat of its root:");
    EXPIRE("m");
    mounts("the list does not use it");
    EXPIRE("m");
    tmpfs("m");
    EXPIRE("m");
    names(".");
    say("after reading the directory around:");
    EXPIRE("m");
    tmpfs("m");
    file("m/f");
    int fd = must(open("m/f", O_RDONLY | O_CLOEXEC));
    say("in use:");
    EXPIRE("m");
    close(fd);
    say("no longer:");
    EXPIRE("m");
    TRY(umount2("m", MNT_EXPIRE | UMOUNT_NOFOLLOW));
    must(symlink("m", "to-m"));
    tmpfs("m");
    TRY(umount2("to-m", MNT_EXPIRE | UMOUNT_NOFOLLOW));
    TRY(umount2("to-m", MNT_EXPIRE));
    TRY(umount2("m", MNT_EXPIRE | UMOUNT_NOFOLLOW));
    tmpfs("m");
    dir("m/d");
    must(mount("s", "m/d", "tmpfs", 0, NULL));
    say("with a mount within:");
    EXPIRE("m");
    EXPIRE("m/d");
    EXPIRE("m/d");
    EXPIRE("m");
    TRY(umount2("m", 0));
    tmpfs("m");
    EXPIRE("m");
    say("flags that do not go together:");
    TRY(umount2("m", MNT_EXPIRE | MNT_FORCE));
    TRY(umount2("m", MNT_EXPIRE | MNT_DETACH));
    TRY(umount2("m", 0));
    EXPIRE("/");
    CHILD {
        tmpfs("jail");
        must(chroot("jail"));
        must(chdir("/"));
        say("the root of a chroot:");
        EXPIRE("/");
    }
    TRY(umount2("jail", 0));
}
int main(void) { return in_worlds(0, body); }
