// Rules:
// As: root user
// Types that only a kernel can have: who may mount them, by mount(2) and by a context.
#include "../mountapi/api.h"
static const char *const names[] = {"cgroup2", "cgroup", "cpuset", "binfmt_misc", "bpf", "devtmpfs", "hugetlbfs", "debugfs", "tracefs",
    "securityfs", "pstore", "autofs", "fusectl", "fuse", "fuseblk", "fuse.x", "overlay", "ext4", "xfs", "btrfs", "squashfs", "erofs"};
static void types(void) {
    must(mkdir("d", 0755));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        // What the hierarchies in use and the machine's devices make of it for root differs by nature.
        bool of_machine = is_init() && (!strncmp(names[i], "cgroup", 6) || !strcmp(names[i], "cpuset"));
        long result = mount("missing", "d", names[i], 0, NULL);
        if (!of_machine) say("%s: %s", names[i], result == 0 ? "mounted" : errno_text(errno));
        if (result == 0) {
            struct stat st;
            must(stat("d", &st));
            if (!of_machine) say("  root mode %o uid %d", st.st_mode, st.st_uid);
            must(umount2("d", MNT_DETACH));
        }
        result = mount("missing", "d", names[i], 0, "nonesuch=1");
        if (!of_machine) say("  with a bad option: %s", result == 0 ? "mounted" : errno_text(errno));
        if (result == 0) must(umount2("d", MNT_DETACH));
    }
    for (size_t i = 3; i < sizeof names / sizeof *names; i++) {
        int context = ok(format_path("fsopen %s", names[i]), fsopen_(names[i], 0));
        if (context == -1) continue;
        if (!is_init()) { show("  create", fs_create(context)); show_log(context); }
        close(context);
    }
}
/// A block type's source.
static void sources(void) {
    if (is_init()) must(mknod("gone", S_IFBLK | 0600, makedev(240, 255)));
    make_file("file", "", 0600);
    must(mkdir("d", 0755));
    static const char *const paths[] = {NULL, "", "missing", "file", "gone", "/dev/null"};
    for (int i = 0; i < 6; i++) {
        show(format_path("ext4 of %s", paths[i] ? paths[i] : "NULL"), mount(paths[i], "d", "ext4", 0, NULL));
        show("  with a bad option", mount(paths[i], "d", "ext4", 0, "nonesuch"));
    }
    for (int i = 0; i < 6; i++) {
        int fd = must(fsopen_("ext4", 0));
        if (paths[i]) show(format_path("source %s", paths[i]), set_string(fd, "source", paths[i]));
        show("  create", fs_create(fd));
        show_log(fd);
        close(fd);
    }
}
// A device can be used for one mount only.
static int devices[60], used;
static void try_fuse(const char *type, const char *format) {
    must(dup3(devices[used++], 100, O_CLOEXEC));
    try_options(type, 0, format);
}
static void fuse(void) {
    used = is_init() ? 0 : !strcmp(who, "same") ? 20 : 40;
    must(mkdir("d", 0755));
#define FUSE "fd=100,rootmode=40000,user_id=0,group_id=0"
    try_fuse("fuse", FUSE);
    try_options("fuse", 0, FUSE);
    try_fuse("fuse.x", FUSE);
    try_fuse("fuse", FUSE ",default_permissions,allow_other,max_read=8192");
    try_fuse("fuse", FUSE ",subtype=y");
    say("refused");
    try_fuse("fuse", "fd=100,rootmode=40000,user_id=0");
    try_fuse("fuse", "fd=100,rootmode=40000,group_id=0");
    try_fuse("fuse", "fd=100,user_id=0,group_id=0");
    try_fuse("fuse", "rootmode=40000,user_id=0,group_id=0");
    try_fuse("fuse", "fd=1,rootmode=40000,user_id=0,group_id=0");
    try_fuse("fuse", "fd=99,rootmode=40000,user_id=0,group_id=0");
    try_fuse("fuse", "fd=100,rootmode=0,user_id=0,group_id=0");
    try_fuse("fuse", "fd=100,rootmode=100000,user_id=0,group_id=0");
    try_fuse("fuse", FUSE ",user_id=70000");
    try_fuse("fuse", FUSE ",group_id=70000");
    try_fuse("fuse", FUSE ",blksize=512");
}
static void bpf_context(void) {
    // A bpf context of a user namespace, created by init's root, who may delegate.
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    pid_t pid;
    struct gate end = gate_new();
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, "0 0 65536", "0 0 65536") {
        world_here();
        int bpf = must(fsopen_("bpf", 0)), tmpfs = must(fsopen_("tmpfs", 0));
        show("bpf option inside", set_string(bpf, "delegate_cmds", "any"));
        int values[] = {bpf, tmpfs};
        must(write(pair[0], values, sizeof values));
        gate_wait(end);
        must(mkdir("b", 0755));
        must(mkdir("t", 0755));
        int tree = ok("fsmount of bpf inside", fsmount_(bpf, 0, 0));
        show("attach", attach(tree, "b"));
        tree = ok("fsmount of tmpfs inside", fsmount_(tmpfs, 0, 0));
        show("attach", attach(tree, "t"));
        show_mounts("mounts");
        show_owner("b", "b");
        show_owner("t", "t");
        ok("trusted.x set inside", setxattr("t", "trusted.x", "v", 1, 0));
        ok("security.x set inside", setxattr("t", "security.x", "v", 1, 0));
    }
    int values[2], pidfd = must(pidfd_of(pid));
    must(read(pair[1], values, sizeof values));
    int bpf = must(syscall(SYS_pidfd_getfd, pidfd, values[0], 0)), tmpfs = must(syscall(SYS_pidfd_getfd, pidfd, values[1], 0));
    show("bpf option by init", set_string(bpf, "delegate_cmds", "any"));
    show("create bpf by init", fs_create(bpf));
    show("create tmpfs by init", fs_create(tmpfs));
    gate_open(end);
    reap(pid);
}
int main(void) {
    as_each(0, types);
    must(rmdir("world"));
    say("# pid, ipc, net, cgroup namespaces new too");
    as_each(ALL_NEW, types);
    must(rmdir("world"));
    say("# sources");
    as_each(0, sources);
    must(rmdir("world"));
    say("# fuse");
    if (geteuid() == 0) {
        for (int i = 0; i < 60; i++) devices[i] = open("/dev/fuse", O_RDWR | O_CLOEXEC);
        as_each(0, fuse);
    }
    if (geteuid() == 0) bpf_context();
    return 0;
}
