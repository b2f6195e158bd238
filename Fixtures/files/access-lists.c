// Rules: acl-defaults-of-no-directory acl-id-unmapped acl-malformed acl-not-owner file-access-denied
// As: root user
// Access control lists: which are valid, whom they let in, what chmod and new files make of them, IDs across namespaces.
#include "fixture.h"
#define ACCESS "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"
enum { OWNER = 1, USER = 2, GROUP_OBJ = 4, GROUP = 8, MASK = 16, OTHER = 32 };
struct entry { uint16_t tag, permissions; uint32_t id; };
struct list { uint32_t version; struct entry entries[12]; };
#define LIST(...) ((struct list){2, {__VA_ARGS__}})
#define SIZE(...) (4 + sizeof((struct entry[]){__VA_ARGS__}))
#define set(path, name, ...) setxattr(path, name, &LIST(__VA_ARGS__), SIZE(__VA_ARGS__), 0)
static void tell(const char *label, const char *path, const char *name) {
    struct list list;
    struct stat st;
    must(lstat(path, &st));
    long size = getxattr(path, name, &list, sizeof list);
    char text[400] = "", *at = text;
    if (size == -1) strcpy(text, errno_text(errno));
    for (long i = 0; i < (size - 4) / 8; i++)
        at += sprintf(at, " %x:%o:%d", list.entries[i].tag, list.entries[i].permissions, (int)list.entries[i].id);
    say("%s: mode %o, %s", label, st.st_mode & 07777, text);
}
static void create(const char *path, mode_t mode) { close(must(open(path, O_CREAT | O_EXCL | O_RDWR, mode))); }
static void try_as(const char *who, uid_t uid, gid_t gid, gid_t extra, const char *path) {
    CHILD {
        must(setgroups(extra != 0, &extra));
        must(setresgid(gid, gid, gid));
        must(setresuid(uid, uid, uid));
        say("%s: read %s, write %s, both %s", who, access(path, R_OK) ? "no" : "yes", access(path, W_OK) ? "no" : "yes",
            access(path, R_OK | W_OK) ? "no" : "yes");
    }
}
static void validity(void) {
    create("file", 0640);
    must(mkdir("directory", 0750));
    must(symlink("file", "link"));
    tell("nothing set", "file", ACCESS);
    show("plain", set("file", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}));
    tell("  says no more than the mode", "file", ACCESS);
    show("with a mask", set("file", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {MASK, 7}, {OTHER, 4}));
    tell("  ", "file", ACCESS);
    show("a user without a mask", set("file", ACCESS, {OWNER, 6}, {USER, 4, 1000}, {GROUP_OBJ, 4}, {OTHER, 0}));
    show("no other", set("file", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}));
    show("no owner", set("file", ACCESS, {GROUP_OBJ, 4}, {OTHER, 0}));
    show("two others", set("file", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}, {OTHER, 0}));
    show("out of order", set("file", ACCESS, {GROUP_OBJ, 4}, {OWNER, 6}, {OTHER, 0}));
    show("permission 8", set("file", ACCESS, {OWNER, 8}, {GROUP_OBJ, 4}, {OTHER, 0}));
    show("unknown tag", set("file", ACCESS, {OWNER, 6}, {64, 4}, {GROUP_OBJ, 4}, {OTHER, 0}));
    show("user -1", set("file", ACCESS, {OWNER, 6}, {USER, 4, -1}, {GROUP_OBJ, 4}, {MASK, 4}, {OTHER, 0}));
    show("one user twice", set("file", ACCESS, {OWNER, 6}, {USER, 4, 1000}, {USER, 2, 1000}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0}));
    show("version 1", setxattr("file", ACCESS, &(struct list){1, {{OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}}}, 28, 0));
    show("3 bytes", setxattr("file", ACCESS, &LIST({OWNER, 6}), 3, 0));
    show("half an entry", setxattr("file", ACCESS, &LIST({OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}), 24, 0));
    show("only a head", setxattr("file", ACCESS, &LIST({OWNER, 6}), 4, 0));
    tell("  ", "file", ACCESS);
    show("XATTR_REPLACE of nothing", setxattr("file", ACCESS, &LIST({OWNER, 6}, {GROUP_OBJ, 4}, {MASK, 4}, {OTHER, 0}), 36, XATTR_REPLACE));
    show("XATTR_CREATE of what is there", setxattr("file", ACCESS, &LIST({OWNER, 6}, {GROUP_OBJ, 4}, {MASK, 6}, {OTHER, 0}), 36, XATTR_CREATE));
    tell("  ", "file", ACCESS);
    show("get with too little room", getxattr("file", ACCESS, (char[8]){0}, 8));
    show("get of the size", getxattr("file", ACCESS, NULL, 0));
    show("defaults of a file", set("file", DEFAULT, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}));
    show("remove defaults of a file", removexattr("file", DEFAULT));
    show("get defaults of a file", getxattr("file", DEFAULT, NULL, 0));
    show("of a link", lsetxattr("link", ACCESS, &LIST({OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}), 28, 0));
    show("get of a link", lgetxattr("link", ACCESS, NULL, 0));
    show("of a /proc file", set("/proc/self/status", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}));
    show("get of a /proc file", getxattr("/proc/self/status", ACCESS, NULL, 0));
    show("another system attribute", setxattr("file", "system.x", "y", 1, 0));
    show("list", listxattr("file", (char[256]){0}, 256));
    show("remove", removexattr("file", ACCESS));
    tell("  ", "file", ACCESS);
    show("remove again", removexattr("file", ACCESS));
    show("list", listxattr("file", (char[256]){0}, 256));
}
static void modes(void) {
    create("modes", 0640);
    must(set("modes", ACCESS, {OWNER, 6}, {USER, 7, 1000}, {GROUP_OBJ, 7}, {MASK, 5}, {OTHER, 1}));
    tell("set", "modes", ACCESS);
    must(chmod("modes", 0421));
    tell("chmod 421", "modes", ACCESS);
    must(chmod("modes", 02755));
    must(set("modes", ACCESS, {OWNER, 7}, {USER, 7, 1000}, {GROUP_OBJ, 7}, {MASK, 5}, {OTHER, 1}));
    tell("set-group-ID after a list", "modes", ACCESS);
    must(set("modes", ACCESS, {OWNER, 7}, {GROUP_OBJ, 5}, {OTHER, 1}));
    tell("back to a mode", "modes", ACCESS);
}
static void inheritance(void) {
    must(set("directory", DEFAULT, {OWNER, 7}, {USER, 6, 1000}, {GROUP_OBJ, 5}, {MASK, 7}, {OTHER, 4}));
    tell("defaults", "directory", DEFAULT);
    tell("  and its own", "directory", ACCESS);
    umask(077);
    create("directory/file", 0666);
    tell("file 0666 under umask 077", "directory/file", ACCESS);
    create("directory/narrow", 0600);
    tell("file 0600", "directory/narrow", ACCESS);
    must(mkdir("directory/inner", 0770));
    tell("directory 0770", "directory/inner", ACCESS);
    tell("  its defaults", "directory/inner", DEFAULT);
    must(mknod("directory/pipe", S_IFIFO | 0644, 0));
    tell("FIFO 0644", "directory/pipe", ACCESS);
    int unnamed = must(open("directory", O_TMPFILE | O_RDWR, 0666));
    show("unnamed file", fgetxattr(unnamed, ACCESS, NULL, 0));
    must(symlink("file", "directory/link"));
    show("symbolic link", lgetxattr("directory/link", ACCESS, NULL, 0));
    must(set("directory", DEFAULT, {OWNER, 7}, {GROUP_OBJ, 4}, {OTHER, 2}));
    create("directory/plain", 0666);
    tell("by plain defaults", "directory/plain", ACCESS);
    show("remove defaults", removexattr("directory", DEFAULT));
    create("directory/masked", 0666);
    tell("without defaults", "directory/masked", ACCESS);
    umask(022);
}
static void who(void) {
    must(chmod(".", 0777));
    create("who", 0);
    must(chown("who", 2000, 2000));
    must(set("who", ACCESS, {OWNER, 4}, {USER, 6, 1000}, {USER, 0, 1001}, {GROUP_OBJ, 2}, {GROUP, 4, 3000}, {GROUP, 7, 3001}, {MASK, 6}, {OTHER, 7}));
    try_as("owner", 2000, 2000, 0, "who");
    try_as("user with 6", 1000, 1000, 0, "who");
    try_as("user with 0, in a group", 1001, 3000, 0, "who");
    try_as("owning group", 1500, 2000, 0, "who");
    try_as("group with 4", 1500, 3000, 0, "who");
    try_as("owning group and group with 4", 1500, 2000, 3000, "who");
    try_as("group with 7", 1500, 3001, 0, "who");
    try_as("other", 1500, 1500, 0, "who");
    must(chmod("who", 0407));
    say("with an empty mask");
    try_as("user with 6", 1000, 1000, 0, "who");
    try_as("owning group", 1500, 2000, 0, "who");
    try_as("other", 1500, 1500, 0, "who");
    must(chmod("who", 0447));
    say("with a mask of 4");
    try_as("user with 6", 1000, 1000, 0, "who");
    try_as("group with 7", 1500, 3001, 0, "who");
    CHILD {
        must(setresuid(1000, 1000, 1000));
        show("set by another user", set("who", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {OTHER, 0}));
        show("removed by another user", removexattr("who", ACCESS));
        tell("got by another user", "who", ACCESS);
    }
}
static void namespaces(bool root) {
    create("mapped", 0644);
    must(set("mapped", ACCESS, {OWNER, 6}, {USER, 6, geteuid()}, {USER, 4, 77}, {GROUP_OBJ, 4}, {GROUP, 4, getegid()}, {GROUP, 4, 88}, {MASK, 6}, {OTHER, 0}));
    USERNS_CHILD(0, root ? "10 0 1\n20 77 1\n" : own_uid_at(10), root ? "30 0 1\n" : NULL) {
        tell("in a namespace", "mapped", ACCESS);
        show("a mapped user", set("mapped", ACCESS, {OWNER, 6}, {USER, 4, 10}, {GROUP_OBJ, 4}, {MASK, 7}, {OTHER, 0}));
        show("an unmapped user", set("mapped", ACCESS, {OWNER, 6}, {USER, 4, 1}, {GROUP_OBJ, 4}, {MASK, 7}, {OTHER, 0}));
        show("an unmapped group", set("mapped", ACCESS, {OWNER, 6}, {GROUP_OBJ, 4}, {GROUP, 4, 1}, {MASK, 7}, {OTHER, 0}));
    }
    tell("outside", "mapped", ACCESS);
}
int main(void) {
    bool root = geteuid() == 0;
    validity();
    modes();
    inheritance();
    if (root) who();
    namespaces(root);
    return 0;
}
