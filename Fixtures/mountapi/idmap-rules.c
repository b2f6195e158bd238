// Rules: idmap-already idmap-attached idmap-cleared idmap-file-system-not-permitted idmap-incomplete idmap-initial idmap-not-permitted idmap-not-user-namespace idmap-of-file-system idmap-unsupported mount-not-mount-root mount-not-permitted mount-type-not-permitted mount-writers
// As: root user
// Idmapped mounts: which user namespaces give maps, who may set them on what, and which refusal comes first.
#include "api.h"
#define MAP(path, fd) mount_setattr_(AT_FDCWD, path, 0, ATTR(.set = A_IDMAP, .userns_fd = fd))
#define TREE_MAP(tree, fd) mount_setattr_(tree, "", EMPTY, ATTR(.set = A_IDMAP, .userns_fd = fd))
static int init_user;
static void rules(void) {
    must(mkdir("d", 0755)); must(mkdir("e", 0755)); must(mkdir("plain", 0755));
    must(mount("x", "d", "tmpfs", 0, NULL));
    int mapped = userns_with("0 0 1", "0 0 1"), unmapped = userns_with(NULL, NULL), half = userns_with("0 0 1", NULL);
    int own = must(ns_open(0, "user")), other = must(ns_open(0, "mnt")), plain = must(open("d", O_RDONLY));
    int path = must(open("/proc/self/ns/user", O_PATH));
    int tree = fs_detached("tmpfs");
    say("what is told first");
    show("above INT_MAX, missing", MAP("missing", 1ULL << 31));
    show("-1, missing", MAP("missing", (uint64_t)-1));
    show("closed, missing", MAP("missing", 99));
    show("O_PATH, missing", MAP("missing", path));
    show("another kind of namespace, missing", MAP("missing", other));
    show("another file, missing", MAP("missing", plain));
    show("own namespace, missing", MAP("missing", own));
    show("init's namespace, missing", MAP("missing", init_user));
    show("no maps, missing", MAP("missing", unmapped));
    show("good, missing", MAP("missing", mapped));
    show("good, no mount's root", MAP("plain", mapped));
    show("no maps, no mount's root", MAP("plain", unmapped));
    show("set and clear", mount_setattr_(AT_FDCWD, "missing", 0, ATTR(.set = A_IDMAP, .clear = A_IDMAP, .userns_fd = mapped)));
    show("clear", mount_setattr_(AT_FDCWD, "missing", 0, ATTR(.clear = A_IDMAP, .userns_fd = 99)));
    say("on attached and detached mounts");
    show("attached", MAP("d", mapped));
    show("attached, no maps", MAP("d", unmapped));
    show("attached, init's", MAP("d", init_user));
    show("detached, no maps", TREE_MAP(tree, unmapped));
    show("detached, half", TREE_MAP(tree, half));
    show("detached, own", TREE_MAP(tree, own));
    show("detached, init's", TREE_MAP(tree, init_user));
    int writer = must(openat(tree, "file", O_CREAT | O_RDWR, 0600));
    show("with a writer", TREE_MAP(tree, mapped));
    close(writer);
    show("without", TREE_MAP(tree, mapped));
    show("again", TREE_MAP(tree, mapped));
    show("again, no maps", TREE_MAP(tree, unmapped));
    show("cleared", mount_setattr_(tree, "", EMPTY, ATTR(.clear = A_IDMAP)));
    show("attach", attach(tree, "e"));
    show_mounts("idmapped");
    show("attached again", MAP("e", mapped));
    // A reader is no hindrance, nor is what was attached before it is mapped elsewhere.
    int copy = must(open_tree_(AT_FDCWD, "d", TREE_CLONE));
    int reader = must(openat(copy, ".", O_RDONLY));
    show("a copy with a reader", TREE_MAP(copy, mapped));
    close(reader);
    say("types");
    static const char *const types[] = {"tmpfs", "ramfs", "devpts", "mqueue", "sysfs", "proc"};
    for (int i = 0; i < 6; i++) {
        int context = must(fsopen_(types[i], 0));
        if (fs_create(context) == -1) { say("%s: %s", types[i], errno_text(errno)); close(context); continue; }
        int made = fsmount_(context, 0, 0);
        if (made == -1) { say("%s: fsmount %s", types[i], errno_text(errno)); close(context); continue; }
        show(types[i], TREE_MAP(made, mapped));
        close(made);
        close(context);
    }
    say("recursive");
    must(mkdir("r", 0755));
    must(mount("r", "r", "tmpfs", 0, NULL));
    must(mkdir("r/in", 0755));
    must(mount("r", "r/in", "ramfs", 0, NULL));
    tree = must(open_tree_(AT_FDCWD, "r", TREE_CLONE | RECURSIVE));
    show("one that cannot", mount_setattr_(tree, "", EMPTY | RECURSIVE, ATTR(.set = A_IDMAP | A_NODEV, .userns_fd = mapped)));
    must(mkdir("s", 0755));
    must(attach(tree, "s"));
    show_mounts("nothing changed");
    say("who");
    CHILD {
        drop_cap(CAP_SYS_ADMIN);
        show("without CAP_SYS_ADMIN", TREE_MAP(99, mapped));
    }
    if (is_init()) {
        struct gate ready = gate_new(), end = gate_new();
        pid_t pid;
        SPAWN(pid) {
            become(1000, 1000);
            must(unshare(CLONE_NEWUSER));
            map_process(getpid(), "0 1000 1", NULL);
            must(put("/proc/self/setgroups", "deny"));
            must(put("/proc/self/gid_map", "0 1000 1"));
            gate_open(ready);
            gate_wait(end);
        }
        gate_wait(ready);
        show("a user's namespace, by root", TREE_MAP(fs_detached("tmpfs"), (int)must(ns_open(pid, "user"))));
        gate_open(end);
        reap(pid);
    }
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        int fresh = fs_detached("tmpfs"), inherited = must(open_tree_(AT_FDCWD, "d", TREE_CLONE));
        int child = userns_with("0 0 1", NULL);
        show("a namespace below: a foreign map", TREE_MAP(fresh, mapped));
        show("  own", TREE_MAP(fresh, (int)must(ns_open(0, "user"))));
        show("  a parent's file system, foreign map", TREE_MAP(inherited, mapped));
        int full = userns_with("0 0 1", "0 0 1");
        show("  a parent's file system", TREE_MAP(inherited, full));
        show("  its own, half a map", TREE_MAP(fresh, child));
        show("  its own", TREE_MAP(fresh, full));
    }
}
int main(void) {
    init_user = must(ns_open(0, "user"));
    as_each(CLONE_NEWIPC | CLONE_NEWNET, rules);
    return 0;
}
