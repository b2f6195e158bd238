// Rules: acl-malformed chmod-not-owner chown-outside-mount-map chown-user-not-permitted file-access-denied file-capabilities-root-unmapped file-create-unmapped-id file-owner-unmapped utime-not-owner
// As: root
// What a map on a mount does: owners as seen, who may change and create, and whose capabilities of files count.
#include "api.h"
struct vfs { uint32_t magic; struct { uint32_t permitted, inheritable; } data[2]; uint32_t rootid; };
static void as(const char *label, uid_t uid, gid_t gid) {
    make_file("raw/open/victim", "", 0600);
    make_file("raw/open/far", "", 0600);
    must(chown("raw/open/far", 5000, 5000));
    CHILD {
        must(setresgid(gid, gid, gid));
        must(setresuid(uid, uid, uid));
        must(prctl(PR_SET_DUMPABLE, 1));
        say("%s", label);
        show("  open to write, 0600 of 5", open("m/five", O_RDWR) >= 0 ? 0 : -1);
        show("  chmod", chmod("m/five", 0600));
        show("  utimes", utimensat(AT_FDCWD, "m/five", (struct timespec[]){{1, 0}, {1, 0}}, 0));
        show("  create", open("m/open/new", O_CREAT | O_EXCL | O_RDWR, 0644) >= 0 ? 0 : -1);
        show_owner("    through the map", "m/open/new");
        show_owner("    without", "raw/open/new");
        show("  create what is there", open("m/open/there", O_CREAT | O_EXCL | O_RDWR, 0644));
        show("  open what is there", open("m/open/there", O_CREAT | O_RDWR, 0644) >= 0 ? 0 : -1);
        show("  mkdir", mkdir("m/open/dir", 0755));
        show("  mkdir of what is there", mkdir("m/open/there", 0755));
        show("  symlink", symlink("x", "m/open/link"));
        show("  fifo", mkfifo("m/open/fifo", 0600));
        show("  device 0:0", mknod("m/open/device", S_IFCHR | 0600, 0));
        show("  O_TMPFILE", open("m/open", O_TMPFILE | O_RDWR, 0600) >= 0 ? 0 : -1);
        show("  link", link("m/open/there", "m/open/second"));
        show("  rename", rename("m/open/there", "m/open/moved"));
        show("  back", rename("m/open/moved", "m/open/there"));
        show("  unlink", unlink("m/open/second"));
        show("  unlink of a mapped one's file", unlink("m/open/victim"));
        show("  unlink of an unmapped one's file", unlink("m/open/far"));
        show("  chown of there to itself", chown("m/open/there", uid, gid));
        show("  truncate there", truncate("m/open/there", 1));
        show("  setxattr", setxattr("m/open/there", "user.x", "v", 1, 0));
    }
    static const char *const made[] = {"new", "link", "fifo", "device", "second"};
    for (int i = 0; i < 5; i++) unlink(format_path("raw/open/%s", made[i]));
    rmdir("raw/open/dir");
}
static void effects(void) {
    must(mkdir("raw", 0755)); must(mkdir("m", 0755)); must(mkdir("second", 0755));
    must(mount("x", "raw", "tmpfs", 0, NULL));
    must(mkdir("raw/open", 0777));
    must(chmod("raw/open", 0777));
    make_file("raw/five", "", 0600); must(chown("raw/five", 5, 5));
    make_file("raw/zero", "", 0600);
    make_file("raw/far", "", 0666); must(chown("raw/far", 5000, 5));
    make_file("raw/open/there", "", 0666);
    int map = userns_with("0 10000 10", "0 10000 10"), tree = must(open_tree_(AT_FDCWD, "raw", TREE_CLONE));
    must(mount_setattr_(tree, "", EMPTY, ATTR(.set = A_IDMAP, .userns_fd = map)));
    must(attach(tree, "m"));
    show_mounts("idmapped");
    say("owners");
    show_owner("0", "m/zero"); show_owner("5", "m/five"); show_owner("5000:5", "m/far");
    as("5, the owner without the map", 5, 5);
    as("10005, the owner through it", 10005, 10005);
    as("10005 in an unmapped group", 10005, 5);
    as("5 in a mapped group", 5, 10005);
    as("10000", 10000, 10000);
    say("root");
    show("read 0600 of 5", open("m/five", O_RDONLY) >= 0 ? 0 : -1);
    show("create", open("m/new", O_CREAT | O_RDWR, 0600));
    show("chmod", chmod("m/five", 0640));
    show("chown inside", chown("m/five", 10003, 10003));
    show_owner("  without the map", "raw/five");
    show("chown outside", chown("m/five", 5, -1));
    show("chown of the group outside", chown("m/five", -1, 5));
    show("chown of nothing", chown("m/five", -1, -1));
    show("chown of an unmapped file", chown("m/far", 10002, -1));
    show_owner("  without the map", "raw/far");
    show("unlink of an unmapped file", ({ make_file("raw/gone", "", 0600); must(chown("raw/gone", 5000, 5000)); unlink("m/gone"); }));
    show("mkdir", mkdir("m/open/root", 0700));
    CHILD {
        syscall(SYS_setfsgid, 10001); syscall(SYS_setfsuid, 10001);
        must(caps_set(caps_permitted(), caps_permitted(), 0));
        show("with mapped fs IDs: create", open("m/open/mine", O_CREAT | O_RDWR, 0600) >= 0 ? 0 : -1);
        show_owner("  through the map", "m/open/mine");
        show_owner("  without", "raw/open/mine");
    }
    say("security.capability");
    struct vfs vfs = {0x02000001, {{BIT(CAP_NET_RAW), 0}}, 0};
    make_file("raw/program", "", 0755);
    show("version 2 through the map, where 0 is nobody", setxattr("m/program", "security.capability", &vfs, 20, 0));
    vfs.magic = 0x03000001;
    show("version 3 of 0", setxattr("m/program", "security.capability", &vfs, 24, 0));
    vfs.rootid = 10000;
    show("version 3 of 10000", setxattr("m/program", "security.capability", &vfs, 24, 0));
    for (int i = 0; i < 2; i++) {
        memset(&vfs, 0, sizeof vfs);
        errno = 0;
        long size = getxattr(i ? "m/program" : "raw/program", "security.capability", &vfs, sizeof vfs);
        say("  %s: size %ld magic %x root %u %s", i ? "through the map" : "without", size, vfs.magic, size == 24 ? vfs.rootid : 0, errno ? errno_text(errno) : "");
    }
    say("access lists");
    struct { uint32_t version; struct { uint16_t tag, permissions; uint32_t id; } entries[5]; } list = {2, {{1, 6, -1}, {2, 4, 10007}, {4, 4, -1}, {16, 7, -1}, {32, 0, -1}}};
    show("set through the map", setxattr("m/zero", "system.posix_acl_access", &list, 44, 0));
    for (int i = 0; i < 2; i++) {
        must(getxattr(i ? "m/zero" : "raw/zero", "system.posix_acl_access", &list, 44));
        say("  %s: %d", i ? "through the map" : "without", (int)list.entries[1].id);
    }
    list.entries[1].id = 7;
    show("an ID outside of the map", setxattr("m/zero", "system.posix_acl_access", &list, 44, 0));
    say("a bind keeps the map");
    must(mount("m", "second", NULL, MS_BIND, NULL));
    show_mount("second");
    show_owner("zero", "second/zero");
    say("in a user namespace of these IDs");
    make_file("raw/second", "", 0755);
    USERNS_CHILD(CLONE_NEWNS, "0 10000 10", "0 10000 10") {
        become_root_inside();
        vfs = (struct vfs){0x02000001, {{BIT(CAP_NET_RAW), 0}}, 0};
        show("security.capability, version 2", setxattr("m/second", "security.capability", &vfs, 20, 0));
        show_owner("zero through the map", "m/zero");
        show_owner("zero without", "raw/zero");
        show("create", open("m/open/inner", O_CREAT | O_RDWR, 0600) >= 0 ? 0 : -1);
        show("chown", chown("m/open/inner", 4, 4));
        show("create without the map", open("raw/open/inner2", O_CREAT | O_RDWR, 0600) >= 0 ? 0 : -1);
        show("chmod of root's through the map", chmod("m/zero", 0644));
        show("chmod of root's without", chmod("raw/zero", 0644));
    }
    memset(&vfs, 0, sizeof vfs);
    long size = getxattr("raw/second", "security.capability", &vfs, sizeof vfs);
    say("security.capability without the map: size %ld magic %x root %u", size, vfs.magic, size == 24 ? vfs.rootid : 0);
    size = getxattr("m/second", "security.capability", &vfs, sizeof vfs);
    say("  through it: size %ld magic %x root %u", size, vfs.magic, size == 24 ? vfs.rootid : 0);
    show_owner("inner without the map", "raw/open/inner");
    show_owner("inner2 without the map", "raw/open/inner2");
}
int main(void) {
    must(mkdir("world", 0755));
    CHILD { say("== root"); must(unshare(CLONE_NEWNS)); world_here(); effects(); }
    USERNS_CHILD(CLONE_NEWNS, "0 0 65536", "0 0 65536") { say("== root of a namespace of the same ids"); world_here(); effects(); }
    return 0;
}
