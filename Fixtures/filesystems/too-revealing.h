// A world with one proc and one sysfs, in parts of which the tests hide something from a namespace below.
#pragma once
#include "../mountapi/api.h"
// A world of one's own: a tmpfs as root with proc and sysfs in it, so that nothing of the host's mounts matters.
static void build_world(void) {
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    must(mount("new", "world", "tmpfs", 0, NULL));
    must(chdir("world"));
    must(mkdir("proc", 0755)); must(mkdir("sys", 0755)); must(mkdir("m", 0755)); must(mkdir("aside", 0755));
    must(mkdir("dev", 0755));
    make_file("file", "", 0644);
    must(mount("proc", "proc", "proc", 0, NULL));
    must(mount("sysfs", "sys", "sysfs", 0, NULL));
    must(syscall(SYS_pivot_root, ".", "."));
    must(umount2(".", MNT_DETACH));
    must(chdir("/"));
}
static void attempt(const char *type, unsigned long flags) {
    long result = mount("x", "/m", type, flags, NULL);
    say("  %s%s: %s", type, flags ? format_path(" %lx", flags) : "", result == 0 ? "ok" : errno_text(errno));
    if (result == 0) must(umount2("/m", 0));
}
/// Prepares what the parent namespace makes, and tries from a child user namespace with all namespaces new.
static void row(const char *label, void (*before)(void), void (*after)(void), unsigned long flags) {
    say("%s", label);
    CHILD {
        must(unshare(CLONE_NEWNS));
        if (before) before();
        // No maps: /proc may not be there to write them.
        must(unshare(CLONE_NEWUSER | CLONE_NEWNS | ALL_NEW));
        CHILD {
            if (after) after();
            attempt("proc", flags);
            attempt("sysfs", flags);
        }
    }
}
#define COVER(name, path) static void name(void) { must(mount("cover", path, "tmpfs", 0, NULL)); }
static void in_built_world(void (*rows)(void)) {
    must(mkdir("world", 0755));
    if (geteuid() == 0) {
        CHILD {
            must(unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET));
            CHILD { build_world(); rows(); }
        }
    } else USERNS_CHILD(CLONE_NEWNS | ALL_NEW, own_uid_at(0), own_gid_at(0)) CHILD { build_world(); rows(); }
}
