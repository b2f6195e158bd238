// Rules: file-access-denied map-of-initial-namespace proc-comm-foreign proc-loginuid-foreign proc-mode-is-fixed proc-oom-score-lowered proc-stack-needs-admin setgroups-file-open sysctl-last-pid
// As: user root
// Writing the small files of /proc/PID: oom_score_adj, comm, loginuid, ns_last_pid, attributes that cannot change.
#include "fixture.h"
#define P(name) format_path("/proc/%d/%s", pid, name)
int main(void) {
    pid_t pid;
    struct gate end = gate_new();
    const char *own_io = "/proc/thread-self/io";
    show("oom up", put("/proc/self/oom_score_adj", "700"));
    show("oom down", put("/proc/self/oom_score_adj", "600"));
    show("oom below the floor", put("/proc/self/oom_score_adj", "-5"));
    show_file("oom", "/proc/self/oom_score_adj");
    SPAWN(pid) gate_wait(end);
    show_file("inherited", P("oom_score_adj"));
    show("a child's", put(P("oom_score_adj"), "650\n"));
    show_file("a child's", P("oom_score_adj"));
    show("a child's comm", put(P("comm"), "x"));
    show("a child's loginuid", put(P("loginuid"), "5"));
    show_file("loginuid is", P("loginuid"));
    show("a child's stack", open(P("stack"), O_RDONLY) >= 0 ? 0 : -1);
    show("a child's mem", open(P("mem"), O_RDWR) >= 0 ? 0 : -1);
    show("a child's uid_map", put(P("uid_map"), "0 0 1"));
    show("a child's setgroups", put(P("setgroups"), "allow"));
    while (!strstr(field(P("status"), "State"), "sleeping")) usleep(1000);
    say("a child that waits: %s", field(P("status"), "State"));
    say("our own state: %s", field("/proc/self/status", "State"));
    gate_open(end);
    reap(pid);
    int ends[2];
    must(pipe(ends));
    long before = atol(field(own_io, "syscw") + 6), sum = atol(field(own_io, "wchar") + 6);
    for (int i = 0; i < 3; i++) must(write(ends[1], "data", 4));
    show("writes", atol(field(own_io, "syscw") + 6) - before);
    show("bytes written", atol(field(own_io, "wchar") + 6) - sum);
    USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        CHILD {
            show("oom below the floor by inner root", put("/proc/self/oom_score_adj", "-5"));
            show("ns_last_pid", put("/proc/sys/kernel/ns_last_pid", "20"));
            CHILD show("next", getpid());
            must(caps_set(0, 0, 0));
            show("ns_last_pid without capabilities", put("/proc/sys/kernel/ns_last_pid", "40"));
        }
    }
    CHILD {
        int fd = must(open("/proc/self/mem", O_RDWR));
        static int value = 5;
        int other = 9;
        show("write own memory", pwrite(fd, &other, sizeof other, (long)&value));
        show("it is", value);
        show("read it", pread(fd, &other, sizeof other, (long)&value));
        show("at 0", pread(fd, &other, sizeof other, 0));
        char text[8] = "";
        int environ_fd = must(open("/proc/self/environ", O_RDONLY));
        show("environ", read(environ_fd, text, 5));
        show_text("environ", text);
        show("chmod mem", fchmod(fd, 0777));
        show("pagemap", open("/proc/self/pagemap", O_RDONLY) >= 0 ? 0 : -1);
    }
    show("setxattr", setxattr("/proc/self/status", "user.x", "y", 1, 0));
    show("link", link("/proc/self/status", "linked"));
    show("utime", utimensat(AT_FDCWD, "/proc/self/status", NULL, 0));
    show("truncate", truncate("/proc/self/status", 0));
    show("truncate comm", truncate("/proc/self/comm", 0));
    return 0;
}
