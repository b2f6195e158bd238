// Rules:
// As: root user
// The optional fields of mountinfo: their order, and when propagate_from is shown to a reader in a chroot.
#include "mounts.h"
/// The mounts as somebody sees them whose root is `root`, which has a /proc.
static void seen(const char *label, const char *root) {
    CHILD {
        must(chroot(root));
        must(chdir("/"));
        strcpy(world, "/");
        mounts(label);
    }
}
static void body(void) {
    // top > middle > low > bottom, each a shared slave of the one before, the last only a slave.
    dir("middle"); dir("low");
    tmpfs("jail");
    dir("jail/bottom"); dir("jail/top"); dir("jail/middle"); dir("jail/plain");
    bring_proc("jail");
    tmpfs("top");
    make("top", MS_SHARED);
    bind_to("top", "middle");
    make("middle", MS_SLAVE);
    make("middle", MS_SHARED);
    bind_to("middle", "low");
    make("low", MS_SLAVE);
    make("low", MS_SHARED);
    bind_to("low", "jail/bottom");
    make("jail/bottom", MS_SLAVE);
    tmpfs("jail/plain");
    make("jail/plain", MS_UNBINDABLE);
    mounts("from outside");
    seen("no group is in the root", "jail");
    bind_to("top", "jail/top");
    mounts("from outside");
    seen("the furthest is in the root", "jail");
    bind_to("middle", "jail/middle");
    seen("a nearer one is in the root", "jail");
    make("jail/bottom", MS_SHARED);
    seen("shared as well", "jail");
    must(umount2("jail/middle", 0));
    seen("without the nearer one", "jail");
    must(umount2("jail/top", 0));
    dir("jail/low");
    bind_to("low", "jail/low");
    seen("its master is in the root", "jail");
}
int main(void) { return in_worlds(0, body); }
