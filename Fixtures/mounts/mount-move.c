// Rules: mount-into-itself mount-is-locked mount-move-kinds-differ mount-not-mount-root mount-other-namespace mount-parent-shared mount-source-not-mounted mount-unbindable-onto-shared mount-without-source
// As: root user
// MS_MOVE: what cannot be moved and where to, and what a move keeps.
#include "mounts.h"
static char *of(int fd) { return format_path("/proc/self/fd/%d", fd); }
static void refusals(void) {
    dir("d"); dir("plain");
    file("file");
    tmpfs("m");
    dir("m/sub");
    file("m/f");
    TRY(mount(NULL, "d", NULL, MS_MOVE, NULL));
    TRY(mount("", "d", NULL, MS_MOVE, NULL));
    TRY(mount("missing", "d", NULL, MS_MOVE, NULL));
    TRY(mount("m", "missing", NULL, MS_MOVE, NULL));
    TRY(mount("missing", "missing", NULL, MS_MOVE, NULL));
    TRY(mount("plain", "d", NULL, MS_MOVE, NULL));
    TRY(mount("m/sub", "d", NULL, MS_MOVE, NULL));
    TRY(mount("m/f", "file", NULL, MS_MOVE, NULL));
    TRY(mount("m", "m/sub", NULL, MS_MOVE, NULL));
    TRY(mount("m", "m", NULL, MS_MOVE, NULL));
    TRY(mount("m", "file", NULL, MS_MOVE, NULL));
    TRY(mount("plain", "file", NULL, MS_MOVE, NULL));
    TRY(mount("/", "d", NULL, MS_MOVE, NULL));
    TRY(mount("/", "/", NULL, MS_MOVE, NULL));
    TRY(mount(".", "d", NULL, MS_MOVE, NULL));
    show("move_mount onto a file", syscall(SYS_move_mount, AT_FDCWD, "m", AT_FDCWD, "file", 0));
    show("move_mount onto itself", syscall(SYS_move_mount, AT_FDCWD, "m", AT_FDCWD, "m", 0));
    show("move_mount of a plain directory", syscall(SYS_move_mount, AT_FDCWD, "plain", AT_FDCWD, "d", 0));
    bind_to("m/f", "file");
    TRY(mount("file", "d", NULL, MS_MOVE, NULL));
    file("file2");
    TRY(mount("file", "file2", NULL, MS_MOVE, NULL));
    mounts("a bind of a file has moved");
    TRY(umount2("file2", 0));
    TRY(umount2("m", 0));
}
static void propagation_rules(void) {
    tmpfs("parent");
    make("parent", MS_SHARED);
    tmpfs("parent/child");
    TRY(mount("parent/child", "d", NULL, MS_MOVE, NULL));
    make("parent/child", MS_PRIVATE);
    TRY(mount("parent/child", "d", NULL, MS_MOVE, NULL));
    make("parent", MS_SLAVE);
    make("parent/child", MS_SHARED);
    mounts("a shared one on a private parent");
    TRY(mount("parent/child", "d", NULL, MS_MOVE, NULL));
    mounts("moved");
    TRY(umount2("d", 0));
    // Unbindable ones.
    tmpfs("u");
    tmpfs("u/inner");
    make("u/inner", MS_UNBINDABLE);
    tmpfs("shared");
    make("shared", MS_SHARED);
    dir("shared/at");
    dir("private-at");
    TRY(mount("u/inner", "shared/at", NULL, MS_MOVE, NULL));
    TRY(mount("u", "shared/at", NULL, MS_MOVE, NULL));
    TRY(mount("u", "private-at", NULL, MS_MOVE, NULL));
    mounts("an unbindable one within");
    TRY(umount2("private-at", MNT_DETACH));
    TRY(umount2("shared", 0));
    TRY(umount2("parent", 0));
}
static void namespaces(void) {
    tmpfs("m");
    int inside = must(open("m", O_PATH | O_CLOEXEC)), home = here();
    must(unshare(CLONE_NEWNS));
    must(chdir(world));
    show("of another namespace", mount(of(inside), "d", NULL, MS_MOVE, NULL));
    show("onto another namespace's", mount("m", of(inside), NULL, MS_MOVE, NULL));
    enter(home);
    close(inside);
    must(umount2("m", 0));
    close(home);
}
static void kept(void) {
    tmpfs("first");
    tmpfs("second");
    make("second", MS_SHARED);
    tmpfs("second/child");
    tmpfs("third");
    mounts("before");
    TRY(mount("second", "d", NULL, MS_MOVE, NULL));
    more_mounts("second has moved to d");
    names("second");
    must(rename("second", "renamed"));
    TRY(mount("third", "d/child", NULL, MS_MOVE, NULL));
    more_mounts("third has moved onto a shared mount");
    // A working directory and open files go along.
    must(chdir("first"));
    file("f");
    int fd = must(open("f", O_RDONLY | O_CLOEXEC));
    must(mount(".", "../plain", NULL, MS_MOVE, NULL));
    show_cwd("after its move");
    show_fd("a file of it", fd);
    yes("the name", is_there("f"));
    must(chdir(world));
    more_mounts("first has moved to plain");
}
static void body(void) {
    refusals();
    propagation_rules();
    namespaces();
    kept();
}
int main(void) { return in_worlds(0, body); }
