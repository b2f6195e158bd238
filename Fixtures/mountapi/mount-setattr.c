// Rules: file-read-only-mount idmap-cleared mount-attribute-atime mount-attribute-bits mount-flags-locked mount-not-mount-root mount-not-permitted mount-other-namespace mount-propagation-type mount-unknown-flags mount-writers
// As: root user
// mount_setattr: the order of its tests, which bits go together, and recursive changes that are made in whole or not.
#include "api.h"
#define SET(path, flags, ...) mount_setattr_(AT_FDCWD, path, flags, ATTR(__VA_ARGS__))
static void bits(void) {
    must(mkdir("d", 0755)); must(mkdir("plain", 0755)); must(symlink("d", "link"));
    must(mount("x", "d", "tmpfs", 0, NULL));
    must(mkdir("d/in", 0755));
    must(mount("y", "d/in", "tmpfs", 0, NULL));
    make_file("d/in/file", "", 0644);
    say("order");
    uint64_t room[600] = {0};
    show("bad flags, small size", mount_setattr_(AT_FDCWD, "missing", 1, room, 8));
    show("size 31", mount_setattr_(AT_FDCWD, "missing", 0, room, 31));
    show("size 0", mount_setattr_(AT_FDCWD, "missing", 0, NULL, 0));
    show("size 4097", mount_setattr_(AT_FDCWD, "missing", 0, room, 4097));
    show("bad structure", mount_setattr_(AT_FDCWD, "missing", 0, (void *)8, 32));
    show("nothing to do, missing", SET("missing", 0, 0));
    show("nothing to do, NULL", SET(NULL, 0, 0));
    show("nothing to do, closed descriptor", mount_setattr_(99, "", EMPTY, room, 32));
    show("nothing to do, larger", mount_setattr_(AT_FDCWD, "missing", 0, room, 4096));
    room[4] = 1;
    show("something unknown beyond", mount_setattr_(AT_FDCWD, "missing", 0, room, 40));
    room[4] = 0; room[0] = A_RDONLY;
    show("zeros beyond", mount_setattr_(AT_FDCWD, "missing", 0, room, 40));
    show("userns_fd alone", SET("missing", 0, .userns_fd = 99));
    show("bad bits, missing", SET("missing", 0, .set = 0x100));
    show("missing", SET("missing", 0, .set = A_RDONLY));
    show("NULL", SET(NULL, 0, .set = A_RDONLY));
    show("empty", SET("", 0, .set = A_RDONLY));
    show("no mount's root", SET("plain", 0, .set = A_RDONLY));
    show("no mount's root, bad bits", SET("plain", 0, .set = 0x100));
    show("a link", SET("link", 0, .set = A_NODEV));
    show("a link itself", SET("link", NOFOLLOW, .set = A_NODEV));
    show("nothing automatic", SET("d", 0x800, .clear = A_NODEV));
    show("flag 0x400", SET("d", 0x400, .clear = A_NODEV));
    show("by a descriptor", mount_setattr_(must(open("d", O_PATH)), "", EMPTY, ATTR(.set = A_NODEV)));
    CHILD {
        drop_cap(CAP_SYS_ADMIN);
        say("without CAP_SYS_ADMIN");
        show("bad flags", mount_setattr_(AT_FDCWD, "missing", 1, room, 8));
        show("size 31", mount_setattr_(AT_FDCWD, "missing", 0, room, 31));
        show("bad structure", mount_setattr_(AT_FDCWD, "missing", 0, (void *)8, 32));
        show("nothing to do", SET("d", 0, 0));
        show("bad bits", SET("d", 0, .set = 0x100));
    }
    say("bits");
#define EACH(label, ...) do { show(label, SET("d", 0, __VA_ARGS__)); show_mount("d"); } while (0)
    EACH("clear all", .clear = A_RDONLY | A_NOSUID | A_NODEV | A_NOEXEC | A_NODIRATIME | A_NOSYMFOLLOW);
    EACH("set all", .set = A_RDONLY | A_NOSUID | A_NODEV | A_NOEXEC | A_NODIRATIME | A_NOSYMFOLLOW);
    EACH("clear some", .clear = A_RDONLY | A_NOEXEC | A_NOSYMFOLLOW | A_NOSUID);
    EACH("one in both", .set = A_NOSUID, .clear = A_NOSUID);
    EACH("clear and set others", .set = A_NOEXEC, .clear = A_NOSUID | A_NODEV | A_NODIRATIME);
    EACH("noatime without clearing", .set = A_NOATIME);
    EACH("noatime", .set = A_NOATIME, .clear = A_ATIME);
    EACH("clear a part of atime", .clear = A_NOATIME);
    EACH("strictatime with a part", .set = A_STRICTATIME, .clear = A_STRICTATIME);
    EACH("strictatime", .set = A_STRICTATIME, .clear = A_ATIME);
    EACH("both", .set = A_NOATIME | A_STRICTATIME, .clear = A_ATIME);
    EACH("0x40", .set = 0x40, .clear = A_ATIME);
    EACH("relatime", .clear = A_ATIME);
    EACH("bit 0x100", .set = 0x100);
    EACH("clear bit 0x100", .clear = 0x100);
    EACH("bit 32", .set = 1ULL << 32);
    EACH("clear the map", .clear = A_IDMAP);
    EACH("userns_fd without a map", .set = A_NODEV, .userns_fd = 99);
    say("propagation");
    static const struct { const char *name; uint64_t value; } types[] = {{"shared", MS_SHARED}, {"slave", MS_SLAVE}, {"private", MS_PRIVATE}, {"unbindable", MS_UNBINDABLE}, {"two", MS_SHARED | MS_PRIVATE},
        {"recursive", MS_SHARED | MS_REC}, {"other bits", MS_RDONLY}, {"bit 32", 1ULL << 32}};
    for (int i = 0; i < 8; i++) show(types[i].name, SET("d", 0, .propagation = types[i].value));
    show("with attributes", SET("d", 0, .set = A_RDONLY, .propagation = MS_SHARED));
    show_mounts("then");
    show("with bad attributes", SET("d", 0, .set = 0x100, .propagation = MS_PRIVATE));
    show("with a bad propagation", SET("d", 0, .clear = A_RDONLY, .propagation = MS_SHARED | MS_SLAVE));
    show_mount("d");
    say("recursive");
    show("all below", SET("d", RECURSIVE, .set = A_NOSUID, .clear = A_RDONLY, .propagation = MS_PRIVATE));
    show_mounts("then");
    int writer = must(open("d/in/file", O_RDWR));
    show("read-only with a writer below", SET("d", RECURSIVE, .set = A_RDONLY | A_NODIRATIME, .propagation = MS_SHARED));
    show_mounts("nothing changed");
    show("only the upper one", SET("d", 0, .set = A_RDONLY));
    show("the writer's", SET("d/in", 0, .set = A_RDONLY));
    show("the writer's, another attribute", SET("d/in", 0, .set = A_NODIRATIME));
    close(writer);
    show("without it", SET("d", RECURSIVE, .set = A_RDONLY));
    show_mounts("then");
    show("write", open("d/in/file", O_RDWR));
    show("the file system may still be written through another", ({ must(mkdir("e", 0755)); must(mount("d/in", "e", NULL, MS_BIND, NULL)); must(SET("e", 0, .clear = A_RDONLY)); access("e/file", W_OK); }));
}
static void others(void) {
    bits();
    say("of other namespaces");
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN(pid) { must(unshare(CLONE_NEWNS)); gate_open(ready); gate_wait(end); show_mount("e"); }
    gate_wait(ready);
    const char *foreign = format_path("/proc/%d/cwd/e", pid);
    show("attributes", SET(foreign, 0, .set = A_NODEV));
    show("propagation", SET(foreign, 0, .propagation = MS_SHARED));
    show("bad bits", SET(foreign, 0, .set = 0x100));
    gate_open(end);
    reap(pid);
    say("locked");
    must(mkdir("l", 0755));
    must(mount("z", "l", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY | MS_NOATIME | 256, NULL));
    must(mkdir("m", 0755));
    must(mount("z", "m", "tmpfs", 0, NULL));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        show("clear nosuid", SET("l", 0, .clear = A_NOSUID));
        show("clear nodev", SET("l", 0, .clear = A_NODEV));
        show("clear noexec", SET("l", 0, .clear = A_NOEXEC));
        show("clear ro", SET("l", 0, .clear = A_RDONLY));
        show("clear nosymfollow", SET("l", 0, .clear = A_NOSYMFOLLOW));
        show("clear and set nosuid", SET("l", 0, .set = A_NOSUID, .clear = A_NOSUID));
        show("other atime", SET("l", 0, .set = A_STRICTATIME, .clear = A_ATIME));
        show("relatime", SET("l", 0, .clear = A_ATIME));
        show("same atime", SET("l", 0, .set = A_NOATIME, .clear = A_ATIME));
        show("nodiratime", SET("l", 0, .set = A_NODIRATIME));
        show("nodiratime on relatime", SET("m", 0, .set = A_NODIRATIME));
        show("add", SET("m", 0, .set = A_NOSUID | A_RDONLY));
        show("and take away", SET("m", 0, .clear = A_NOSUID | A_RDONLY));
        show("no mount's root and locked", SET("plain", 0, .clear = A_NOSUID));
        show("bad bits", SET("l", 0, .clear = A_NOSUID, .set = 0x100));
        show("recursive over a locked one", SET(".", RECURSIVE, .clear = A_NOEXEC));
        show("recursive, added", SET(".", RECURSIVE, .set = A_NOEXEC));
        show_mounts("then");
    }
}
int main(void) { as_each(0, others); return 0; }
