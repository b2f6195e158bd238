// Rules: mount-internal-type mount-not-permitted mount-type-not-permitted mount-unknown-type mount-without-type
// As: root user
// Which types of file systems root and the roots of user namespaces may mount, by what namespaces are their own.
#include "../mountapi/api.h"
static void try_type(const char *type) {
    long result = mount("src", "d", type, 0, NULL);
    say("%s: %s", type, result == 0 ? mount_line("d") : errno_text(errno));
    if (result == 0) must(umount2("d", MNT_DETACH));
}
static void types(void) {
    static const char *const names[] = {"tmpfs", "ramfs", "proc", "sysfs", "devpts", "mqueue"};
    must(mkdir("d", 0755));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) try_type(names[i]);
    try_type("nonesuch");
    try_type("tmpfs.x");
    try_type("");
    show("no type", mount("src", "d", NULL, 0, NULL));
    say("internal types");
    static const char *const internal[] = {"pipefs", "sockfs", "nsfs", "pidfs", "bdev", "anon_inodefs", "rootfs"};
    for (size_t i = 0; i < sizeof internal / sizeof *internal; i++) try_type(internal[i]);
}
static void by_descriptor(void) {
    static const char *const names[] = {"tmpfs", "ramfs", "proc", "sysfs", "devpts", "mqueue"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int context = ok(format_path("fsopen %s", names[i]), fsopen_(names[i], 0));
        if (context == -1) continue;
        show("  create", fs_create(context));
        show_log(context);
        close(context);
    }
    // The parent's other namespaces are not one's own.
    must(mkdir("e", 0755));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        say("a namespace below, only mounts new");
        static const char *const again[] = {"tmpfs", "ramfs", "devpts", "proc", "sysfs", "mqueue"};
        for (size_t i = 0; i < sizeof again / sizeof *again; i++) show(again[i], mount("src", "e", again[i], 0, NULL));
    }
}
static void only_mounts(void) { types(); by_descriptor(); }
int main(void) {
    say("# only mount namespaces new");
    as_each(0, only_mounts);
    must(rmdir("world"));
    say("# pid, ipc, net, cgroup namespaces new too");
    as_each(ALL_NEW, only_mounts);
    if (geteuid() == 0) {
        say("# what capability it takes");
        must(unshare(CLONE_NEWNS));
        must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
        CHILD { drop_cap(CAP_SYS_ADMIN); show("root without CAP_SYS_ADMIN", mount("x", "world", "tmpfs", 0, NULL)); }
        CHILD {
            must(prctl(PR_SET_KEEPCAPS, 1));
            must(setresgid(1000, 1000, 1000));
            must(setresuid(1000, 1000, 1000));
            must(caps_set(BIT(CAP_SYS_ADMIN), BIT(CAP_SYS_ADMIN), 0));
            show("1000 with CAP_SYS_ADMIN alone", mount("x", "world", "tmpfs", 0, NULL));
            show_owner("  its root", "world");
            show("  umount", umount("world"));
        }
    }
    return 0;
}
