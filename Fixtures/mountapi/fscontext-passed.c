// Rules: chown-unmapped-id mount-option-value mount-type-not-permitted remount-not-permitted xattr-security xattr-trusted
// As: root
// A context that is opened in one user namespace and created in another: whose the file system then is.
#include "api.h"
static void look(const char *path) {
    show_mounts("mounts");
    show_owner("its root", path);
    show("security.x", setxattr(path, "security.x", "v", 1, 0));
    show("trusted.x", setxattr(path, "trusted.x", "v", 1, 0));
    show("remount", mount(NULL, path, NULL, MS_REMOUNT, "size=64k"));
    show("chown to an ID outside", chown(path, 70000, -1));
}
int main(void) {
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    must(mkdir("world", 0755));
    struct gate end = gate_new();
    pid_t pid;
    int own = must(fsopen_("tmpfs", 0)), own_created = fs_created("tmpfs");
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, "0 1000 10", "0 1000 10") {
        become_root_inside();
        world_here();
        int contexts[] = {must(fsopen_("tmpfs", 0)), must(fsopen_("proc", 0)), must(fsopen_("devpts", 0))};
        show("uid in the opener's IDs", set_string(contexts[0], "uid", "3"));
        must(write(pair[0], contexts, sizeof contexts));
        gate_wait(end);
        must(mkdir("t", 0755));
        must(mkdir("u", 0755));
        int tree = ok("fsmount inside", fsmount_(contexts[0], 0, 0));
        show("attach", attach(tree, "t"));
        look("t");
        show("create of what init opened", fs_create(own));
        ok("fsmount of what init created", tree = fsmount_(own_created, 0, 0));
        show("attach", attach(tree, "u"));
        look("u");
    }
    int contexts[3], pidfd = must(pidfd_of(pid));
    must(read(pair[1], contexts, sizeof contexts));
    for (int i = 0; i < 3; i++) contexts[i] = must(syscall(SYS_pidfd_getfd, pidfd, contexts[i], 0));
    static const char *const names[] = {"tmpfs", "proc", "devpts"};
    show("gid in init's IDs", set_string(contexts[0], "gid", "1004"));
    show_log(contexts[0]);
    show("gid in the opener's IDs", set_string(contexts[0], "gid", "4"));
    for (int i = 0; i < 3; i++) { show(format_path("create of %s by init", names[i]), fs_create(contexts[i])); show_log(contexts[i]); }
    CHILD {
        must(unshare(CLONE_NEWNS));
        world_here();
        must(mkdir("d", 0755));
        show("attach of devpts by init", attach(must(fsmount_(contexts[2], 0, 0)), "d"));
        show_owner("  its root", "d");
        show_mount("d");
    }
    gate_open(end);
    reap(pid);
    return 0;
}
