// Rules: acl-defaults-of-no-directory acl-id-unmapped acl-not-owner file-access-denied
// As: root user
// Access control lists on a tmpfs: what new files inherit, whom a list lets in, and IDs through the maps of callers.
#include "../mountapi/api.h"
#define ACCESS "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"
enum { OWNER = 1, USER = 2, GROUP_OBJ = 4, GROUP = 8, MASK = 16, OTHER = 32 };
struct list { uint32_t version; struct entry { uint16_t tag, permissions; uint32_t id; } entries[12]; };
#define LIST(...) &(struct list){2, {__VA_ARGS__}}, 4 + sizeof((struct entry[]){__VA_ARGS__})
#define set(path, name, ...) setxattr(path, name, LIST(__VA_ARGS__), 0)
static void tell(const char *path, const char *name) {
    struct list list;
    struct stat st;
    if (stat(path, &st) == -1) { say("  %s: %s", path, errno_text(errno)); return; }
    long size = getxattr(path, name, &list, sizeof list);
    char text[400] = "", *at = text;
    if (size == -1) sprintf(text, " %s", errno_text(errno));
    for (long i = 0; i < (size - 4) / 8; i++) at += sprintf(at, " %x:%o:%d", list.entries[i].tag, list.entries[i].permissions, (int)list.entries[i].id);
    say("  %s: %o, %s%s", path, st.st_mode, strrchr(name, '_') + 1, text);
}
static void inheritance(const char *dir) {
    umask(077);
    close(must(open(format_path("%s/f666", dir), O_CREAT | O_RDWR, 0666))); tell(format_path("%s/f666", dir), ACCESS);
    close(must(open(format_path("%s/f640", dir), O_CREAT | O_RDWR, 0640))); tell(format_path("%s/f640", dir), ACCESS);
    close(must(open(format_path("%s/f000", dir), O_CREAT | O_RDWR, 0))); tell(format_path("%s/f000", dir), ACCESS);
    must(mkdir(format_path("%s/d777", dir), 0777)); tell(format_path("%s/d777", dir), ACCESS); tell(format_path("%s/d777", dir), DEFAULT);
    must(mkfifo(format_path("%s/fifo", dir), 0666)); tell(format_path("%s/fifo", dir), ACCESS);
    must(mknod(format_path("%s/socket", dir), S_IFSOCK | 0666, 0)); tell(format_path("%s/socket", dir), ACCESS);
    must(symlink("f666", format_path("%s/link", dir)));
    show("  symlink", lgetxattr(format_path("%s/link", dir), ACCESS, NULL, 0));
    int fd = must(open(dir, O_TMPFILE | O_RDWR, 0666));
    must(linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, format_path("%s/unnamed", dir), AT_SYMLINK_FOLLOW));
    tell(format_path("%s/unnamed", dir), ACCESS);
    umask(022);
}
static void try_as(uid_t uid, gid_t gid, const char *path) {
    CHILD {
        must(setgroups(0, NULL)); must(setresgid(gid, gid, gid)); must(setresuid(uid, uid, uid));
        say("  %u:%u read %s write %s", uid, gid, access(path, R_OK) ? "no" : "yes", access(path, W_OK) ? "no" : "yes");
    }
}
static void lists(void) {
    uid_t some = strcmp(who, "user") ? 5 : 0;
    must(mkdir("full", 0755)); must(mkdir("minimal", 0755)); must(mkdir("sgid", 0755)); make_file("f", "", 0644); must(symlink("f", "l"));
    say("inherited");
    show("default", set("full", DEFAULT, {OWNER, 7}, {USER, 6, some}, {GROUP_OBJ, 5}, {MASK, 7}, {OTHER, 4}));
    inheritance("full");
    say("inherited, minimal");
    show("default", set("minimal", DEFAULT, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 2}));
    inheritance("minimal");
    say("places");
    show("default of a file", set("f", DEFAULT, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}));
    show("of a link", lsetxattr("l", ACCESS, LIST({OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}), 0));
    show("by a link", set("l", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0})); tell("f", ACCESS);
    say("chmod");
    must(set("f", ACCESS, {OWNER, 6}, {USER, 7, some}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0})); tell("f", ACCESS);
    must(chmod("f", 0751)); tell("f", ACCESS);
    must(chmod("f", 0700)); tell("f", ACCESS);
    say("removed");
    show("size 0", setxattr("f", ACCESS, NULL, 0, 0)); tell("f", ACCESS);
    must(set("f", ACCESS, {OWNER, 6}, {USER, 7, some}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0}));
    show("only a head", setxattr("f", ACCESS, &(uint32_t){2}, 4, 0)); tell("f", ACCESS);
    must(set("f", ACCESS, {OWNER, 6}, {USER, 7, some}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0}));
    show("removexattr", removexattr("f", ACCESS)); tell("f", ACCESS);
    show("removed default", removexattr("full", DEFAULT)); tell("full", DEFAULT);
    show("version 3", setxattr("f", ACCESS, &(struct list){3, {{OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}}}, 28, 0));
    say("order");
    show("named out of order", set("f", ACCESS, {OWNER, 6}, {USER, 4, some}, {USER, 2, 0}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0})); tell("f", ACCESS);
    show("twice", set("f", ACCESS, {OWNER, 6}, {USER, 4, some}, {USER, 2, some}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0})); tell("f", ACCESS);
    show("an unmapped ID", set("f", ACCESS, {OWNER, 6}, {USER, 4, 70000}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0})); tell("f", ACCESS);
    if (!strcmp(who, "user")) return;
    say("whom it lets in");
    must(set("f", ACCESS, {OWNER, 6}, {USER, 4, 5}, {USER, 0, 6}, {GROUP_OBJ, 6}, {GROUP, 2, 7}, {MASK, 4}, {OTHER, 6}));
    must(chown("f", 3, 4)); tell("f", ACCESS);
    try_as(3, 9, "f"); try_as(5, 4, "f"); try_as(6, 4, "f"); try_as(8, 4, "f"); try_as(8, 7, "f"); try_as(8, 9, "f");
    CHILD { must(setresgid(8, 8, 8)); must(setresuid(8, 8, 8)); show("set by another", set("f", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0})); show("get", getxattr("f", ACCESS, NULL, 0)); }
    say("seen from a namespace below");
    must(set("f", ACCESS, {OWNER, 6}, {USER, 4, 1}, {USER, 2, 9}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0}));
    make_file("own", "", 0644);
    must(chown("own", 1, 1));
    USERNS_CHILD(CLONE_NEWNS, "0 1 2", "0 1 2") {
        become_root_inside();
        tell("f", ACCESS);
        show("set on what is not mapped", set("f", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}));
        show("set on own", set("own", ACCESS, {OWNER, 6}, {USER, 5, 1}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0}));
        show("an unmapped ID", set("own", ACCESS, {OWNER, 6}, {USER, 5, 5}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0}));
        tell("own", ACCESS);
    }
    tell("own", ACCESS);
}
int main(void) { as_each(0, lists); return 0; }
