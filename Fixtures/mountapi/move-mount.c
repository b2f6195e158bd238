// Rules: mount-flags-combination mount-into-itself mount-is-locked mount-move-kinds-differ mount-not-mount-root mount-not-permitted mount-other-namespace mount-parent-shared mount-source-not-mounted mount-unbindable-onto-shared mount-unknown-flags
// As: root user
// move_mount: its arguments and their order, what may be moved where, and what stays with it.
#include "api.h"
#define MOVE(from, to) move_mount_(AT_FDCWD, from, AT_FDCWD, to, 0)
static void moves(void) {
    must(mkdir("a", 0755)); must(mkdir("b", 0755)); must(mkdir("c", 0755)); must(mkdir("plain", 0755)); must(mkdir("plain/sub", 0755));
    make_file("file", "", 0644);
    make_file("other", "", 0644);
    must(symlink("a", "to-a")); must(symlink("b", "to-b")); must(symlink("none", "dangling"));
    must(mount("x", "a", "tmpfs", MS_NOSUID, NULL));
    must(mkdir("a/in", 0755));
    must(mount("y", "a/in", "tmpfs", 0, NULL));
    uint64_t before = mount_id("a"), inner = mount_id("a/in");
    say("plain moves");
    show("a to b", MOVE("a", "b"));
    yes("same mounts", mount_id("b") == before && mount_id("b/in") == inner);
    show_mounts("moved");
    show("back", MOVE("b", "a"));
    say("what is told first");
    show("missing from", MOVE("missing", "b"));
    show("missing to", MOVE("a", "missing"));
    show("both missing, bad flags", move_mount_(AT_FDCWD, "missing", AT_FDCWD, "missing", 0x8000));
    show("flag 8", move_mount_(AT_FDCWD, "missing", AT_FDCWD, "missing", 8));
    show("flag 0x80", move_mount_(AT_FDCWD, "missing", AT_FDCWD, "missing", 0x80));
    show("flag 0x400", move_mount_(AT_FDCWD, "missing", AT_FDCWD, "missing", 0x400));
    show("set group and beneath", move_mount_(AT_FDCWD, "missing", AT_FDCWD, "missing", SET_GROUP | BENEATH));
    ok("automounts", move_mount_(AT_FDCWD, "a", AT_FDCWD, "b", 0x22));
    must(MOVE("b", "a"));
    show("empty from", MOVE("", "b"));
    show("empty to", MOVE("a", ""));
    int plain = must(open("a", O_PATH));
    show("empty from without the flag", move_mount_(plain, "", AT_FDCWD, "b", 0));
    show("closed descriptor", move_mount_(99, "", AT_FDCWD, "b", FROM_EMPTY));
    show("closed descriptor to", move_mount_(AT_FDCWD, "a", 99, "", TO_EMPTY));
    show("bad from", move_mount_(AT_FDCWD, (char *)8, AT_FDCWD, "b", 0));
    show("bad to", move_mount_(AT_FDCWD, "a", AT_FDCWD, (char *)8, 0));
    show("NULL from", move_mount_(plain, NULL, AT_FDCWD, "b", FROM_EMPTY));
    must(chdir(world_path));
    if (mount_id("b") == before) must(MOVE("b", "a"));
    CHILD {
        drop_cap(CAP_SYS_ADMIN);
        show("without CAP_SYS_ADMIN", MOVE("missing", "missing"));
        show("  bad flags", move_mount_(AT_FDCWD, "a", AT_FDCWD, "b", 0x8000));
    }
    say("links");
    show("from a link", MOVE("to-a", "b"));
    show("to a link", MOVE("a", "to-b"));
    show("from a link followed", move_mount_(AT_FDCWD, "to-a", AT_FDCWD, "b", FROM_SYMLINKS));
    show("  to a link followed", move_mount_(AT_FDCWD, "b", AT_FDCWD, "to-a", TO_SYMLINKS));
    show("a dangling one", move_mount_(AT_FDCWD, "a", AT_FDCWD, "dangling", TO_SYMLINKS));
    say("by descriptors");
    int to = must(open("b", O_PATH));
    show("a mount's root", move_mount_(plain, "", to, "", FROM_EMPTY | TO_EMPTY));
    show_mounts("moved");
    must(MOVE("b", "a"));
    CHILD { must(fchdir(plain)); show("the working directory", move_mount_(AT_FDCWD, "", to, "", FROM_EMPTY | TO_EMPTY)); say("getcwd %s", cwd_text()); show("back", move_mount_(AT_FDCWD, "", AT_FDCWD, format_path("%s/a", world_path), FROM_EMPTY)); }
    say("refused");
    show("a directory that is no mount", MOVE("plain", "b"));
    must(mkdir("a/dir", 0755));
    show("a directory in a mount", MOVE("a/dir", "b"));
    show("into itself", MOVE("a", "a/in"));
    show("onto itself", MOVE("a", "a"));
    show("the world into itself", MOVE(".", "plain"));
    show("/", MOVE("/", "b"));
    show("a directory onto a file", MOVE("a", "file"));
    must(mount("file", "other", NULL, MS_BIND, NULL));
    show("a file onto a directory", MOVE("other", "b"));
    show("a file onto a file", MOVE("other", "file"));
    must(umount("file"));
    must(mount(NULL, ".", NULL, MS_SHARED, NULL));
    show("the parent is shared", MOVE("a", "b"));
    must(mount(NULL, ".", NULL, MS_PRIVATE, NULL));
    must(mount(NULL, "a", NULL, MS_SHARED, NULL));
    show("itself is shared", MOVE("a", "b"));
    show_mounts("keeps its group");
    must(MOVE("b", "a"));
    must(mount(NULL, "a", NULL, MS_UNBINDABLE, NULL));
    show("unbindable onto a private one", MOVE("a", "b"));
    must(MOVE("b", "a"));
    must(mount("s", "c", "tmpfs", 0, NULL));
    must(mount(NULL, "c", NULL, MS_SHARED, NULL));
    must(mkdir("c/in", 0755));
    show("unbindable onto a shared one", MOVE("a", "c/in"));
    must(mount(NULL, "a", NULL, MS_PRIVATE, NULL));
    show("private onto a shared one", MOVE("a", "c/in"));
    show_mounts("becomes shared");
    say("of other namespaces");
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN(pid) { must(unshare(CLONE_NEWNS)); must(mount("z", "plain", "tmpfs", 0, NULL)); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    show("from", MOVE(format_path("/proc/%d/cwd/plain", pid), "b"));
    show("to", move_mount_(fs_detached("tmpfs"), "", AT_FDCWD, format_path("/proc/%d/cwd/b", pid), FROM_EMPTY));
    gate_open(end);
    reap(pid);
    must(mount("l", "plain", "tmpfs", 0, NULL));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        show("a locked mount", MOVE("plain", "b"));
        show("a locked mount to nowhere", MOVE("plain", "missing"));
        show("a new one onto a locked one", attach(fs_detached("tmpfs"), "plain"));
        show("  and moved away", MOVE("plain", "b"));
    }
}
int main(void) { as_each(0, moves); return 0; }
