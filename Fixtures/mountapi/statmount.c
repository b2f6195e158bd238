// Rules: mount-out-of-reach
// As: root user
// statmount: what is told of mounts of many kinds, and who is told of mounts outside of the root or the namespace.
#include "statmount.h"
#define MASK (S_ALL & ~S_NS)
static void kinds(void) {
    must(mkdir("d", 0755)); must(mkdir("with blank", 0755)); must(mkdir("e", 0755)); must(mkdir("slave", 0755));
    show_status("the world", mount_id("."), MASK & ~S_POINT & ~S_SUPPORTED);
    show_status("what is known", mount_id("."), S_SUPPORTED);
    must(mount("source\\ with blank", "with blank", "tmpfs", MS_NOSUID | MS_NODIRATIME | MS_RDONLY | MS_SYNCHRONOUS, "size=64k,nr_inodes=5"));
    show_status("flags, odd names", mount_id("with blank"), MASK & ~S_SUPPORTED);
    must(umount("with blank"));
    must(mkdir("with blank/tab\tin", 0755));
    must(mount("with blank/tab\tin", "with blank", NULL, MS_BIND, NULL));
    show_status("an odd root", mount_id("with blank"), S_ROOT | S_POINT);
    must(mount("", "d", "tmpfs", MS_NOATIME | MS_NOEXEC | MS_NODEV | 256, NULL));
    show_status("an empty source", mount_id("d"), S_SOURCE | S_MOUNT | S_TYPE);
    must(mount(NULL, "d", NULL, MS_SHARED, NULL));
    show_status("shared", mount_id("d"), S_MOUNT | S_FROM);
    must(mount("d", "slave", NULL, MS_BIND, NULL));
    must(mount(NULL, "slave", NULL, MS_SLAVE, NULL));
    show_status("slave", mount_id("slave"), S_MOUNT | S_FROM);
    must(mount(NULL, "slave", NULL, MS_SHARED, NULL));
    show_status("shared slave", mount_id("slave"), S_MOUNT | S_FROM);
    must(mount(NULL, "slave", NULL, MS_UNBINDABLE, NULL));
    show_status("unbindable", mount_id("slave"), S_MOUNT | S_FROM);
    must(mount("x", "e", "devpts", 0, "mode=620,ptmxmode=666"));
    show_status("devpts", mount_id("e"), MASK & ~S_POINT & ~S_SUPPORTED);
    must(umount("e"));
    must(mount("x", "e", "ramfs", 0, "ro"));
    show_status("read-only file system", mount_id("e"), S_SB | S_MOUNT | S_OPTS | S_OPT_ARRAY);
    must(umount("e"));
    int tree = fs_detached("tmpfs");
    if (mount_setattr_(tree, "", EMPTY, ATTR(.set = A_IDMAP, .userns_fd = userns_with("0 0 1", "0 0 1"))) == 0) {
        must(attach(tree, "e"));
        show_status("idmapped", mount_id("e"), S_MOUNT | S_UIDMAP | S_GIDMAP);
        must(umount2("e", MNT_DETACH));
        show("after the end", ask(mount_id_of(tree), S_SB));
    }
    show("a detached one", ask(mount_id_of(fs_detached("tmpfs")), S_SB));
    yes("parents", ask(mount_id("d"), S_MOUNT) == 0 && status_of->parent == mount_id("."));
    must(ask(mount_id("d"), S_NS));
    yes("the namespace's number", status_of->ns_id == mnt_ns_id(must(ns_open(0, "mnt"))));
}
static void who_may(void) {
    say("in a chroot");
    must(mkdir("jail", 0755)); must(mkdir("jail/in", 0755));
    must(mount("j", "jail", "tmpfs", 0, NULL));
    must(mkdir("jail/in", 0755)); must(mkdir("jail/closed", 0700)); must(mkdir("jail/closed/deep", 0755));
    must(mount("k", "jail/in", "tmpfs", 0, NULL));
    must(mount("l", "jail/closed/deep", "tmpfs", 0, NULL));
    uint64_t outside = mount_id("d"), world = mount_id("."), jail = mount_id("jail"), in = mount_id("jail/in"), deep = mount_id("jail/closed/deep");
    for (int capable = 1; capable >= 0; capable--) for (int root = 0; root < 3; root++) CHILD {
        static const char *const roots[] = {NULL, "jail", "jail/in"};
        if (roots[root]) { must(chroot(roots[root])); must(chdir("/")); }
        if (!capable && strcmp(who, "user")) { must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); }
        else if (!capable) caps_set(0, 0, 0);
        say("%s, root %s", capable ? "root" : "no capability", roots[root] ? roots[root] : "/");
        show_status("  outside", outside, S_TYPE | S_POINT | S_SOURCE);
        show_status("  jail", jail, S_TYPE | (root ? S_POINT : 0) | S_SOURCE);
        show_status("  in it", in, S_TYPE | (root ? S_POINT : 0) | S_SOURCE);
        show_status("  under a closed directory", deep, S_TYPE | S_SOURCE);
    }
    say("in other namespaces");
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        show_status("a user namespace without mounts of its own", outside, S_TYPE | S_SOURCE);
    }
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    uint64_t here = mnt_ns_id(must(ns_open(0, "mnt")));
    int numbers[2];
    must(pipe(numbers));
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        uint64_t id = mount_id("d");
        yes("a copy has another number", id != outside);
        show("the parent's", ask(outside, S_SB));
        show("the parent's by its namespace", statmount_((&(struct mount_request){32, 0, outside, S_SB, here}), status_of, sizeof status_room, 0));
        must(write(numbers[1], &id, 8));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    int ns_fd = must(ns_open(pid, "mnt"));
    uint64_t id, ns = mnt_ns_id(ns_fd);
    close(ns_fd);
    must(read(numbers[0], &id, 8));
    show("the child's", ask(id, S_SB));
    memset(status_room, 0, sizeof status_room);
    show("the child's by its namespace", statmount_((&(struct mount_request){32, 0, id, S_TYPE | S_SOURCE | S_POINT, ns}), status_of, sizeof status_room, 0));
    say("  mask %llx", (unsigned long long)status_of->mask);
    CHILD {
        caps_set(0, 0, 0);
        show("  by its owner without capabilities", statmount_((&(struct mount_request){32, 0, id, S_TYPE, ns}), status_of, sizeof status_room, 0));
        show("  one's own by its namespace", statmount_((&(struct mount_request){32, 0, outside, S_TYPE, mnt_ns_id(must(ns_open(0, "mnt")))}), status_of, sizeof status_room, 0));
    }
    if (strcmp(who, "user")) CHILD {
        must(setresuid(5, 5, 5));
        show("  by another", statmount_((&(struct mount_request){32, 0, id, S_TYPE, ns}), status_of, sizeof status_room, 0));
    }
    gate_open(end);
    reap(pid);
    show("its namespace is gone", statmount_((&(struct mount_request){32, 0, id, S_TYPE, ns}), status_of, sizeof status_room, 0));
}
static void all(void) { kinds(); who_may(); }
int main(void) { as_each(0, all); return 0; }
