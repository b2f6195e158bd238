// Rules: mount-beneath-covered mount-beneath-peers mount-beneath-root umount-not-mountpoint
// As: root user
// MOVE_MOUNT_BENEATH where a copy would come to sit on what stays on top or on what is moved, and of what is covered.
#include "api.h"
#define UNDER(tree, to) move_mount_(tree, "", AT_FDCWD, to, FROM_EMPTY | BENEATH)
/// A new shared tmpfs on "p", with a directory "at".
static void begin(void) {
    umount2("p", MNT_DETACH);
    must(mount("parent", "p", "tmpfs", 0, NULL));
    must(mkdir("p/at", 0755));
    must(mount(NULL, "p", NULL, MS_SHARED, NULL));
}
static void peers(void) {
    must(mkdir("p", 0755)); must(mkdir("q", 0755)); must(mkdir("c", 0755));
    begin();
    say("the one on top shows the place itself");
    must(mount("p/at", "p/at", NULL, MS_BIND, NULL));
    show("a peer", UNDER(fs_detached("tmpfs"), "p/at"));
    must(mount(NULL, "p/at", NULL, MS_SLAVE, NULL));
    show("a slave", UNDER(fs_detached("tmpfs"), "p/at"));
    must(mount(NULL, "p/at", NULL, MS_PRIVATE, NULL));
    show("a private one", UNDER(fs_detached("tmpfs"), "p/at"));
    show_mounts("then");
    begin();
    say("it shows another part");
    must(mount("p", "p/at", NULL, MS_BIND, NULL));
    show("a peer of all of it", UNDER(fs_detached("tmpfs"), "p/at"));
    show_mounts("then");
    begin();
    say("what is moved shows the place itself");
    must(mount("top", "p/at", "tmpfs", 0, NULL));
    int copy = must(open_tree_(AT_FDCWD, "p", TREE_CLONE));
    must(attach(copy, "c"));
    must(mount("c/at", "q", NULL, MS_BIND, NULL));
    show("attached", move_mount_(AT_FDCWD, "q", AT_FDCWD, "p/at", BENEATH));
    show("detached", UNDER(must(open_tree_(AT_FDCWD, "q", TREE_CLONE)), "p/at"));
    must(umount2("c", MNT_DETACH)); must(umount2("p", MNT_DETACH));
    must(mount("top", "p", "tmpfs", 0, NULL));
    say("covered");
    int tree = fs_detached("tmpfs");
    show("one on its root", move_mount_(fs_detached("tmpfs"), "", tree, "", FROM_EMPTY | TO_EMPTY));
    show("the covered one", UNDER(tree, "p"));
    say("below the root");
    CHILD { must(chroot("p")); must(chdir("/")); show("the root", UNDER(tree, "/")); }
}
int main(void) { as_each(0, peers); return 0; }
