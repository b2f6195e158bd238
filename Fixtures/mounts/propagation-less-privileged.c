// Rules: mount-flags-locked mount-is-locked mount-locked-children umount-busy
// As: root user
// Mount namespaces of another owner: what is shared becomes a slave, what arrives is locked, nothing goes back.
#include "mounts.h"
static void body(void) {
    tmpfs("shared");
    make("shared", MS_SHARED);
    dir("shared/at"); dir("shared/at2"); dir("shared/at3"); dir("slave"); dir("both");
    bind_to("shared", "slave");
    make("slave", MS_SLAVE);
    bind_to("shared", "both");
    make("both", MS_SLAVE);
    make("both", MS_SHARED);
    tmpfs("private");
    tmpfs("unbindable");
    make("unbindable", MS_UNBINDABLE);
    pid_t same = hold(CLONE_NEWNS), less = hold(CLONE_NEWUSER | CLONE_NEWNS);
    mounts("here");
    more_mounts_of("a copy of the same owner", same);
    more_mounts_of("a copy of another owner", less);
    // A mount arrives, with its flags locked; a tree arrives as one.
    must(mount("new", "shared/at", "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, NULL));
    tmpfs("tree");
    tmpfs("tree/inner");
    must(mount("tree", "shared/at2", NULL, MS_BIND | MS_REC, NULL));
    mounts("here");
    more_mounts_of("there", less);
    IN(less) {
        TRY(mount(NULL, "shared/at", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, NULL));
        TRY(mount(NULL, "shared/at", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL));
        TRY(mount(NULL, "shared/at", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOATIME, NULL));
        TRY(mount(NULL, "shared/at", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
        TRY(umount2("shared/at2/inner", 0));
        TRY(umount2("shared/at2/inner", MNT_DETACH));
        TRY(mount("shared/at2/inner", "private", NULL, MS_MOVE, NULL));
        TRY(mount("shared/at2", "private", NULL, MS_BIND, NULL));
        TRY(umount2("shared/at2", 0));
        TRY(umount2("shared/at2", MNT_DETACH));
        TRY(umount2("shared/at", 0));
        TRY(umount2("private", 0));
        TRY(umount2("shared", 0));
        mounts("what may be taken away was");
    }
    must(umount2("shared/at2", MNT_DETACH));
    must(umount2("shared/at", 0));
    must(mount("again", "shared/at", "tmpfs", 0, NULL));
    mounts("here");
    more_mounts_of("there", less);
    must(umount2("shared/at", 0));
    more_mounts_of("there, after the sender's umount", less);
    // Nothing flows back.
    IN(less) {
        TRY(mount("inside", "shared/at3", "tmpfs", 0, NULL));
        TRY(mount("inside", "both/at3", "tmpfs", 0, NULL));
    }
    mounts("here");
    more_mounts_of("there", less);
    more_mounts_of("the copy of the same owner", same);
    IN(less) {
        TRY(umount2("shared/at3", 0));
        TRY(umount2("both/at3", 0));
        TRY(mount(NULL, "shared", NULL, MS_SHARED, NULL));
        TRY(mount(NULL, "slave", NULL, MS_PRIVATE, NULL));
        TRY(mount(NULL, "both", NULL, MS_UNBINDABLE, NULL));
    }
    must(mount("last", "shared/at", "tmpfs", 0, NULL));
    mounts("here");
    more_mounts_of("shared, cut off and unbindable there", less);
    // A grandchild.
    pid_t further = 0;
    IN(less) {
        further = hold(CLONE_NEWUSER | CLONE_NEWNS);
        more_mounts_of("further down", further);
        release(further);
    }
    release(less);
    release(same);
}
int main(void) { return in_worlds(0, body); }
