// Rules: file-access-denied mount-option-value proc-namespace-fixed proc-process-closed proc-process-hidden proc-ptrace-access
// As: root user
// proc: hidepid, gid, subset and pidns as written and shown, and what can then be seen.
#include "../mountapi/api.h"
#define EACH(...) for (const char *list[] = {__VA_ARGS__, NULL}, **one = list; *one; one++) try_options("proc", 0, *one)
static void remount(const char *options) {
    show(format_path("remount %s", options), mount(NULL, "d", NULL, MS_REMOUNT, options));
    show_mount("d");
}
/// What of a process of root somebody else sees.
static void look(const char *options) {
    must(mount("x", "d", "proc", 0, options));
    say("seen with %s", options);
    struct gate end = gate_new();
    pid_t pid;
    SPAWN(pid) { gate_wait(end); }
    for (int other = 0; other < (strcmp(who, "user") ? 3 : 1); other++) CHILD {
        if (other) {
            gid_t group = 7;
            must(setgroups(other == 2, &group));
            must(setresgid(5, 5, 5));
            must(setresuid(5, 5, 5));
            must(prctl(PR_SET_DUMPABLE, 1));
        }
        const char *dir = format_path("d/%d", pid);
        struct stat st;
        bool listed = false;
        DIR *list = opendir("d");
        for (struct dirent *entry; list && (entry = readdir(list));) listed |= atoi(entry->d_name) == pid;
        say("  %s: stat %s, listed %s", other == 2 ? "5 in group 7" : other ? "5" : "root", stat(dir, &st) ? errno_text(errno) : "ok", listed ? "yes" : "no");
        say("    status %s, maps %s, fd %s, own %s", access(format_path("%s/status", dir), R_OK) ? errno_text(errno) : "ok",
            open(format_path("%s/maps", dir), O_RDONLY) == -1 ? errno_text(errno) : "ok", open(format_path("%s/fd", dir), O_RDONLY) == -1 ? errno_text(errno) : "ok",
            access("d/self/status", R_OK) ? errno_text(errno) : "ok");
        say("    uptime %s, sys %s, meminfo %s, mounts %s, version %s", access("d/uptime", F_OK) ? errno_text(errno) : "ok", access("d/sys", F_OK) ? errno_text(errno) : "ok",
            access("d/meminfo", F_OK) ? errno_text(errno) : "ok", access("d/mounts", F_OK) ? errno_text(errno) : "ok", access("d/version", F_OK) ? errno_text(errno) : "ok");
    }
    gate_open(end);
    reap(pid);
    must(umount2("d", MNT_DETACH));
}
static void texts(void) {
    must(mkdir("d", 0755));
    EACH("hidepid=0", "hidepid=1", "hidepid=2", "hidepid=3", "hidepid=4", "hidepid=5", "hidepid=-1", "hidepid=0x2", "hidepid=02", "hidepid=off", "hidepid=noaccess",
        "hidepid=invisible", "hidepid=ptraceable", "hidepid=x", "hidepid=", "hidepid", "hidepid=1,hidepid=0");
    EACH("gid=0", "gid=5", "gid=0x5", "gid=70000", "gid=-1", "gid=x", "gid=", "gid");
    EACH("subset=pid", "subset=x", "subset=", "subset", "subset=pid,gid=5,hidepid=2", "subset=pid,subset=pid");
    EACH("pidns=/proc/self/ns/pid", "pidns=/proc/self/ns/user", "pidns=missing", "pidns=/proc/self/status", "pidns=", "pidns");
    int context = must(fsopen_("proc", 0));
    show("pidns by a descriptor", fsconfig_(context, SET_FD, "pidns", NULL, must(ns_open(0, "pid"))));
    show("pidns by another one's", fsconfig_(context, SET_FD, "pidns", NULL, must(ns_open(0, "uts"))));
    show_log(context);
    must(mount("x", "d", "proc", 0, NULL));
    remount("hidepid=2,gid=5");
    remount("hidepid=0");
    remount("gid=0");
    remount("subset=pid");
    remount("hidepid=3");
    remount("pidns=/proc/self/ns/pid");
    must(umount("d"));
    static const char *const options[] = {"hidepid=0", "hidepid=1", "hidepid=2", "hidepid=4", "hidepid=1,gid=7", "hidepid=2,gid=7", "hidepid=4,gid=7", "subset=pid"};
    for (int i = 0; i < (strcmp(who, "user") ? 8 : 1); i++) look(options[i]);
    if (!strcmp(who, "user")) look("subset=pid");
}
int main(void) { as_each(ALL_NEW, texts); return 0; }
