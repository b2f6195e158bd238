// Rules: mount-kinds-differ mount-too-many mount-unknown-type
// As: root user
// A mount namespace as full as fs.mount-max lets it be: a tree that is bound into itself doubles each time.
#include "mounts.h"
#define STEPS 16
static char *step(int i) { return format_path("t/%d", i); }
static void at_the_limit(void) {
    say("at the limit:");
    TRY(mount("new", "d", "tmpfs", 0, NULL));
    TRY(mount("one", "d", NULL, MS_BIND, NULL));
    TRY(mount("one", "missing", NULL, MS_BIND, NULL));
    TRY(mount("one", "file", NULL, MS_BIND, NULL));
    TRY(mount("nonsense", "d", "nonesuch", 0, NULL));
    TRY(mount(NULL, "one", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    TRY(mount("one", "d", NULL, MS_MOVE, NULL));
    TRY(mount("d", "one", NULL, MS_MOVE, NULL));
    int copy = TRY_OK(clone_tree("one", 0));
    show("attach the copy", attach(copy, "d"));
    TRY(umount2("one", 0));
    show("attach the copy", attach(copy, "d"));
    TRY(mount("new", "one", "tmpfs", 0, NULL));
    close(copy);
    TRY(umount2("d", 0));
    // A mount that comes to two places needs room for both.
    tmpfs("shared");
    must(mount(NULL, "shared", NULL, MS_SHARED, NULL));
    TRY(mount("shared", "peer", NULL, MS_BIND, NULL));
    must(umount2("pile", 0));
    must(mount("shared", "peer", NULL, MS_BIND, NULL));
    dir("shared/x");
    TRY(mount("new", "shared/x", "tmpfs", 0, NULL));
    must(umount2("pile", 0));
    must(umount2("pile", 0));
    TRY(mount("new", "shared/x", "tmpfs", 0, NULL));
    TRY(umount2("shared/x", 0));
}
static void body(void) {
    dir("d"); dir("pile"); dir("fill"); dir("peer"); dir("shared");
    file("file");
    tmpfs("one");
    tmpfs("t");
    for (int i = 0; i <= STEPS; i++) dir(step(i));
    for (int i = 0; i < STEPS; i++) must(mount("t", step(i), NULL, MS_BIND | MS_REC, NULL));
    show("twice as many", mount("t", step(STEPS), NULL, MS_BIND | MS_REC, NULL));
    names(step(STEPS));
    show("half of it", mount(step(STEPS - 1), "d", NULL, MS_BIND | MS_REC, NULL));
    show("half of it again", mount(step(STEPS - 1), "d", NULL, MS_BIND | MS_REC, NULL));
    TRY(mount("new", "d", "tmpfs", 0, NULL));
    TRY(umount2("d", 0));
    TRY(umount2("d", MNT_DETACH));
    show("half of it", mount(step(STEPS - 1), step(STEPS), NULL, MS_BIND | MS_REC, NULL));
    // Single ones that can go later, and then as much as there is room for.
    for (int i = 0; i < 4; i++) must(mount("one", "pile", NULL, MS_BIND, NULL));
    for (int i = STEPS - 1; i >= 0; i--) if (mount(step(i), "fill", NULL, MS_BIND | MS_REC, NULL) == -1 && errno != ENOSPC) say("%d: %s", i, errno_text(errno));
    at_the_limit();
    TRY(umount2("t", MNT_DETACH));
    TRY(mount("new", "d", "tmpfs", 0, NULL));
}
int main(void) { return in_worlds(0, body); }
