// Rules: file-device-on-nodev mknod-device mount-same-file-system umount-not-mountpoint
// As: root user
// Roots of new file systems: owner, mode, what statfs tells; which mounts share one file system; devices on them.
#include "../mountapi/api.h"
static void roots(void) {
    static const char *const types[] = {"tmpfs", "ramfs", "proc", "sysfs", "devpts", "mqueue"};
    must(mkdir("d", 0755));
    must(mkdir("e", 0755));
    for (int i = 0; i < 6; i++) {
        if (mount("src", "d", types[i], 0, NULL) == -1) { say("%s: %s", types[i], errno_text(errno)); continue; }
        show_owner(types[i], "d");
        struct statfs fs;
        struct stat st;
        must(statfs("d", &fs));
        must(stat("d", &st));
        say("  magic %lx bsize %ld namelen %ld flags %lx, root inode %s", (long)fs.f_type, (long)fs.f_bsize, (long)fs.f_namelen,
            (long)fs.f_flags, st.st_ino == 1 ? "1" : "other");
        struct statvfs vfs;
        must(statvfs("d", &vfs));
        yes("  shown as nodev", vfs.f_flag & ST_NODEV);
        must(mount("src", "e", types[i], 0, NULL));
        struct stat other;
        must(stat("e", &other));
        say("  a second one is %s", st.st_dev == other.st_dev ? "the same" : "another");
        show("  on its own root", mount("src", "e", types[i], 0, NULL));
        while (umount2("e", 0) == 0) {}
        must(umount2("d", 0));
        if (!strcmp(types[i], "sysfs")) {
            must(mount("src", "d", "sysfs", 0, NULL));
            must(mount("src", "e", "sysfs", MS_RDONLY, NULL));
            show_mount("d");
            show_mount("e");
            must(umount2("e", 0));
            must(umount2("d", 0));
        }
    }
}
static void owners(void) {
    roots();
    say("as another");
    CHILD {
        // The fsuid is the owner of what one mounts.
        int id = !strcmp(who, "user") ? 0 : 5;
        syscall(SYS_setfsgid, id);
        syscall(SYS_setfsuid, id);
        must(caps_set(caps_permitted(), caps_permitted(), 0));
        static const char *const types[] = {"tmpfs", "ramfs", "devpts", "mqueue"};
        for (int i = 0; i < 4; i++) {
            must(mount("src", "d", types[i], 0, NULL));
            show_owner(format_path("  %s", types[i]), "d");
            must(umount2("d", 0));
        }
    }
    say("devices");
    struct stat st;
    if (mknod("null", S_IFCHR | 0666, makedev(1, 3)) == -1) say("mknod: %s", errno_text(errno));
    else ok("open of a device made here", open("null", O_RDWR));
    make_file("bound", "", 0666);
    TRY(mount("/dev/null", "bound", NULL, MS_BIND, NULL));
    int fd = ok("open of a device bound here", open("bound", O_RDWR));
    close(fd);
    TRY(umount("bound"));
}
/// Devices that init's root makes on a tmpfs of a child user namespace.
static void from_outside(void) {
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, "0 0 65536", "0 0 65536") {
        world_here();
        gate_open(ready);
        gate_wait(end);
        ok("inside opens the device", open("null", O_RDWR));
        show_owner("a file that init's root made", "file");
    }
    gate_wait(ready);
    CHILD {
        must(setns(must(ns_open(pid, "mnt")), CLONE_NEWNS));
        must(chdir(format_path("/proc/%d/cwd", pid)));
        show("init makes a device there", mknod("null", S_IFCHR | 0666, makedev(1, 3)));
        ok("init opens it", open("null", O_RDWR));
        ok("as a path", open("null", O_PATH));
        show("trusted.x", setxattr("null", "trusted.x", "v", 1, 0));
        show("security.x", setxattr("null", "security.x", "v", 1, 0));
        make_file("file", "", 0600);
    }
    gate_open(end);
    reap(pid);
}
int main(void) {
    as_each(ALL_NEW, owners);
    if (geteuid() == 0) from_outside();
    say("where uid 0 is not mapped");
    USERNS_CHILD(ALL_NEW & ~CLONE_NEWPID | CLONE_NEWNS, geteuid() ? own_uid_at(1000) : "1000 1000 10", geteuid() ? own_gid_at(1000) : "1000 1000 10") {
        if (getuid() != 1000) { must(setresgid(1000, 1000, 1000)); must(prctl(PR_SET_KEEPCAPS, 1)); must(setresuid(1000, 1000, 1000)); must(caps_set(caps_permitted(), caps_permitted(), 0)); }
        world_here();
        must(mkdir("d", 0755));
        static const char *const types[] = {"tmpfs", "ramfs", "devpts", "mqueue", "sysfs"};
        for (int i = 0; i < 5; i++) {
            must(mount("src", "d", types[i], 0, NULL));
            show_owner(types[i], "d");
            must(umount2("d", 0));
        }
    }
    return 0;
}
