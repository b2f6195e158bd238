// Rules: mount-type-not-permitted proc-namespace-foreign proc-namespace-not-permitted
// As: root user
// The PID namespace that a proc is mounted for: one's own or one below it, of an owner over which one is privileged.
#include "../mountapi/api.h"
/// The PID namespace in which the fixture began.
static int outer;
static void try_one(const char *label, int namespace) {
    int context = must(fsopen_("proc", 0));
    show(format_path("%s, by descriptor", label), fsconfig_(context, SET_FD, "pidns", NULL, namespace));
    show_log(context);
    show(format_path("%s, by path", label), set_string(context, "pidns", format_path("/proc/self/fd/%d", namespace)));
    show_log(context);
    close(context);
    show(format_path("%s, mount", label), mount("x", "d", "proc", 0, format_path("pidns=/proc/self/fd/%d", namespace)));
    if (errno == 0) {
        struct stat st;
        char link[32] = "";
        if (readlink("d/self", link, sizeof link - 1) == -1) strcpy(link, errno_text(errno));
        yes("  I am in it", atoi(link) > 0);
        yes("  with a process 1", stat("d/1", &st) == 0);
        must(umount("d"));
    }
}
/// A new PID namespace with a process in it. Further children are born in one's own again.
static int child_namespace(pid_t *pid) {
    int own = must(ns_open(0, "pid"));
    struct gate made = gate_new();
    must(unshare(CLONE_NEWPID));
    *pid = must(fork());
    if (*pid == 0) {
        gate_open(made);
        for (;;) pause();
    }
    gate_wait(made);
    must(setns(own, CLONE_NEWPID));
    close(own);
    return must(ns_open(*pid, "pid"));
}
static void all(void) {
    must(mkdir("d", 0755));
    int own = must(ns_open(0, "pid"));
    pid_t first, second;
    int below = child_namespace(&first), sibling = child_namespace(&second);
    try_one("the outer", outer);
    try_one("the own", own);
    try_one("a child", below);
    CHILD {
        must(setns(below, CLONE_NEWPID));
        try_one("a child, which further children will be in", below);
        // Its own number has no meaning in there, nor has /proc: the descriptor is enough.
        CHILD {
            try_one("from there the one above", own);
            try_one("from there that itself", below);
            try_one("from there a sibling", sibling);
        }
    }
    CHILD {
        int context = must(fsopen_("proc", 0));
        lower_effective(CAP_SYS_ADMIN);
        show("a child, by a context of who was privileged", fsconfig_(context, SET_FD, "pidns", NULL, below));
        show_log(context);
    }
    CHILD {
        int context = must(fsopen_("proc", 0));
        must(fsconfig_(context, SET_FD, "pidns", NULL, below));
        lower_effective(CAP_SYS_ADMIN);
        show("created without CAP_SYS_ADMIN", fs_create(context));
    }
    // Who has less than the mount namespace's owner names what belongs to that.
    USERNS_CHILD(CLONE_NEWNS, "0 0 1", NULL) {
        int context = ok("fsopen in a child user namespace", fsopen_("proc", 0));
        if (context != -1) {
            show("a child of the outer owner's", fsconfig_(context, SET_FD, "pidns", NULL, below));
            show_log(context);
            show("the own of the outer owner's", fsconfig_(context, SET_FD, "pidns", NULL, own));
            show_log(context);
        }
    }
    must(kill(first, SIGKILL));
    must(kill(second, SIGKILL));
    wait_status(first);
    wait_status(second);
    try_one("one in which nobody is any more", below);
}
int main(void) {
    outer = must(ns_open(0, "pid"));
    as_each(ALL_NEW, all);
    return 0;
}
