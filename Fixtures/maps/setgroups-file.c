// Rules: file-access-denied setgroups-after-gid-map setgroups-already-denied setgroups-before-gid-map setgroups-denied setgroups-file-open setgroups-file-syntax
// As: user root
// /proc/PID/setgroups: its grammar, when it changes, who may open it, and that children inherit it.
#include "fixture.h"
static void table(const char *label) {
    static const char *texts[] = {"allow", "allow\n", "deny x", "denyallow", "", "x", "ALLOW", "deny   ", "deny\n", "deny",
                                  "allow", "deny    ", "deny    \n", "allow  x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char shown[32];
        strcpy(shown, texts[i]);
        for (char *c = shown; *c; c++) if (*c == '\n') *c = '/';
        show_put(format_path("%s \"%s\"", label, shown), "/proc/self/setgroups", texts[i]);
    }
    show_file("now", "/proc/self/setgroups");
}
int main(void) {
    CHILD table("initial");
    char *own = own_uid_at(0);
    CHILD {
        must(unshare(CLONE_NEWUSER));
        table("fresh");
        show("setgroups()", syscall(SYS_setgroups, 0, NULL));
        int fd = must(open("/proc/self/setgroups", O_RDWR));
        show("bad pointer", write(fd, (void *)8, 4));
        show("pwrite", pwrite(fd, "deny", 4, 1));
        show("uid_map", put("/proc/self/uid_map", own));
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        show_file("mapped", "/proc/self/setgroups");
        show_put("deny after gid_map", "/proc/self/setgroups", "deny");
        show_put("allow after gid_map", "/proc/self/setgroups", "allow");
        show("setgroups()", syscall(SYS_setgroups, 0, NULL));
        must(unshare(CLONE_NEWUSER));
        show_file("grandchild", "/proc/self/setgroups");
        show_put("grandchild allow", "/proc/self/setgroups", "allow");
        show_put("grandchild deny", "/proc/self/setgroups", "deny");
    }
    // Opening for writing needs CAP_SYS_ADMIN over the namespace, and says EACCES.
    pid_t pid;
    struct gate end = gate_new();
    SPAWN_IN_USERNS(pid, 0, own_uid_at(0), NULL) {
        struct gate inner = gate_new();
        CHILD {
            must(caps_set(0, 0, 0));
            show("inside without caps", open("/proc/self/setgroups", O_WRONLY));
            ok("read only", open("/proc/self/setgroups", O_RDONLY));
        }
        show("the parent's file from inside", open(format_path("/proc/%d/setgroups", getppid()), O_WRONLY));
        gate_wait(end);
    }
    gate_open(end);
    reap(pid);
    if (geteuid() == 0) CHILD {
        SPAWN_IN_USERNS(pid, 0, NULL, NULL) gate_wait(end);
        CHILD { drop_cap(CAP_SYS_ADMIN); show("owner without the capability", open(format_path("/proc/%d/setgroups", pid), O_WRONLY)); }
        CHILD { become(1000, 1000); show("another user", open(format_path("/proc/%d/setgroups", pid), O_WRONLY)); }
        gate_open(end);
        reap(pid);
    }
    return 0;
}
