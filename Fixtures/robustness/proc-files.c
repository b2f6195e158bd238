// Rules: file-access-denied
// As: user root
// The look of /proc/PID files: formats, keys in order, self and thread-self, links, what opens and what does not.
#include "fixture.h"
static void keys(const char *path) {
    char out[4000] = "";
    for (char *at = get(path); at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        int length = strcspn(at, ":\n");
        if (!strncmp(at, "Vm", 2) || !strncmp(at, "Rss", 3) || !strncmp(at, "x86", 3) || !strncmp(at, "Spec", 4) || !strncmp(at, "Huge", 4) ||
            !strncmp(at, "Seccomp", 7) || !strncmp(at, "untag", 5) || !strncmp(at, "THP", 3)) continue;
        snprintf(out + strlen(out), 4000 - strlen(out), " %.*s", length, at);
    }
    say("%s keys:%s", path, out);
}
int main(int argc, char **argv) {
    keys("/proc/self/status");
    static const char *lines[] = {"Name", "Umask", "State", "TracerPid", "Uid", "Gid", "Groups", "Threads", "SigPnd", "SigBlk", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs"};
    for (int i = 0; i < 16; i++) show_text("status", field("/proc/self/status", lines[i]));
    pid_t pid = getpid();
    sscanf(strchr(field("/proc/self/status", "Pid"), '\t'), "%d", &pid);
    yes("Pid", pid == getpid());
    sscanf(strchr(field("/proc/self/status", "PPid"), '\t'), "%d", &pid);
    yes("PPid", pid == getppid());
    int number, ppid, group, session;
    char comm[32], state;
    must(sscanf(get("/proc/self/stat"), "%d (%31[^)]) %c %d %d %d", &number, comm, &state, &ppid, &group, &session) == 6 ? 0 : -1);
    say("stat: %d %s %c %d %d %d", number == getpid(), comm, state, ppid == getppid(), group == getpgrp(), session == getsid(0));
    int fields = 0;
    for (char *at = get("/proc/self/stat"); *at; at++) fields += *at == ' ';
    show("stat blanks", fields);
    char text[PATH_MAX] = "", directory[PATH_MAX] = "";
    must(readlink("/proc/self", text, 63));
    yes("self", atoi(text) == getpid());
    memset(text, 0, sizeof text);
    must(readlink("/proc/thread-self", text, 63));
    int a, b;
    int matched = sscanf(text, "%d/task/%d", &a, &b);
    say("thread-self: %d %d", matched, a == getpid() && b == a);
    memset(text, 0, sizeof text);
    must(readlink("/proc/self/cwd", text, sizeof text - 1));
    must((long)getcwd(directory, sizeof directory));
    yes("cwd", !strcmp(text, directory));
    memset(text, 0, sizeof text);
    must(readlink("/proc/self/root", text, sizeof text - 1));
    show_text("root", text);
    yes("cmdline is argv[0]", !strcmp(get("/proc/self/cmdline"), argv[0]));
    show_file("oom_score_adj", "/proc/self/oom_score_adj");
    show("write oom_score_adj", put("/proc/self/oom_score_adj", "500"));
    show("out of range", put("/proc/self/oom_score_adj", "1001"));
    show("junk", put("/proc/self/oom_score_adj", "x"));
    show_file("loginuid is a number", "/proc/self/sessionid");
    yes("maps has the stack", strstr(get("/proc/self/maps"), "[stack]") != NULL);
    yes("maps has the program", strstr(get("/proc/self/maps"), "proc-files") != NULL);
    yes("mountinfo has the root", strstr(get("/proc/self/mountinfo"), " / / ") != NULL);
    yes("mounts has proc", strstr(get("/proc/self/mounts"), " /proc proc ") != NULL);
    yes("limits has files", strstr(get("/proc/self/limits"), "Max open files") != NULL);
    yes("environ has PATH", strstr(get("/proc/self/environ"), "PATH=") != NULL);
    static const char *there[] = {"/proc/version", "/proc/uptime", "/proc/loadavg", "/proc/meminfo", "/proc/stat", "/proc/cpuinfo", "/proc/filesystems",
                                  "/proc/cmdline", "/proc/self/cgroup", "/proc/self/task", "/proc/sys/kernel/random/boot_id", "/proc/self/comm", "/proc/mounts", "/proc/sys/fs/file-max"};
    for (int i = 0; i < 14; i++) show(there[i], access(there[i], R_OK));
    show("unknown pid", access("/proc/4000000", F_OK));
    show("0", access("/proc/0", F_OK));
    show("leading zero", access(format_path("/proc/0%d", getpid()), F_OK));
    show("plus", access(format_path("/proc/+%d", getpid()), F_OK));
    show("unknown name", open("/proc/self/nothing", O_RDONLY));
    show("bad fd link", readlink("/proc/self/fd/999", text, 10));
    show("write to status", open("/proc/self/status", O_WRONLY));
    show("truncate comm", open("/proc/self/comm", O_WRONLY | O_TRUNC) >= 0);
    struct stat st;
    must(stat("/proc/self/fd", &st));
    say("fd dir %o", st.st_mode);
    must(lstat("/proc/self/fd/1", &st));
    say("fd link %o", st.st_mode);
    must(lstat("/proc/self/exe", &st));
    say("exe %o", st.st_mode);
    must(stat("/proc", &st));
    say("proc %o links > 2: %d", st.st_mode, st.st_nlink > 2);
    struct statfs fs;
    must(statfs("/proc", &fs));
    say("type %lx", (long)fs.f_type);
    // A thread that is not the leader can be named, but is not listed.
    int found = 0;
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    while ((entry = readdir(dir))) found |= atoi(entry->d_name) == getpid();
    show("listed", found);
    int fd = must(open("/proc/self/status", O_RDONLY));
    CHILD {
        char buffer[64] = "";
        must(pread(fd, buffer, 20, 0));
        show_text("status opened by the parent", buffer);
    }
    // Opened before a change and read after it.
    int early = must(open("/proc/self/comm", O_RDONLY));
    prctl(PR_SET_NAME, "changed");
    char buffer[32] = "";
    must(read(early, buffer, 31));
    show_text("comm", buffer);
    prctl(PR_SET_NAME, "twice");
    must(lseek(early, 0, SEEK_SET));
    memset(buffer, 0, 32);
    must(read(early, buffer, 31));
    show_text("comm again", buffer);
    return 0;
}
