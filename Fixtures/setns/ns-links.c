// Rules: file-access-denied proc-ptrace-access
// As: user root
// The ns directory: names in order, modes, link texts, and who may follow the links.
#include "fixture.h"
static void list(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) { say("list: %s", errno_text(errno)); return; }
    char text[400] = "";
    struct dirent *entry;
    while ((entry = readdir(dir))) sprintf(text + strlen(text), " %s", entry->d_name);
    closedir(dir);
    say("list:%s", text);
}
static void look(const char *who, pid_t pid) {
    char *directory = format_path("/proc/%d/ns", pid);
    list(directory);
    struct stat st;
    show("stat", stat(directory, &st));
    say("%s mode %o uid %u gid %u", who, st.st_mode, st.st_uid, st.st_gid);
    static const char *links[] = {"net", "uts", "ipc", "pid", "pid_for_children", "user", "mnt", "cgroup", "time", "time_for_children"};
    for (int i = 0; i < 10; i++) {
        char *path = format_path("%s/%s", directory, links[i]), text[64] = "";
        show(format_path("lstat %s", links[i]), lstat(path, &st));
        say("  mode %o size %ld uid %u", st.st_mode, (long)st.st_size, st.st_uid);
        if (readlink(path, text, 63) == -1) say("  readlink %s", errno_text(errno));
        else {
            unsigned long number = strtoul(strchr(text, '[') + 1, NULL, 10);
            *strchr(text, '[') = 0;
            struct stat target;
            if (stat(path, &target) == -1) say("  stat: %s", errno_text(errno));
            else say("  text %s[], number is the inode: %d", text, target.st_ino == number);
        }
    }
}
int main(void) {
    list("/proc/thread-self/ns");
    CHILD look("own", getpid());
    pid_t pid;
    struct gate end = gate_new(), ready = gate_new();
    SPAWN_IN_USERNS(pid, 0, own_uid_at(0), NULL) {
        look("the parent's, from inside", getppid());
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    look("child's", pid);
    if (geteuid() == 0) CHILD {
        become(1000, 1000);
        look("root's", getppid());
    }
    gate_open(end);
    reap(pid);
    CHILD {
        must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
        struct stat st;
        must(stat("/proc/self/ns", &st));
        say("not dumpable: uid %u", st.st_uid);
        must(stat("/proc/self", &st));
        yes("directory is still ours", st.st_uid == geteuid());
        ok("own link", ns_open(0, "user"));
        list("/proc/self/ns");
    }
    return 0;
}
