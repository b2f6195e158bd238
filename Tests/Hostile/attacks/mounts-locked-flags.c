// Clears what a more privileged namespace has set about its mounts, in every way there is, and writes, executes and opens
// devices then. What has come by propagation is as locked.
#include "mounts.h"

static const char *const places[] = {"all", "copy", "sub/under", NULL};

static void try_place(const char *place) {
    char file[256];
    mount(0, place, 0, MS_REMOUNT | MS_BIND, 0);
    mount(0, place, 0, MS_REMOUNT, 0);
    mount(0, place, 0, MS_REMOUNT | MS_BIND | MS_STRICTATIME, 0);
    set_flags(AT_FDCWD, place, recursive, 0, 0xf);
    set_flags(AT_FDCWD, place, 0, 0x20, 0x70);
    snprintf(file, sizeof file, "%s/made", place);
    if (open(file, O_CREAT | O_WRONLY, 0666) >= 0) succeeded("wrote through %s", place);
    struct statfs told;
    if (statfs(place, &told) == 0 && (told.f_flags & 0xf) != 0xf) succeeded("%s has lost flags: %lx", place, (long)told.f_flags);
    if (told.f_flags & 0x1000) succeeded("%s updates access times again", place);
}

static void inner(void) {
    if (!own_namespaces(0)) return;
    for (int i = 0; places[i]; i++) try_place(places[i]);
    mkdir("/tmp/b", 0777);
    if (mount("all", "b", 0, MS_BIND, 0) == 0) try_place("b");
    int tree = syscall(open_tree_, AT_FDCWD, "all", clone_tree | recursive);
    set_flags(tree, "", empty_path | recursive, 0, 0xf);
    if (openat(tree, "made", O_CREAT | O_WRONLY, 0666) >= 0) succeeded("wrote through a detached tree");
    uint64_t attributes[4] = {0, 0xf, 0, 0};
    tree = syscall(467, AT_FDCWD, "all", clone_tree | recursive, attributes, 32);
    if (tree >= 0 && openat(tree, "made", O_CREAT | O_WRONLY, 0666) >= 0) succeeded("wrote through open_tree_attr");
    if (mount("all", "c", 0, MS_MOVE, 0) == 0) succeeded("moved what is locked");
    // Another level of namespaces changes nothing.
    if (own_namespaces(0)) try_place("all");
    round_done();
}

static void attack(void) {
    if (!own_place()) return;
    mkdir("all", 0777), mkdir("b", 0777), mkdir("c", 0777), mkdir("copy", 0777), mkdir("sub", 0777);
    mount("x", "all", "tmpfs", 0, ""), mount("x", "sub", "tmpfs", 0, "");
    mkdir("sub/under", 0777), mount("x", "sub/under", "tmpfs", 0, "");
    mount("all", "copy", 0, MS_BIND, 0);
    for (int i = 0; places[i]; i++)
        mount(0, places[i], 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME, 0);
    in_child(inner);
}
