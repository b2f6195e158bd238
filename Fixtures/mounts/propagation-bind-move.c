// Rules: mount-unbindable mount-unbindable-onto-shared umount-not-mountpoint
// As: root user
// What a bind and a move make of each kind of mount, onto each kind of destination.
#include "mounts.h"
enum { PRIVATE, SHARED, SLAVE, BOTH, UNBINDABLE, KINDS };
static const char *kinds[] = {"private", "shared", "slave", "shared and slave", "unbindable"};
static void prepare(const char *path, const char *master, int kind) {
    if (kind == SLAVE || kind == BOTH) {
        tmpfs(master);
        make(master, MS_SHARED);
        bind_to(master, path);
        make(path, MS_SLAVE);
        if (kind == BOTH) make(path, MS_SHARED);
        return;
    }
    tmpfs(path);
    if (kind == SHARED) make(path, MS_SHARED);
    if (kind == UNBINDABLE) make(path, MS_UNBINDABLE);
}
static void one(int source, int destination, bool move, bool with_copy) {
    prepare("to", "to-master", destination);
    must(mkdir("to/at", 0755));
    if (destination == SLAVE || destination == BOTH) is_there("to-master/at");
    if (with_copy) {
        bind_to("to", "peer");
        bind_to("to", "slave");
        make("slave", MS_SLAVE);
    }
    prepare("from", "from-master", source);
    forget_numbers();
    const char *before = propagation("from");
    long result = mount("from", "to/at", NULL, move ? MS_MOVE : MS_BIND, NULL);
    const char *outcome = result == -1 ? errno_text(errno) : "0", *at = propagation("to/at");
    say("%s %s (%s) onto %s: %s %s; at the peer %s, at a slave %s, at the master %s; source %s", move ? "move" : "bind", kinds[source], before, kinds[destination], outcome,
        at, propagation("peer/at"), propagation("slave/at"), propagation("to-master/at"), propagation("from"));
    static const char *paths[] = {"to/at", "peer/at", "slave/at", "to-master/at", "to", "peer", "slave", "to-master", "from", "from-master"};
    for (int i = 0; i < 10; i++) umount2(paths[i], 0);
}
static void body(void) {
    dir("to"); dir("peer"); dir("slave"); dir("to-master"); dir("from"); dir("from-master");
    for (int destination = 0; destination < KINDS; destination++)
        for (int source = 0; source < KINDS; source++)
            for (int move = 0; move < 2; move++) one(source, destination, move, destination == SHARED || destination == BOTH);
    // New mounts on each kind of parent.
    for (int destination = 0; destination < KINDS; destination++) {
        prepare("to", "to-master", destination);
        must(mkdir("to/at", 0755));
        must(mount("new", "to/at", "tmpfs", 0, NULL));
        forget_numbers();
        say("a new mount on %s: %s; at the master %s", kinds[destination], propagation("to/at"), propagation("to-master/at"));
        static const char *paths[] = {"to/at", "to-master/at", "to", "to-master"};
        for (int i = 0; i < 4; i++) umount2(paths[i], 0);
    }
    // Recursive binds and moves of trees onto a shared mount: each mount by itself.
    tmpfs("to");
    make("to", MS_SHARED);
    dir("to/at"); dir("to/at2");
    bind_to("to", "peer");
    tmpfs("from");
    tmpfs("from/private");
    tmpfs("from/shared");
    tmpfs("from/unbindable");
    tmpfs("from/unbindable/within");
    make("from/shared", MS_SHARED);
    make("from/unbindable", MS_UNBINDABLE);
    TRY(mount("from", "to/at", NULL, MS_BIND | MS_REC, NULL));
    mounts("a recursive bind onto shared");
    TRY(umount2("to/at", MNT_DETACH));
    TRY(umount2("from/unbindable", MNT_DETACH));
    TRY(mount("from", "to/at", NULL, MS_MOVE, NULL));
    mounts("a move of a tree onto shared");
    TRY(umount2("to/at", MNT_DETACH));
    mounts("and away");
}
int main(void) { return in_worlds(0, body); }
