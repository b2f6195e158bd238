// Rules: chown-user-not-permitted file-access-denied proc-mode-is-fixed sysctl-directory sysctl-owner sysctl-user-limit
// As: root user
// Who may write /proc/sys: by global ids, not capabilities; uts and ipc tables by their namespaces.
#include "fixture.h"
static const char *files[] = {"kernel/hostname", "kernel/domainname", "kernel/overflowuid", "kernel/pid_max", "kernel/ostype", "kernel/osrelease",
                              "kernel/cap_last_cap", "kernel/ns_last_pid", "user/max_user_namespaces", "kernel/ngroups_max"};
static void look(const char *who) {
    say("%s", who);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = format_path("/proc/sys/%s", files[i]);
        struct stat st;
        if (stat(path, &st) == -1) { say("  %s: %s", files[i], errno_text(errno)); continue; }
        int reading = open(path, O_RDONLY | O_CLOEXEC);
        const char *r = reading == -1 ? errno_text(errno) : "ok";
        int writing = open(path, O_WRONLY | O_CLOEXEC);
        say("  %s: mode %o uid %u read %s write %s", files[i], st.st_mode, st.st_uid, r, writing == -1 ? errno_text(errno) : "ok");
        close(reading);
        close(writing);
    }
}
int main(void) {
    CHILD look("own");
    if (geteuid() == 0) CHILD { must(caps_set(0, 0, 0)); look("root without capabilities"); }
    USERNS_CHILD(CLONE_NEWUTS | CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) look("inner root");
    show_file("cap_last_cap", "/proc/sys/kernel/cap_last_cap");
    show_file("overflowuid", "/proc/sys/kernel/overflowuid");
    show_file("overflowgid", "/proc/sys/kernel/overflowgid");
    show_file("ostype", "/proc/sys/kernel/ostype");
    show("create", open("/proc/sys/kernel/new", O_CREAT | O_WRONLY, 0644));
    show("unlink", unlink("/proc/sys/kernel/ostype"));
    show("mkdir", mkdir("/proc/sys/new", 0755));
    show("mkdir in proc", mkdir("/proc/new", 0755));
    show("unlink in proc", unlink("/proc/version"));
    show("chmod status", chmod("/proc/self/status", 0600));
    show("chown status", chown("/proc/self/status", 1, 1));
    show("rename", rename("/proc/self/status", "/proc/self/other"));
    show("create in self", open("/proc/self/new", O_CREAT | O_WRONLY, 0644));
    return 0;
}
