// Rules: file-access-denied file-read-only-mount mount-type-not-permitted proc-process-immutable xattr-security xattr-trusted xattr-trusted-hidden xattr-user-kind xattr-user-kind-hidden xattr-user-sticky
// As: root user
// Extended attributes by name space, kind of file, type of file system and caller; sizes, and what is told first.
#include "../mountapi/api.h"
#define SET(path, name) setxattr(path, name, "v", 1, 0)
static void listed(const char *label, const char *path) {
    char names[1024], line[1024] = "";
    long size = llistxattr(path, names, sizeof names);
    if (size == -1) { say("%s: %s", label, errno_text(errno)); return; }
    for (char *at = names; at < names + size; at += strlen(at) + 1) sprintf(line + strlen(line), " %s", at);
    say("%s:%s", label, line);
}
static void sizes(void) {
    make_file("f", "", 0644);
    static char large[65537], name[300];
    memset(name, 'n', 299);
    memcpy(name, "user.", 5);
    show("no name", SET("f", ""));
    name[256] = 0; show("a name of 256", SET("f", name));
    name[255] = 0; show("a name of 255", SET("f", name)); show("  remove", removexattr("f", name));
    show("user.", SET("f", "user.")); show("security.", SET("f", "security.")); show("trusted.", SET("f", "trusted."));
    show("unknown", SET("f", "other.x")); show("no dot", SET("f", "user")); show("system.x", SET("f", "system.x")); show("USER.x", SET("f", "USER.x"));
    show("65537 bytes", setxattr("f", "user.x", large, 65537, 0));
    show("flags 4", setxattr("f", "user.x", "v", 1, 4)); show("flags 3, missing", setxattr("f", "user.x", "v", 1, 3));
    show("REPLACE missing", setxattr("f", "user.x", "v", 1, XATTR_REPLACE));
    show("CREATE", setxattr("f", "user.x", "value", 5, XATTR_CREATE)); show("CREATE existing", setxattr("f", "user.x", "v", 1, XATTR_CREATE));
    show("REPLACE existing", setxattr("f", "user.x", "value", 5, XATTR_REPLACE));
    show("flags 3, existing", setxattr("f", "user.x", "v", 1, 3));
    show("read, small", getxattr("f", "user.x", large, 4)); show("read, size", getxattr("f", "user.x", NULL, 0)); show("read", getxattr("f", "user.x", large, 5));
    show("list, small", listxattr("f", large, 3)); show("empty value", setxattr("f", "user.empty", NULL, 0, 0)); show("  read", getxattr("f", "user.empty", large, 5));
    show("remove", removexattr("f", "user.empty")); show("remove again", removexattr("f", "user.empty"));
}
static void kinds(void) {
    must(mkdir("dir", 0755)); must(symlink("f", "link")); must(mkfifo("fifo", 0666)); must(mknod("socket", S_IFSOCK | 0666, 0)); must(mknod("white", S_IFCHR | 0666, 0));
    static const char *const files[] = {"f", "dir", "link", "fifo", "socket", "white"}, *const names[] = {"user.k", "trusted.k", "security.k", "security.selinux", "system.posix_acl_access"};
    for (int i = 0; i < 6; i++) for (int n = 0; n < 5; n++) {
        show(format_path("%s set %s", files[i], names[n]), lsetxattr(files[i], names[n], "v", 1, 0));
        show("  get", lgetxattr(files[i], names[n], NULL, 0));
    }
    for (int i = 0; i < 6; i++) listed(files[i], files[i]);
}
static void permission(void) {
    say("permission");
    must(mkdir("open", 0777)); must(chmod("open", 0777)); must(mkdir("sticky", 0777)); must(chmod("sticky", 01777));
    make_file("open/mine", "", 0644); make_file("open/all", "", 0666); make_file("open/closed", "", 0600); must(SET("open/mine", "user.x")); must(SET("open/closed", "user.x"));
    lsetxattr("open/mine", "trusted.x", "v", 1, 0);
    lsetxattr("open/mine", "security.x", "v", 1, 0);
    listed("with capabilities", "open/mine");
    CHILD {
        if (strcmp(who, "user")) { must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); } else must(caps_set(0, 0, 0));
        static const char *const names[] = {"user.x", "trusted.x", "security.x", "security.selinux", "other.x", "system.x"}, *const files[] = {"open/mine", "open/all", "open/closed"};
        listed("without", "open/mine");
        for (int i = 0; i < 3; i++) for (int n = 0; n < 6; n++) {
            show(format_path("%s set %s", files[i], names[n]), SET(files[i], names[n]));
            show("  get", getxattr(files[i], names[n], NULL, 0));
            show("  remove", removexattr(files[i], names[n]));
        }
        show("in a sticky directory, the directory", SET("sticky", "user.x"));
        show("in an open directory, the directory", SET("open", "user.x"));
        make_file("sticky/own", "", 0644);
        show("in a sticky directory, own file", SET("sticky/own", "user.x"));
    }
    CHILD { drop_cap(CAP_SYS_ADMIN); show("without CAP_SYS_ADMIN: trusted.y", SET("open/mine", "trusted.y")); show("security.y", SET("open/mine", "security.y")); listed("list", "open/mine"); }
    say("a read-only mount");
    must(mkdir("ro", 0755));
    must(mount("open", "ro", NULL, MS_BIND, NULL));
    must(mount(NULL, "ro", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show("user.y", SET("ro/mine", "user.y")); show("other.y", SET("ro/mine", "other.y")); show("trusted.y", SET("ro/mine", "trusted.y")); show("no name", SET("ro/mine", "")); show("missing", SET("ro/none", "user.y"));
    show("remove", removexattr("ro/mine", "user.x")); show("get", getxattr("ro/mine", "user.x", NULL, 0));
}
static void types(void) {
    say("types");
    must(mkdir("t", 0755));
    static const struct { const char *type, *file; } all[] = {{"tmpfs", ""}, {"ramfs", ""}, {"devpts", ""}, {"devpts", "/ptmx"}, {"mqueue", ""}, {"proc", "/self"}, {"proc", "/uptime"}, {"sysfs", "/kernel"}};
    static const char *const names[] = {"user.x", "trusted.x", "security.x", "other.x"};
    for (int i = 0; i < 8; i++) {
        if (mount("t", "t", all[i].type, 0, NULL) == -1) { say("%s: mount %s", all[i].type, errno_text(errno)); continue; }
        for (int n = 0; n < 4; n++) {
            const char *path = format_path("t%s", all[i].file);
            // A sysfs' attributes stay as long as the network namespace.
            long result = show(format_path("%s%s %s", all[i].type, all[i].file, names[n]), SET(path, names[n]));
            show("  get", getxattr(path, names[n], NULL, 0));
            if (result == 0) show("  remove", removexattr(path, names[n]));
        }
        must(umount2("t", MNT_DETACH));
    }
}
static void all(void) { sizes(); kinds(); permission(); types(); }
int main(void) { as_each(CLONE_NEWIPC | CLONE_NEWNET, all); return 0; }
