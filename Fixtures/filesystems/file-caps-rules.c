// Rules: file-capabilities-malformed file-capabilities-need-setfcap file-capabilities-of-other-root file-capabilities-root-unmapped
// As: root user
// security.capability: which forms are stored and how they are read back, who may set it, and what takes it away.
#include "../mountapi/api.h"
struct vfs { uint32_t magic; struct { uint32_t permitted, inheritable; } data[2]; uint32_t rootid; };
#define NAME "security.capability"
static long set(const char *path, unsigned version, uint32_t rootid, int size, int flags) {
    struct vfs vfs = {version << 24, {{BIT(CAP_NET_RAW), 0}, {0, 0}}, rootid};
    return setxattr(path, NAME, &vfs, size, flags);
}
static void look(const char *path) {
    struct vfs vfs = {0};
    char names[256];
    long size = getxattr(path, NAME, &vfs, sizeof vfs);
    int e = errno;
    long listed = listxattr(path, names, sizeof names);
    if (size == -1) say("    %s: %s, listed %s", path, errno_text(e), listed > 0 ? "yes" : "no");
    else say("    %s: size %ld version %u root %u", path, size, vfs.magic >> 24, size == 24 ? vfs.rootid : 0);
}
static void forms(const char *path) {
    static const struct { const char *label; unsigned version; uint32_t rootid; int size; } list[] = {{"version 2", 2, 0, 20}, {"version 3 of 0", 3, 0, 24}, {"version 3 of 5", 3, 5, 24}, {"version 3 of 70000", 3, 70000, 24}, {"version 3 of -1", 3, -1, 24},
        {"version 1", 1, 0, 12}, {"version 4", 4, 0, 24}, {"version 2 of 24 bytes", 2, 0, 24}, {"version 3 of 20 bytes", 3, 0, 20}, {"version 2 of 19 bytes", 2, 0, 19}, {"4 bytes", 2, 0, 4}, {"2 bytes", 2, 0, 2}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        removexattr(path, NAME);
        show(format_path("  %s", list[i].label), set(path, list[i].version, list[i].rootid, list[i].size, 0));
        look(path);
    }
    removexattr(path, NAME);
    show("  empty", setxattr(path, NAME, "", 0, 0)); look(path);
    removexattr(path, NAME);
    show("  CREATE", set(path, 2, 0, 20, XATTR_CREATE)); show("  CREATE again", set(path, 2, 0, 20, XATTR_CREATE)); show("  REPLACE", set(path, 3, 0, 24, XATTR_REPLACE));
    show("  small buffer", getxattr(path, NAME, (char[8]){0}, 8)); show("  size", getxattr(path, NAME, NULL, 0));
    show("  remove", removexattr(path, NAME)); show("  REPLACE missing", set(path, 2, 0, 20, XATTR_REPLACE));
}
static void again(void) { must(set("f", 2, 0, 20, 0)); }
static void rules(void) {
    make_file("f", "text", 0755); must(mkdir("d", 0755)); must(mkfifo("fifo", 0644));
    say("own file");
    forms("f");
    say("other kinds");
    show("directory", set("d", 2, 0, 20, 0)); show("fifo", set("fifo", 2, 0, 20, 0));
    say("what takes it away");
    again(); must(write(must(open("f", O_WRONLY)), "x", 1)); say("  write"); look("f");
    again(); must(truncate("f", 1)); say("  truncate"); look("f");
    again(); must(open("f", O_WRONLY | O_TRUNC)); say("  O_TRUNC"); look("f");
    again(); must(open("f", O_WRONLY)); say("  open to write"); look("f");
    again(); must(chown("f", -1, -1)); say("  chown nothing"); look("f");
    again(); must(chown("f", 0, 0)); say("  chown"); look("f");
    again(); must(chmod("f", 0700)); say("  chmod"); look("f");
    again(); must(rename("f", "g")); must(rename("g", "f")); say("  rename"); look("f");
    again(); must(link("f", "g")); say("  link"); look("g"); must(unlink("g"));
    again(); must(utimensat(AT_FDCWD, "f", NULL, 0)); say("  utimes"); look("f");
    again(); must(setxattr("f", "user.x", "v", 1, 0)); say("  another attribute"); look("f");
    CHILD { drop_cap(CAP_SETFCAP); show("without CAP_SETFCAP", set("f", 2, 0, 20, 0)); show("  remove", removexattr("f", NAME)); look("f"); }
    again();
    CHILD { drop_cap(CAP_SYS_ADMIN); show("without CAP_SYS_ADMIN", set("f", 2, 0, 20, 0)); }
    CHILD { must(caps_set(0, 0, 0)); show("owner without capabilities", set("f", 2, 0, 20, 0)); show("  remove", removexattr("f", NAME)); }
    if (!strcmp(who, "user")) return;
    must(chmod("f", 0777));
    again();
    CHILD { must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); must(write(must(open("f", O_WRONLY)), "x", 1)); say("  write by another"); look("f"); }
    say("in a namespace below, on this file system");
    make_file("mapped", "", 0755); must(chown("mapped", 1, 1)); make_file("half", "", 0755); must(chown("half", 1, 9)); make_file("foreign", "", 0755); must(chown("foreign", 9, 9)); make_file("theirs", "", 0755); must(chown("theirs", 1, 1));
    must(set("theirs", 3, 7, 24, 0));
    USERNS_CHILD(CLONE_NEWNS, "0 1 6", "0 1 6") {
        become_root_inside();
        say("mapped"); forms("mapped");
        say("half mapped"); show("  version 2", set("half", 2, 0, 20, 0));
        say("foreign"); show("  version 2", set("foreign", 2, 0, 20, 0)); show("  version 3", set("foreign", 3, 0, 24, 0));
        say("of a root that is not mapped here"); look("theirs");
        show("  CREATE", set("theirs", 2, 0, 20, XATTR_CREATE));
        show("  REPLACE", set("theirs", 2, 0, 20, XATTR_REPLACE)); look("theirs");
        must(set("mapped", 2, 0, 20, 0));
    }
    say("seen from here");
    look("mapped"); look("theirs");
}
int main(void) { as_each(0, rules); return 0; }
