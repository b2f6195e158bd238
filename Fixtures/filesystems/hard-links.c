// Rules: link-directory link-source-protected
// As: root
// protected_hardlinks: whose files anybody may link to, and what the root of a user namespace may.
#include "../mountapi/api.h"
static void make(const char *path, mode_t mode, uid_t uid, gid_t gid) {
    if ((mode & S_IFMT) == S_IFDIR) must(mkdir(path, 0700));
    else if ((mode & S_IFMT) == S_IFLNK) must(symlink("x", path));
    else must(mknod(path, mode & S_IFMT ? mode : S_IFREG | mode, makedev(1, 3)));
    must(lchown(path, uid, gid));
    if ((mode & S_IFMT) != S_IFLNK) must(chmod(path, mode & 07777));
}
static const struct { const char *name; mode_t mode; } kinds[] = {{"0644", 0644}, {"0666", 0666}, {"0606", 0606}, {"0622", 0622}, {"04666", 04666}, {"02666", 02666}, {"02677", 02677}, {"02676", 02676}, {"06777", 06777}, {"01666", 01666}, {"fifo", S_IFIFO | 0666}, {"socket", S_IFSOCK | 0666},
    {"symlink", S_IFLNK}, {"device", S_IFCHR | 0666}, {"directory", S_IFDIR | 0777}};
static void links(const char *dir) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        show(format_path("%s %s", dir, kinds[i].name), link(format_path("%s/%s", dir, kinds[i].name), "open/linked"));
        unlink("open/linked");
    }
}
int main(void) {
    say("protected_hardlinks %s", get("/proc/sys/fs/protected_hardlinks")[0] == '1' ? "1" : "other");
    must(mkdir("world", 0755));
    must(unshare(CLONE_NEWNS));
    world_here();
    umask(0);
    must(mkdir("open", 0777));
    static const struct { const char *name; uid_t uid; gid_t gid; } owners[] = {{"foreign", 5, 5}, {"own", 1000, 1000}, {"mapped", 1001, 1001}, {"half", 1001, 5}, {"group", 5, 1000}};
    for (int o = 0; o < 5; o++) {
        must(mkdir(owners[o].name, 0755));
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) make(format_path("%s/%s", owners[o].name, kinds[i].name), kinds[i].mode, owners[o].uid, owners[o].gid);
    }
    say("an ordinary user");
    CHILD {
        become(1000, 1000);
        links("foreign"); links("own"); links("group");
        say("by descriptors");
        int own = must(open("own/0644", O_RDONLY)), other = must(open("foreign/0644", O_RDONLY)), writable = must(open("foreign/0666", O_RDONLY)), path = must(open("own/0644", O_PATH));
        show("own", linkat(own, "", AT_FDCWD, "open/by-fd", AT_EMPTY_PATH)); unlink("open/by-fd");
        show("another's", linkat(other, "", AT_FDCWD, "open/by-fd", AT_EMPTY_PATH)); unlink("open/by-fd");
        show("another's that is writable", linkat(writable, "", AT_FDCWD, "open/by-fd", AT_EMPTY_PATH)); unlink("open/by-fd");
        show("O_PATH", linkat(path, "", AT_FDCWD, "open/by-fd", AT_EMPTY_PATH)); unlink("open/by-fd");
        show("by /proc", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", own), AT_FDCWD, "open/by-fd", AT_SYMLINK_FOLLOW)); unlink("open/by-fd");
        show("by /proc, another's", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", other), AT_FDCWD, "open/by-fd", AT_SYMLINK_FOLLOW)); unlink("open/by-fd");
        show("bad flags", linkat(own, "", AT_FDCWD, "open/by-fd", 0x8000));
        show("what is there", linkat(AT_FDCWD, "foreign/0644", AT_FDCWD, "open", 0));
    }
    say("with CAP_FOWNER");
    CHILD {
        must(prctl(PR_SET_KEEPCAPS, 1)); must(setresgid(1000, 1000, 1000)); must(setresuid(1000, 1000, 1000)); must(caps_set(BIT(CAP_FOWNER), BIT(CAP_FOWNER), 0));
        links("foreign");
    }
    say("root of a namespace from 1000");
    USERNS_CHILD(CLONE_NEWNS, "0 1000 2", "0 1000 2") {
        become_root_inside();
        links("foreign"); links("mapped"); links("half"); links("group");
    }
    return 0;
}
