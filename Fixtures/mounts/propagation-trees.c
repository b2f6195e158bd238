// Rules: mount-parent-shared umount-busy umount-not-mountpoint
// As: root user
// Who receives a mount and an umount: peers, slaves, their slaves, parts of the tree, and places that are taken.
#include "mounts.h"
static void receivers(void) {
    // m with a peer; slaves of it; a slave that is shared, with a slave of its own.
    tmpfs("m");
    make("m", MS_SHARED);
    dir("m/at"); dir("m/sub"); dir("m/sub/deep");
    dir("peer"); dir("slave"); dir("both"); dir("below");
    bind_to("m", "peer");
    bind_to("m", "slave");
    make("slave", MS_SLAVE);
    bind_to("m", "both");
    make("both", MS_SLAVE);
    make("both", MS_SHARED);
    bind_to("both", "below");
    make("below", MS_SLAVE);
    mounts("before");
    TRY(mount("new", "m/at", "tmpfs", 0, "mode=755"));
    mounts("a mount in a group with slaves");
    TRY(umount2("m/at", 0));
    mounts("taken away");
    TRY(mount("new", "peer/at", "tmpfs", 0, NULL));
    TRY(umount2("m/at", 0));
    TRY(mount("new", "slave/at", "tmpfs", 0, NULL));
    mounts("a mount in a slave");
    TRY(umount2("slave/at", 0));
    TRY(mount("new", "both/at", "tmpfs", 0, NULL));
    mounts("a mount in the middle");
    TRY(umount2("below/at", 0));
    mounts("the slave's copy taken away by itself");
    TRY(umount2("both/at", 0));
    TRY(umount2("below", 0)); TRY(umount2("both", 0)); TRY(umount2("slave", 0)); TRY(umount2("peer", 0));
}
static void parts(void) {
    dir("part");
    bind_to("m/sub", "part");
    mounts("a part of it is a peer");
    TRY(mount("outside", "m/at", "tmpfs", 0, NULL));
    TRY(mount("deep", "m/sub/deep", "tmpfs", 0, NULL));
    mounts("outside and inside the part");
    TRY(umount2("part/deep", 0));
    TRY(umount2("m/at", 0));
    TRY(mount("on the part", "part", "tmpfs", 0, NULL));
    mounts("on the part's root");
    TRY(umount2("part", 0));
    TRY(mount("on all", "m", "tmpfs", 0, NULL));
    mounts("on the whole's root");
    TRY(umount2("m", 0));
    TRY(umount2("part", 0));
}
static void beneath(void) {
    dir("peer2");
    bind_to("m", "peer2");
    make("peer2", MS_SLAVE);
    TRY(mount("own", "peer2/at", "tmpfs", 0, "mode=755"));
    TRY(mount("from the master", "m/at", "tmpfs", 0, "mode=755"));
    mounts("the copy is beneath what the slave has");
    file("m/at/mark");
    names("peer2/at");
    TRY(umount2("m/at", 0));
    mounts("the master takes it away");
    TRY(mount("from the master", "m/at", "tmpfs", 0, "mode=755"));
    TRY(umount2("peer2/at", 0));
    mounts("the slave takes its own away");
    TRY(mount("again on top", "peer2/at", "tmpfs", 0, NULL));
    mounts("and mounts again");
    TRY(umount2("m/at", 0));
    mounts("the master takes the lower one away");
    TRY(umount2("peer2/at", 0));
    // A mount inside the copy keeps it.
    TRY(mount("from the master", "m/at", "tmpfs", 0, "mode=755"));
    dir("m/at/in");
    TRY(mount("inside", "peer2/at/in", "tmpfs", 0, NULL));
    TRY(umount2("m/at", 0));
    mounts("what has a mount inside stays");
    TRY(umount2("peer2/at/in", 0));
    TRY(umount2("peer2/at", 0));
    // Detached with what is below.
    TRY(mount("from the master", "m/at", "tmpfs", 0, "mode=755"));
    dir("m/at/in");
    TRY(mount("inner", "m/at/in", "tmpfs", 0, NULL));
    TRY(umount2("m/at", 0));
    TRY(umount2("m/at", MNT_DETACH));
    mounts("detached");
    TRY(umount2("peer2", MNT_DETACH));
}
static void peers_take_places(void) {
    dir("p");
    bind_to("m", "p");
    TRY(mount("one", "m/at", "tmpfs", 0, "mode=755"));
    TRY(mount("two", "p/at", "tmpfs", 0, "mode=755"));
    mounts("two in one place");
    TRY(umount2("m/at", 0));
    mounts("the upper one taken away");
    TRY(umount2("p/at", 0));
    // A private copy at the peer has no part in the first one's end.
    TRY(mount("one", "m/at", "tmpfs", 0, NULL));
    make("p/at", MS_PRIVATE);
    TRY(umount2("m/at", 0));
    mounts("a copy that was made private");
    TRY(umount2("p", 0));
}
static void into_itself(void) {
    dir("m/self"); dir("m/self2");
    TRY(mount("m", "m/self", NULL, MS_BIND, NULL));
    mounts("a shared mount bound into itself");
    TRY(umount2("m/self", 0));
    dir("q");
    bind_to("m", "q");
    TRY(mount("q", "m/self", NULL, MS_BIND, NULL));
    mounts("a peer bound into its peer");
    TRY(umount2("q/self", 0));
    TRY(mount("m", "m/self", NULL, MS_BIND | MS_REC, NULL));
    TRY(mount("m", "m/self2", NULL, MS_BIND | MS_REC, NULL));
    mounts("recursively, twice");
    TRY(umount2("m/self2", MNT_DETACH));
    TRY(umount2("m/self", MNT_DETACH));
    mounts("and away");
    TRY(umount2("q", 0));
}
static void moves(void) {
    dir("r");
    tmpfs("tree");
    tmpfs("tree/a");
    bind_to("m", "r");
    make("r", MS_SLAVE);
    TRY(mount("tree", "m/at", NULL, MS_MOVE, NULL));
    mounts("a tree moved in");
    TRY(mount("m/at/a", "r", NULL, MS_MOVE, NULL));
    TRY(mount("r/at/a", "tree", NULL, MS_MOVE, NULL));
    mounts("a slave's copy moved out");
    TRY(umount2("m/at", MNT_DETACH));
    mounts("the tree taken away");
}
static void body(void) {
    receivers();
    parts();
    beneath();
    peers_take_places();
    into_itself();
    moves();
}
int main(void) { return in_worlds(0, body); }
