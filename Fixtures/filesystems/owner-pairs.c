// Rules: chmod-not-owner chown-group-not-permitted chown-unmapped-id chown-user-not-permitted file-access-denied file-flags-immutable file-flags-not-owner file-search-denied file-sticky-directory link-source-protected open-noatime-not-owner utime-not-owner utime-now-denied xattr-security xattr-trusted xattr-trusted-hidden
// As: root
// What the root of a user namespace may do to files of init's tmpfs whose user or group is mapped, unmapped or its own.
#include "../mountapi/api.h"
// 1000 and 1001 outside are 0 and 1 inside.
static const struct { const char *name; uid_t uid; gid_t gid; } pairs[] = {{"u-u", 5, 5}, {"u-m", 5, 1001}, {"u-o", 5, 1000}, {"m-u", 1001, 5}, {"m-m", 1001, 1001}, {"o-u", 1000, 5}, {"o-m", 1000, 1001}, {"o-o", 1000, 1000}};
enum { PAIRS = 8 };
static void fresh(const char *name, uid_t uid, gid_t gid, mode_t mode) { make_file(name, "text", 0600); must(chown(name, uid, gid)); must(chmod(name, mode)); }
static void table(int i) {
    const char *n = pairs[i].name;
#define F(mode) format_path("%s.%s", n, mode)
    say("%s", n);
    show_owner("  seen", F("0666"));
    ok("  read 0666", open(F("0666"), O_RDONLY)); ok("  write 0666", open(F("0666"), O_WRONLY));
    ok("  read 0060", open(F("0060"), O_RDONLY)); ok("  read 0006", open(F("0006"), O_RDONLY));
    ok("  read 0600", open(F("0600"), O_RDONLY)); ok("  write 0600", open(F("0600"), O_WRONLY)); ok("  read 0000", open(F("0000"), O_RDONLY));
    show("  access X 0600", access(F("0600"), X_OK));
    ok("  O_NOATIME 0666", open(F("0666"), O_RDONLY | O_NOATIME));
    show("  chmod", chmod(F("0666"), 0666));
    show("  utimes", utimensat(AT_FDCWD, F("0666"), (struct timespec[]){{1, 0}, {1, 0}}, 0));
    show("  utimes now 0666", utimensat(AT_FDCWD, F("0666"), NULL, 0));
    show("  utimes now 0600", utimensat(AT_FDCWD, F("0600"), NULL, 0));
    show("  chown to 1", chown(F("chown"), 1, -1));
    show("  chgrp to 1", chown(F("chown"), -1, 1));
    show("  chown to unmapped", chown(F("chown"), 7, -1));
    show("  chgrp to unmapped", chown(F("chown"), -1, 7));
    show("  chown nothing", chown(F("chown"), -1, -1));
    show("  user.x 0666", setxattr(F("0666"), "user.x", "v", 1, 0));
    show("  user.x 0600", setxattr(F("0600"), "user.x", "v", 1, 0));
    show("  security.x", setxattr(F("0666"), "security.x", "v", 1, 0));
    show("  trusted.x", setxattr(F("0666"), "trusted.x", "v", 1, 0));
    show("  get trusted.x", getxattr(F("0666"), "trusted.x", NULL, 0));
    show("  truncate 0666", truncate(F("0666"), 4)); show("  truncate 0600", truncate(F("0600"), 4));
    show("  link 0644", link(F("0644"), "linked"));
    unlink("linked");
    int flags = 0x10, fd = open(F("0666"), O_RDONLY);
    show("  FS_IOC_SETFLAGS immutable", ioctl(fd, _IOW('f', 2, long), &flags));
    close(fd);
    say("  directories");
    show("    lookup in 0700", access(F("dir/in"), F_OK));
    ok("    open 0700", open(F("dir"), O_RDONLY | O_DIRECTORY));
    show("    chdir 0700", ({ long result = chdir(F("dir")); int e = errno; must(chdir(world_path)); errno = e; result; }));
    show("    create in 0700", open(F("dir/new"), O_CREAT | O_RDWR, 0600) >= 0 ? 0 : -1);
    show("    create in 0777", open(F("open/new"), O_CREAT | O_RDWR, 0600) >= 0 ? 0 : -1);
    show_owner("      made", F("open/new"));
    show("    unlink in 0777", unlink(F("open/victim")));
    show("    rename in 0777", rename(F("open/mine"), F("open/yours")));
    show("    rmdir in 0777", rmdir(F("open/empty")));
    show("    set-gid file in a set-gid directory", open(F("sgid/file"), O_CREAT | O_RDWR, 02775) >= 0 ? 0 : -1);
    show_owner("      made", F("sgid/file"));
    show("    directory in it", mkdir(F("sgid/dir"), 0755));
    show_owner("      made", F("sgid/dir"));
    show("    chmod g+s of what was made", chmod(F("sgid/file"), 02775));
    show_owner("      then", F("sgid/file"));
}
static void sticky(const char *directory) {
    say("%s", directory);
    for (int i = 0; i < PAIRS; i++) {
        show(format_path("  unlink of %s", pairs[i].name), unlink(format_path("%s/a.%s", directory, pairs[i].name)));
        show(format_path("  rename of %s", pairs[i].name), rename(format_path("%s/b.%s", directory, pairs[i].name), format_path("%s/c.%s", directory, pairs[i].name)));
        show(format_path("  rename over %s", pairs[i].name), ({ make_file(format_path("%s/own", directory), "", 0600); rename(format_path("%s/own", directory), format_path("%s/d.%s", directory, pairs[i].name)); }));
    }
}
int main(void) {
    must(mkdir("world", 0755));
    must(unshare(CLONE_NEWNS));
    world_here();
    umask(0);
    must(chmod(".", 0777));
    static const char *const modes[] = {"0666", "0060", "0006", "0600", "0000", "0644"};
    for (int i = 0; i < PAIRS; i++) {
        const char *n = pairs[i].name;
        for (int m = 0; m < 6; m++) fresh(F(modes[m]), pairs[i].uid, pairs[i].gid, strtol(modes[m], NULL, 8));
        fresh(F("chown"), pairs[i].uid, pairs[i].gid, 0666);
        static const char *const dirs[] = {"dir", "open", "sgid"};
        static const mode_t dir_modes[] = {0700, 0777, 02777};
        for (int d = 0; d < 3; d++) {
            must(mkdir(F(dirs[d]), 0777));
            must(chown(F(dirs[d]), pairs[i].uid, pairs[i].gid));
            must(chmod(F(dirs[d]), dir_modes[d]));
        }
        make_file(F("dir/in"), "", 0644);
        fresh(F("open/victim"), pairs[i].uid, pairs[i].gid, 0600);
        fresh(F("open/mine"), pairs[i].uid, pairs[i].gid, 0600);
        must(mkdir(F("open/empty"), 0700));
        must(chown(F("open/empty"), pairs[i].uid, pairs[i].gid));
    }
    static const struct { const char *name; uid_t uid; gid_t gid; } sticky_dirs[] = {{"sticky-foreign", 5, 5}, {"sticky-mapped", 1001, 1001}, {"sticky-own", 1000, 1000}, {"sticky-own-u", 1000, 5}};
    for (int d = 0; d < 4; d++) {
        must(mkdir(sticky_dirs[d].name, 0777));
        for (int i = 0; i < PAIRS; i++) for (int k = 0; k < 4; k++) if (k != 2)
            fresh(format_path("%s/%c.%s", sticky_dirs[d].name, "abcd"[k], pairs[i].name), pairs[i].uid, pairs[i].gid, 0600);
        must(chown(sticky_dirs[d].name, sticky_dirs[d].uid, sticky_dirs[d].gid));
        must(chmod(sticky_dirs[d].name, 01777));
    }
    USERNS_CHILD(CLONE_NEWNS, "0 1000 2", "0 1000 2") {
        become_root_inside();
        for (int i = 0; i < PAIRS; i++) table(i);
        for (int d = 0; d < 4; d++) sticky(sticky_dirs[d].name);
    }
    say("as an ordinary user inside");
    USERNS_CHILD(CLONE_NEWNS, "0 1000 2", "0 1000 2") {
        must(setgroups(0, NULL)); must(setresgid(1, 1, 1)); must(setresuid(1, 1, 1)); must(prctl(PR_SET_DUMPABLE, 1));
        sticky("sticky-foreign");
        for (int i = 0; i < PAIRS; i++) ok(format_path("read 0060 of %s", pairs[i].name), open(format_path("%s.0060", pairs[i].name), O_RDONLY));
    }
    say("without maps");
    fresh("plain", 1000, 1000, 0600);
    CHILD {
        must(setgroups(0, NULL)); must(setresgid(1000, 1000, 1000)); must(setresuid(1000, 1000, 1000));
        must(unshare(CLONE_NEWUSER));
        show_owner("own file", "plain");
        ok("open", open("plain", O_RDWR));
        show("chmod", chmod("plain", 0640));
        show("chown to itself", chown("plain", 65534, 65534));
        show("chown to 0", chown("plain", 0, -1));
        show("chown nothing", chown("plain", -1, -1));
        ok("create", open("made", O_CREAT | O_RDWR, 0644));
        show_owner("made", "made");
        ok("another's", open("u-u.0600", O_RDONLY));
    }
    show_owner("made, outside", "made");
    return 0;
}
