// Rules: mount-not-mount-root mount-not-permitted mount-propagation-type umount-not-mountpoint
// As: root user
// Changes of the propagation type: each state under each operation, and what becomes of peers and slaves.
#include "mounts.h"
static const struct { const char *name; unsigned long flag; } operations[] = {
    {"shared", MS_SHARED}, {"slave", MS_SLAVE}, {"private", MS_PRIVATE}, {"unbindable", MS_UNBINDABLE}};
enum { PRIVATE, ALONE, PEERS, SLAVE, BOTH, UNBINDABLE, STATES };
static const char *states[] = {"private", "shared, only member", "shared with peers", "slave", "shared and slave", "unbindable"};
/// A mount `m` in this state; `peer` is its peer, `master` its master, where there is one.
static void prepare(int state) {
    if (state == SLAVE || state == BOTH) {
        tmpfs("master");
        make("master", MS_SHARED);
        bind_to("master", "m");
        make("m", MS_SLAVE);
        if (state == BOTH) make("m", MS_SHARED);
        return;
    }
    tmpfs("m");
    if (state == ALONE || state == PEERS) make("m", MS_SHARED);
    if (state == PEERS) bind_to("m", "peer");
    if (state == UNBINDABLE) make("m", MS_UNBINDABLE);
}
static void clean(void) {
    static const char *paths[] = {"m", "peer", "master"};
    for (int i = 0; i < 3; i++) umount2(paths[i], 0);
}
static void table(void) {
    for (int state = 0; state < STATES; state++)
        for (int i = 0; i < 4; i++) {
            prepare(state);
            forget_numbers();
            const char *before = propagation("m");
            long result = mount(NULL, "m", NULL, operations[i].flag, NULL);
            say("%s (%s), made %s: %s %s; peer %s, master %s", states[state], before, operations[i].name, result == -1 ? errno_text(errno) : "0",
                propagation("m"), propagation("peer"), propagation("master"));
            clean();
        }
}
static void places(void) {
    tmpfs("m");
    dir("m/plain");
    file("m/f");
    TRY(mount(NULL, "m/plain", NULL, MS_SHARED, NULL));
    TRY(mount(NULL, "m/f", NULL, MS_PRIVATE, NULL));
    TRY(mount(NULL, "m/missing", NULL, MS_PRIVATE, NULL));
    TRY(mount(NULL, "m/plain", NULL, MS_PRIVATE | MS_REC, NULL));
    tmpfs("m/a");
    tmpfs("m/a/b");
    tmpfs("m/c");
    TRY(mount(NULL, "m", NULL, MS_SHARED, NULL));
    mounts("only one");
    TRY(mount(NULL, "m", NULL, MS_SHARED | MS_REC, NULL));
    mounts("all below");
    TRY(mount(NULL, "m/a", NULL, MS_UNBINDABLE | MS_REC, NULL));
    mounts("all below a");
    TRY(mount(NULL, "m", NULL, MS_SLAVE | MS_REC, NULL));
    mounts("slaves of nobody");
    // By mount_setattr, and with two types.
    TRY(set_attributes("m", 0, 0, 0, MS_SHARED));
    TRY(set_attributes("m", 0, 0, 0, MS_SHARED | MS_PRIVATE));
    TRY(set_attributes("m", AT_RECURSIVE, 0, 0, MS_PRIVATE));
    mounts("by mount_setattr");
    TRY(umount2("m", MNT_DETACH));
}
/// Members that leave a group with slaves.
static void leaving(void) {
    tmpfs("m");
    make("m", MS_SHARED);
    dir("s1"); dir("s2");
    bind_to("m", "peer");
    bind_to("m", "s1");
    make("s1", MS_SLAVE);
    bind_to("s1", "s2");
    mounts("two members and two slaves");
    make("peer", MS_PRIVATE);
    mounts("one member leaves");
    make("m", MS_PRIVATE);
    mounts("the last member leaves");
    must(umount2("s2", 0)); must(umount2("s1", 0)); must(umount2("peer", 0));
    // A chain m > middle > s1, s2.
    dir("middle");
    make("m", MS_SHARED);
    bind_to("m", "middle");
    make("middle", MS_SLAVE);
    make("middle", MS_SHARED);
    bind_to("middle", "s1");
    make("s1", MS_SLAVE);
    bind_to("s1", "s2");
    make("s2", MS_SHARED);
    mounts("a chain");
    make("middle", MS_PRIVATE);
    mounts("without the middle");
    must(umount2("middle", 0));
    make("m", MS_SLAVE);
    mounts("without the master");
    must(umount2("s1", 0)); must(umount2("s2", 0));
    make("m", MS_SHARED);
    bind_to("m", "s1");
    make("s1", MS_SLAVE);
    bind_to("m", "peer");
    must(umount2("m", 0));
    mounts("a member is unmounted");
    must(umount2("peer", 0));
    mounts("the last member is unmounted");
    must(umount2("s1", 0));
    // A middle one is unmounted.
    tmpfs("m");
    make("m", MS_SHARED);
    bind_to("m", "middle");
    make("middle", MS_SLAVE);
    make("middle", MS_SHARED);
    bind_to("middle", "s1");
    make("s1", MS_SLAVE);
    must(umount2("middle", 0));
    mounts("the middle of a chain is unmounted");
    must(umount2("s1", 0));
    must(umount2("m", 0));
}
/// The type of other namespaces' mounts and of detached trees.
static void elsewhere(void) {
    tmpfs("m");
    int inside = must(open("m", O_PATH | O_CLOEXEC)), home = here();
    char *path = format_path("/proc/self/fd/%d", inside);
    pid_t less = hold(CLONE_NEWUSER | CLONE_NEWNS);
    IN(less) {
        must(fcntl(inside, F_GETFD));
        show("from a further user namespace", mount(NULL, path, NULL, MS_SHARED, NULL));
        show("a mount that was copied", mount(NULL, "m", NULL, MS_SHARED, NULL));
    }
    release(less);
    must(unshare(CLONE_NEWNS));
    must(chdir(world));
    show("of another namespace", mount(NULL, path, NULL, MS_SHARED, NULL));
    forget_numbers();
    say("m here: %s", propagation("m"));
    enter(home);
    say("m at home: %s", propagation("m"));
    int tree = must(clone_tree("m", 0));
    path = format_path("/proc/self/fd/%d", tree);
    show("of a detached tree", mount(NULL, path, NULL, MS_UNBINDABLE, NULL));
    show("of a detached tree, recursive", mount(NULL, path, NULL, MS_SLAVE | MS_REC, NULL));
    dir("at");
    show("attached", attach(tree, "at"));
    mounts("at the end");
    close(home), close(inside), close(tree);
}
static void body(void) {
    dir("m"); dir("peer"); dir("master");
    table();
    places();
    leaving();
    elsewhere();
}
int main(void) { return in_worlds(0, body); }
