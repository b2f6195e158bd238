// Rules: idmap-already idmap-attached idmap-cleared idmap-initial idmap-of-file-system mount-flags-combination mount-not-mount-root mount-not-permitted mount-unknown-flags
// As: root user
// open_tree_attr: attributes of the copy or of the mount itself, and maps that a copy may change.
#include "api.h"
#define TREE(path, flags, ...) open_tree_attr_(AT_FDCWD, path, flags, ATTR(__VA_ARGS__))
static void trees(void) {
    must(mkdir("d", 0755)); must(mkdir("e", 0755)); must(mkdir("plain", 0755)); must(mkdir("d.", 0755));
    must(mount("x", "d", "tmpfs", MS_NOSUID, NULL));
    must(mkdir("d/in", 0755));
    must(mount("y", "d/in", "tmpfs", 0, NULL));
    say("arguments");
    ok("no structure", open_tree_attr_(AT_FDCWD, "d", 0, NULL, 0));
    ok("no structure, a copy", open_tree_attr_(AT_FDCWD, "d", TREE_CLONE, NULL, 0));
    show("no structure, a size", open_tree_attr_(AT_FDCWD, "d", 0, NULL, 32));
    show("a structure, no size", open_tree_attr_(AT_FDCWD, "d", 0, &(struct attr){0}, 0));
    show("size 31", open_tree_attr_(AT_FDCWD, "d", 0, &(struct attr){0}, 31));
    show("size 4097", open_tree_attr_(AT_FDCWD, "d", 0, (char[4097]){0}, 4097));
    show("bad structure", open_tree_attr_(AT_FDCWD, "d", 0, (void *)8, 32));
    show("bad flags", TREE("missing", 2, .set = A_RDONLY));
    show("recursive without a copy", TREE("d", RECURSIVE, .set = A_RDONLY));
    show("bad bits, missing", TREE("missing", 0, .set = 0x100));
    show("missing", TREE("missing", 0, .set = A_RDONLY));
    ok("nothing to do", TREE("d", 0, 0));
    show("nothing to do, missing", TREE("missing", 0, 0));
    show("no mount's root", TREE("plain", 0, .set = A_RDONLY));
    ok("no mount's root, a copy", TREE("plain", TREE_CLONE, .set = A_RDONLY));
    ok("close-on-exec", fcntl(must(TREE("d", TREE_CLONE | TREE_CLOEXEC, .set = A_RDONLY)), F_GETFD) == 1 ? 0 : -1);
    CHILD {
        drop_cap(CAP_SYS_ADMIN);
        say("without CAP_SYS_ADMIN");
        ok("no structure", open_tree_attr_(AT_FDCWD, "d", 0, NULL, 0));
        show("no structure, a copy", open_tree_attr_(AT_FDCWD, "d", TREE_CLONE, NULL, 0));
        show("a structure", TREE("d", 0, .set = A_RDONLY));
        show("nothing to do", TREE("d", 0, 0));
        show("bad flags", TREE("missing", 2, .set = A_RDONLY));
    }
    say("a copy");
    int copy = ok("copy", TREE("d", TREE_CLONE, .set = A_RDONLY | A_NODEV, .clear = A_NOSUID));
    show_mount("d");
    show("attach", attach(copy, "e"));
    show_mounts("with its own");
    close(copy);
    must(umount("e"));
    copy = ok("recursive copy", TREE("d", TREE_CLONE | RECURSIVE, .set = A_NOEXEC, .propagation = MS_SHARED));
    show("attach", attach(copy, "e"));
    show_mounts("with its own");
    close(copy);
    must(umount2("e", MNT_DETACH));
    say("the mount itself");
    ok("without a copy", TREE("d", 0, .set = A_NODEV));
    show_mount("d");
    say("maps");
    int first = userns_with("0 0 1", "0 0 1"), second = userns_with("0 0 1", "0 0 1"), own = must(ns_open(0, "user"));
    must(umount("d/in"));
    copy = ok("a copy with a map", TREE("d", TREE_CLONE, .set = A_IDMAP, .userns_fd = first));
    if (copy == -1) return;
    show("attach", attach(copy, "e"));
    show_mounts("idmapped");
    ok("a copy of it with another map", TREE("e", TREE_CLONE, .set = A_IDMAP, .userns_fd = second));
    copy = ok("a copy without the map", TREE("e", TREE_CLONE, .clear = A_IDMAP));
    must(mkdir("f", 0755));
    show("attach", attach(copy, "f"));
    show_mount("f");
    ok("both", TREE("e", TREE_CLONE, .set = A_IDMAP, .clear = A_IDMAP, .userns_fd = second));
    copy = ok("a copy as it is", open_tree_(AT_FDCWD, "e", TREE_CLONE));
    must(mkdir("g", 0755));
    show("attach", attach(copy, "g"));
    show_mount("g");
    must(mkdir("h", 0755));
    must(mount("e", "h", NULL, MS_BIND, NULL));
    show_mount("h");
    show("without a copy, idmapped", TREE("e", 0, .set = A_IDMAP, .userns_fd = second));
    show("without a copy, plain", TREE("d", 0, .set = A_IDMAP, .userns_fd = second));
    show("without a copy, cleared", TREE("e", 0, .clear = A_IDMAP));
    show("mount_setattr clears", mount_setattr_(AT_FDCWD, "e", 0, ATTR(.clear = A_IDMAP)));
    ok("cleared where there is none", TREE("d", TREE_CLONE, .clear = A_IDMAP));
    show("own namespace", TREE("d", TREE_CLONE, .set = A_IDMAP, .userns_fd = own));
}
int main(void) { as_each(0, trees); return 0; }
