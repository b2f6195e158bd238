// Rules: file-read-only-mount file-search-denied mount-is-locked mount-not-permitted mount-other-namespace mount-place-gone pivot-root-not-below pivot-root-not-mount-root pivot-root-on-root pivot-root-shared umount-busy user-namespace-chrooted
// As: root user
// pivot_root: the order of its checks, what may be a new root and where the old one may go, and who moves along.
#include "mounts.h"
#define BAD ((char *)8)
static char *of(int fd) { return format_path("/proc/self/fd/%d", fd); }
/// A block in a copy of the mount namespace, in which the world is the root.
static int in_copy_(const char *label) {
    say("%s:", label);
    if (!child_start()) return 0;
    must(unshare(CLONE_NEWNS));
    must(chdir("/"));
    return 1;
}
#define COPY(label) for (int in_child_ = in_copy_(label); in_child_; _exit(0))
static void lookups(void) {
    TRY(pivot(BAD, "n"));
    TRY(pivot(NULL, NULL));
    TRY(pivot("", "n"));
    TRY(pivot("missing", BAD));
    TRY(pivot("missing", "file"));
    TRY(pivot("file", "missing"));
    TRY(pivot("file/x", "n"));
    TRY(pivot("n", BAD));
    TRY(pivot("n", "missing"));
    TRY(pivot("n", "file"));
    TRY(pivot("n", "n/file"));
    TRY(pivot("plain", "missing"));
    TRY(pivot("to-n", "missing"));
}
static void without_capability(void) {
    must(caps_set(0, 0, 0));
    TRY(pivot("closed/n", "n"));
    lookups();
}
static void places(void) {
    TRY(pivot("/", "/"));
    TRY(pivot("plain", "plain"));
    TRY(pivot("plain", "plain/old"));
    TRY(pivot("n/plain", "n/plain/old"));
    TRY(pivot("n/plain", "n/plain"));
    TRY(pivot("n", "plain"));
    TRY(pivot("n", "/"));
    TRY(pivot("n", "other"));
    TRY(pivot("n/within", "n"));
    TRY(pivot("n/within", "n/old"));
    int gone = must(open("n/gone", O_PATH | O_CLOEXEC));
    must(rmdir("n/gone"));
    TRY(pivot("n", of(gone)));
    TRY(pivot(of(gone), "n"));
    close(gone);
    must(mkdir("n/gone", 0755));
    int old = must(open("n", O_PATH | O_CLOEXEC)), home = must(ns_open(0, "mnt"));
    must(unshare(CLONE_NEWNS));
    must(chdir("/"));
    show("a new root of another namespace", pivot(of(old), "n/old"));
    show("a place of another namespace", pivot("n", of(old)));
    show("both", pivot(of(old), of(old)));
    must(setns(home, CLONE_NEWNS));
    close(old);
    close(home);
}
static void shared_ones(void) {
    COPY("new_root shared, put_old in it") { make("n", MS_SHARED); TRY(pivot("n", "n/old")); }
    COPY("new_root shared, put_old on a private mount in it") { make("n", MS_SHARED); make("n/within", MS_PRIVATE); TRY(pivot("n", "n/within")); mounts("after"); }
    COPY("new_root private, put_old on a shared mount in it") { make("n/within", MS_SHARED); TRY(pivot("n", "n/within")); }
    COPY("new_root a slave") { make("n", MS_SHARED); make("n", MS_SLAVE); TRY(pivot("n", "n/old")); }
    COPY("new_root a slave of a group") { make("n", MS_SHARED); bind_to("n", "plain"); make("n", MS_SLAVE); TRY(pivot("n", "n/old")); }
    COPY("new_root unbindable") { make("n", MS_UNBINDABLE); TRY(pivot("n", "n/old")); }
    COPY("root shared, so new_root's parent") { make("/", MS_SHARED); TRY(pivot("n", "n/old")); TRY(pivot("/", "/")); TRY(pivot("n", "file")); TRY(pivot("plain", "plain")); }
    COPY("root shared, new_root's parent not") {
        make("n", MS_PRIVATE);
        make("/", MS_SHARED);
        make("n/within", MS_PRIVATE);
        TRY(pivot("n/within", "n/within/old"));
        mounts("after");
    }
    COPY("put_old on a stacked mount") { must(mount("put", "n/old", "tmpfs", 0, NULL)); TRY(pivot("n", "n/old")); mounts("after"); }
    COPY("new_root stacked") { must(mount("top", "n", "tmpfs", 0, "mode=755")); dir("n/put"); TRY(pivot("n", "n/put")); mounts("after"); }
    COPY("root covered") { must(mount("over", "/", "tmpfs", 0, NULL)); TRY(pivot("n", "n/old")); mounts("after"); }
}
static void working(void) {
    COPY("with put_old") {
        TRY(pivot("n", "n/old"));
        show_cwd("cwd");
        names("/");
        names("/old");
        yes("new root is the root", is_there("/file") && is_there("/within"));
        mounts("after");
        TRY(umount2("/old", 0));
        TRY(umount2("/old", MNT_DETACH));
        mounts("without the old root");
        // Where it is not locked, the root's file system becomes read-only.
        TRY(umount2("/", 0));
        TRY(mkdir("/new", 0755));
        mount(NULL, "/", NULL, MS_REMOUNT, NULL);
        rmdir("/new");
        TRY(pivot("/", "/"));
    }
    COPY("the new root is a bind of the root") {
        bind_to("/", "plain");
        TRY(pivot("plain", "plain/plain"));
        mounts("after");
    }
    COPY("the new root is a recursive bind of the root") {
        rbind_to("/", "plain");
        TRY(pivot("plain", "plain/plain"));
        mounts("after");
        CHILD show("unshare(NEWUSER)", unshare(CLONE_NEWUSER));
    }
    COPY("the new root is deep") {
        must(mount("deep", "n/plain/old", "tmpfs", 0, "mode=755"));
        dir("n/plain/old/put");
        TRY(pivot("n/plain/old", "n/plain/old/put"));
        mounts("after");
    }
}
static void chroots(void) {
    COPY("chrooted into the root of a mount") {
        must(chroot("n"));
        must(chdir("/"));
        TRY(pivot("within", "within/old"));
        names("/");
        names("/old");
        CHILD show("unshare(NEWUSER)", unshare(CLONE_NEWUSER));
        TRY(pivot("/", "/"));
    }
    COPY("the outer view of that") {
        pid_t pid;
        struct gate done = gate_new(), end = gate_new();
        SPAWN(pid) {
            must(chroot("n"));
            must(chdir("/"));
            must(pivot("within", "within/old"));
            gate_open(done);
            gate_wait(end);
        }
        gate_wait(done);
        mounts("outside");
        gate_open(end);
        reap(pid);
    }
    COPY("chrooted into a plain directory") {
        must(chroot("chroot"));
        must(chdir("/"));
        TRY(pivot("m", "m/old"));
        TRY(pivot("/", "/"));
    }
    COPY("chrooted into new_root") {
        must(chroot("n"));
        must(chdir("/"));
        TRY(pivot("/", "/old"));
        TRY(pivot("/", "/within"));
        TRY(pivot("plain", "plain"));
    }
    COPY("chrooted into a mount on a shared one") {
        make("n", MS_SHARED);
        must(chroot("n/within"));
        must(chdir("/"));
        must(mount("inner", "old", "tmpfs", 0, "mode=755"));
        must(mount(NULL, "old", NULL, MS_PRIVATE, NULL));
        must(mkdir("old/put", 0755));
        TRY(pivot("old", "old/put"));
    }
}
static void others(void) {
    COPY("other tasks") {
        struct gate ready = gate_new(), told = gate_new(), go[4] = {gate_new(), gate_new(), gate_new(), gate_new()};
        pid_t pids[4];
        static const char *labels[] = {"at the root", "in a directory", "chrooted", "chrooted, cwd outside"};
        for (int i = 0; i < 4; i++) SPAWN(pids[i]) {
            if (i == 1 || i == 3) must(chdir("plain"));
            if (i >= 2) must(chroot("/chroot"));
            if (i == 2) must(chdir("/"));
            gate_open(ready);
            gate_wait(go[i]);
            show_cwd(labels[i]);
            names(".");
            names("/");
            gate_open(told);
        }
        for (int i = 0; i < 4; i++) gate_wait(ready);
        TRY(pivot("n", "n/old"));
        for (int i = 0; i < 4; i++) {
            gate_open(go[i]);
            gate_wait(told);
        }
        for (int i = 0; i < 4; i++) reap(pids[i]);
    }
}
static void locked(void) {
    pid_t inner = hold(CLONE_NEWUSER | CLONE_NEWNS);
    IN(inner) {
        say("in a further user namespace:");
        TRY(pivot("n", "n/old"));
        TRY(pivot("n/within", "n/within/old"));
        TRY(pivot("/", "/"));
        TRY(pivot("plain", "plain"));
        bind_to("n/within", "plain");
        TRY(pivot("plain", "plain/old"));
        names("/");
        TRY(umount2("/old", 0));
        TRY(umount2("/old", MNT_DETACH));
    }
    release(inner);
    inner = hold(CLONE_NEWUSER | CLONE_NEWNS);
    IN(inner) {
        say("a recursive bind of all as the new root:");
        rbind_to("/", "plain");
        TRY(pivot("plain", "plain/plain"));
        TRY(umount2("/n/within", 0));
        TRY(umount2("/n", MNT_DETACH));
        TRY(umount2("/plain/n", MNT_DETACH));
        TRY(umount2("/plain", 0));
        TRY(umount2("/plain", MNT_DETACH));
        TRY(umount2("/n", MNT_DETACH));
        mounts("what is left");
    }
    release(inner);
}
static void body(void) {
    take_root();
    file("file");
    dir("plain"); dir("plain/old"); dir("closed"); dir("chroot"); dir("chroot/m");
    dir("closed/n");
    must(chmod("closed", 0));
    must(mount("chroot/m", "chroot/m", "tmpfs", 0, "mode=755"));
    dir("chroot/m/old");
    tmpfs("n");
    must(symlink("n", "to-n"));
    dir("n/old"); dir("n/plain"); dir("n/plain/old"); dir("n/gone");
    file("n/file");
    tmpfs("n/within");
    dir("n/within/old");
    tmpfs("other");
    mounts("before");
    say("without capabilities:");
    CHILD without_capability();
    say("lookups:");
    lookups();
    CHILD { lower_effective(CAP_DAC_OVERRIDE); lower_effective(CAP_DAC_READ_SEARCH); TRY(pivot("closed/n", "n")); TRY(pivot("n", "closed/n")); }
    say("places:");
    places();
    shared_ones();
    working();
    chroots();
    others();
    locked();
}
int main(void) { return in_worlds(0, body); }
