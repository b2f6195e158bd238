// Rules: mount-is-locked mount-other-namespace mount-place-gone pivot-root-on-root umount-busy user-namespace-chrooted
// As: root user
// pivot_root(".", "."): the old root lies on top of the new one until it is taken away.
#include "mounts.h"
static void stacked(void) {
    tmpfs("n");
    file("n/in-new");
    bring_proc("n");
    CHILD { must(chroot("n")); show("unshare(NEWUSER) in a chroot", unshare(CLONE_NEWUSER)); }
    int old = must(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), old_proc = must(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
    must(chdir("n"));
    TRY(pivot(".", "."));
    show_cwd("cwd");
    names(".");
    yes("/ is the new root", is_there("/in-new"));
    yes("/.. is the old one", is_there(format_path("/..%s", world)));
    yes("./.. is the old one", is_there(format_path("..%s", world)));
    yes("the old root's name within it", is_there(format_path("/proc/self/fd/%d%s", old, world)));
    TRY(umount2(".", 0));
    TRY(mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL));
    TRY(umount2(".", MNT_DETACH));
    strcpy(world, "/");
    mounts("only the new tree");
    names("/..");
    CHILD show("unshare(NEWUSER)", unshare(CLONE_NEWUSER));
    CHILD {
        must(unshare(CLONE_NEWNS));
        TRY(umount2(".", MNT_DETACH));
        yes("still at its root", is_there("/in-new"));
        TRY(umount2(".", MNT_DETACH));
        TRY(mount("s", "/", "tmpfs", 0, NULL));
        proc_directory = old_proc;
        mounts("after it");
    }
    must(fchdir(old));
    show_cwd("in the old root");
    TRY(chdir(".."));
    close(old);
    close(old_proc);
    must(chdir("/"));
}
static void again(void) {
    // A second one, from within: the first new root is the old one now.
    must(mkdir("/second", 0755));
    tmpfs("/second");
    must(mkdir("/second/put", 0755));
    must(mount("/proc", (dir("/second/proc"), "/second/proc"), NULL, MS_BIND | MS_REC, NULL));
    must(chdir("/second"));
    int old = must(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    TRY(pivot(".", "put"));
    show_cwd("cwd");
    names("/put");
    mounts("with the first beneath put");
    must(fchdir(old));
    show_cwd("in the old root, which is mounted");
    must(chdir("/"));
    close(old);
    TRY(pivot("/put", "/put/second"));
    mounts("and back");
    names("/second");
    TRY(umount2("/second", MNT_DETACH));
    // From somewhere else than new_root, the names mean something else.
    tmpfs("/third");
    must(chdir("/"));
    TRY(pivot("third", "."));
    TRY(pivot(".", "third"));
    TRY(pivot("third", "third"));
    show_cwd("cwd");
    names("/");
    names("/..");
    TRY(umount2("/", MNT_DETACH));
    names("/..");
}
static void body(void) {
    stacked();
    again();
}
int main(void) { return in_worlds(0, body); }
