// Rules: mount-beneath-itself mount-beneath-root mount-into-itself mount-is-locked mount-move-kinds-differ mount-not-mount-root mount-not-permitted mount-unbindable-onto-shared umount-busy
// As: root user
// MOVE_MOUNT_BENEATH: below which mounts another can be put, and what is then on top.
#include "api.h"
#define UNDER(tree, to) move_mount_(tree, "", AT_FDCWD, to, FROM_EMPTY | BENEATH)
static void beneath(void) {
    must(mkdir("a", 0755)); must(mkdir("b", 0755)); must(mkdir("plain", 0755));
    must(mount("top", "a", "tmpfs", 0, NULL));
    make_file("a/top", "", 0644);
    int tree = fs_detached("tmpfs");
    make_file(format_path("/proc/self/fd/%d/below", tree), "", 0644);
    show("a detached one", UNDER(tree, "a"));
    show_mounts("then");
    show("the old one is seen", access("a/top", F_OK));
    show("umount", umount("a"));
    show("the new one is seen", access("a/below", F_OK));
    show("the descriptor is the mount", UNDER(tree, "a"));
    close(tree);
    must(mount("top", "a", "tmpfs", 0, NULL));
    tree = fs_detached("tmpfs");
    show("beneath two", UNDER(tree, "a"));
    show_mounts("then");
    close(tree);
    must(umount("a")); must(umount("a")); must(umount("a"));
    must(mount("top", "a", "tmpfs", 0, NULL));
    must(mount("moved", "b", "tmpfs", 0, NULL));
    say("an attached one");
    show("moved", move_mount_(AT_FDCWD, "b", AT_FDCWD, "a", BENEATH));
    show_mounts("then");
    say("refused");
    tree = fs_detached("tmpfs");
    show("no mount's root", UNDER(tree, "plain"));
    show("/", UNDER(tree, "/"));
    show("missing", UNDER(tree, "missing"));
    show("itself", move_mount_(AT_FDCWD, "a", AT_FDCWD, "a", BENEATH));
    show("the one below", UNDER(must(open_tree_(AT_FDCWD, "a", 0)), "a"));
    must(mkdir("a/in", 0755));
    must(mount("inner", "a/in", "tmpfs", 0, NULL));
    show("a mount below the moved one", move_mount_(AT_FDCWD, "a", AT_FDCWD, "a/in", BENEATH));
    show("a mount beneath its parent", move_mount_(AT_FDCWD, "a/in", AT_FDCWD, "a", BENEATH));
    make_file("file", "", 0644); make_file("second", "", 0644);
    must(mount("second", "file", NULL, MS_BIND, NULL));
    show("a directory beneath a file", UNDER(tree, "file"));
    show("a file beneath a file", UNDER(must(open_tree_(AT_FDCWD, "second", TREE_CLONE)), "file"));
    show("a chrooted caller's root", ({ long result = 0; CHILD { must(chroot("a")); must(chdir("/")); show("  of the root", UNDER(tree, "/")); } result; }));
    show("the working directory's mount", UNDER(tree, "."));
    show_mounts("then");
    must(mount("fresh", "b", "tmpfs", 0, NULL));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        show("beneath a locked mount", UNDER(fs_detached("tmpfs"), "b"));
        must(mount("own", "b", "tmpfs", 0, NULL));
        show("beneath an own one on a locked one", UNDER(fs_detached("tmpfs"), "b"));
        show("umount", umount("b"));
        show("umount", umount("b"));
        show("umount", umount("b"));
    }
    say("propagation");
    must(mkdir("shared", 0755));
    must(mount("parent", "shared", "tmpfs", 0, NULL));
    must(mkdir("shared/at", 0755));
    must(mount("top", "shared/at", "tmpfs", 0, NULL));
    must(mount(NULL, "shared", NULL, MS_SHARED, NULL));
    must(mkdir("peer", 0755));
    must(mount("shared", "peer", NULL, MS_BIND, NULL));
    show("the parent is shared", UNDER(fs_detached("tmpfs"), "shared/at"));
    show_mounts("then");
    int unbindable = fs_detached("tmpfs");
    must(mount_setattr_(unbindable, "", EMPTY, ATTR(.propagation = MS_UNBINDABLE)));
    show("an unbindable one", UNDER(unbindable, "shared/at"));
    CHILD { drop_cap(CAP_SYS_ADMIN); show("without CAP_SYS_ADMIN", UNDER(tree, "a")); }
}
int main(void) { as_each(0, beneath); return 0; }
