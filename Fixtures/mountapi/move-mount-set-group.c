// Rules: mount-flags-combination mount-group-not-private mount-group-of-private mount-group-other-part mount-not-mount-root mount-not-permitted
// As: root user
// MOVE_MOUNT_SET_GROUP: which mounts may join another's peer group, and what they are then.
#include "api.h"
#define GROUP(from, to) move_mount_(AT_FDCWD, from, AT_FDCWD, to, SET_GROUP)
static void bound(const char *from, const char *to) {
    must(mkdir(to, 0755));
    must(mount(from, to, NULL, MS_BIND, NULL));
    must(mount(NULL, to, NULL, MS_PRIVATE, NULL));
}
static void groups(void) {
    must(mkdir("one", 0755));
    must(mount("x", "one", "tmpfs", 0, NULL));
    must(mkdir("one/sub", 0755)); must(mkdir("one/sub/deep", 0755));
    bound("one", "two"); bound("one/sub", "part"); bound("one", "slave"); bound("one", "third");
    must(mkdir("different", 0755));
    must(mount("y", "different", "tmpfs", 0, NULL));
    show("from a private one", GROUP("one", "two"));
    must(mount(NULL, "one", NULL, MS_SHARED, NULL));
    show("from a shared one", GROUP("one", "two"));
    show_mounts("then");
    show("to one that is shared already", GROUP("one", "two"));
    show("another file system", GROUP("one", "different"));
    show("a part", GROUP("one", "part"));
    show_mounts("then");
    say("the root has to be within");
    must(mount(NULL, "part", NULL, MS_PRIVATE, NULL));
    must(mount(NULL, "part", NULL, MS_SHARED, NULL));
    show("from a part to the whole", GROUP("part", "third"));
    show("from a part to a part of it", ({ bound("one/sub/deep", "deep"); GROUP("part", "deep"); }));
    say("slaves");
    must(mount("one", "slave", NULL, MS_BIND, NULL));
    must(mount(NULL, "slave", NULL, MS_SLAVE, NULL));
    show("from a slave", GROUP("slave", "third"));
    show_mounts("then");
    must(mount(NULL, "slave", NULL, MS_SHARED, NULL));
    must(mount(NULL, "third", NULL, MS_PRIVATE, NULL));
    show("from a shared slave", GROUP("slave", "third"));
    must(mount(NULL, "deep", NULL, MS_PRIVATE, NULL));
    must(mount(NULL, "deep", NULL, MS_UNBINDABLE, NULL));
    show("to an unbindable one", GROUP("one", "deep"));
    show_mounts("then");
    say("refused");
    must(mount(NULL, "third", NULL, MS_PRIVATE, NULL));
    show("from no mount's root", GROUP("one/sub", "third"));
    show("to no mount's root", GROUP("one", "third/sub"));
    show("missing", GROUP("missing", "third"));
    show("to missing", GROUP("one", "missing"));
    show("itself", GROUP("one", "one"));
    show("with beneath", move_mount_(AT_FDCWD, "one", AT_FDCWD, "third", SET_GROUP | BENEATH));
    show("by descriptors", move_mount_(must(open("one", O_PATH)), "", must(open("third", O_PATH)), "", SET_GROUP | FROM_EMPTY | TO_EMPTY));
    must(mount(NULL, "third", NULL, MS_PRIVATE, NULL));
    say("detached trees");
    int tree = must(open_tree_(AT_FDCWD, "two", TREE_CLONE));
    must(mount_setattr_(tree, "", EMPTY, ATTR(.propagation = MS_PRIVATE)));
    show("to a detached one", move_mount_(AT_FDCWD, "one", tree, "", SET_GROUP | TO_EMPTY));
    int source = must(open_tree_(AT_FDCWD, "two", TREE_CLONE));
    show("from a detached one", move_mount_(source, "", AT_FDCWD, "third", SET_GROUP | FROM_EMPTY));
    show_mounts("then");
    CHILD { drop_cap(CAP_SYS_ADMIN); show("without CAP_SYS_ADMIN", GROUP("missing", "third")); }
    say("events reach the new member");
    must(mount(NULL, "third", NULL, MS_PRIVATE, NULL));
    must(GROUP("one", "third"));
    must(mount("z", "one/sub", "tmpfs", 0, NULL));
    yes("third/sub is a mount", mount_statx(AT_FDCWD, "third/sub", 0, 0).is_root);
}
int main(void) { as_each(0, groups); return 0; }
