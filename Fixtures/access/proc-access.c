// Rules: file-access-denied proc-attach-access proc-fdinfo-access proc-ptrace-access proc-stack-needs-admin
// As: root user
// Who may look at whose /proc files: self, parent and child of a namespace, another user, a process that is not dumpable.
#include "fixture.h"
static const char *files[] = {"environ", "maps", "mem", "exe", "cwd", "root", "fd", "fdinfo", "ns/user", "auxv", "io", "status",
                              "stat", "cmdline", "comm", "limits", "uid_map", "cgroup", "mounts", "mountinfo", "syscall", "task", "oom_score_adj", "stack", "wchan", "personality"};
static void look(const char *who, pid_t pid) {
    say("%s", who);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = format_path("/proc/%d/%s", pid, files[i]);
        struct stat st;
        int links = !strcmp(files[i], "exe") || !strcmp(files[i], "cwd") || !strcmp(files[i], "root") || !strncmp(files[i], "ns", 2);
        int statted = lstat(path, &st);
        int e = errno;
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        const char *opened = fd == -1 ? errno_text(errno) : "ok";
        const char *read_result = "";
        char byte;
        if (fd >= 0 && !links && S_ISREG(st.st_mode)) read_result = read(fd, &byte, 1) == -1 ? errno_text(errno) : "read";
        if (statted == -1) say("  %s: %s", files[i], errno_text(e));
        else say("  %s: mode %o uid %u gid %u open %s %s%s", files[i], st.st_mode, st.st_uid, st.st_gid, opened, !strcmp(files[i], "mem") ? "" : read_result,
            links ? readlink(path, (char[256]){0}, 256) == -1 ? " no readlink" : " readlink" : "");
        if (fd >= 0) close(fd);
    }
}
int main(void) {
    pid_t pid;
    struct gate end = gate_new(), ready = gate_new();
    CHILD look("own", getpid());
    SPAWN(pid) { must(prctl(PR_SET_DUMPABLE, 0)); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    look("a child that is not dumpable", pid);
    gate_open(end);
    reap(pid);
    SPAWN_IN_USERNS(pid, 0, own_uid_at(0), NULL) {
        look("parent from a child namespace", getppid());
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    look("child in a namespace", pid);
    gate_open(end);
    reap(pid);
    if (geteuid() == 0) {
        SPAWN(pid) { must(setresuid(-1, 1000, -1)); must(prctl(PR_SET_DUMPABLE, 1)); gate_open(ready); gate_wait(end); }
        gate_wait(ready);
        CHILD { become(1000, 1000); look("1000 at a process of mixed ids", pid); }
        CHILD { drop_cap(CAP_SYS_PTRACE); look("root without SYS_PTRACE at it", pid); }
        CHILD { become(1000, 1000); look("1000 at root", getppid()); }
        gate_open(end);
        reap(pid);
    }
    return 0;
}
