// Set-ID programs and file capabilities on mounts of a user namespace: executed from outside by other users, and inside from
// foreign mounts, they give nobody anything.
#include "mounts.h"
#include <sys/fsuid.h>

static void check(int argc, char **argv) {
    // Started as user 4321 of the initial namespace.
    if (geteuid() != (uid_t)atoi(argv[2])) succeeded("became %d by a program of another's mount", geteuid());
    char text[4096];
    int n = read(open("/proc/self/status", O_RDONLY), text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    char *caps = strstr(text, "CapEff:\t");
    if (caps && strtoull(caps + 8, 0, 16) != 0) succeeded("has capabilities: %.16s", caps + 8);
}
void prepare(void) { again = check; }

static int told[2], back[2];
static void inner(void) {
    if (!own_namespaces(0)) _exit(0);
    char byte, block[65536];
    mkdir("/tmp/set", 0777);
    if (mount("x", "/tmp/set", "tmpfs", 0, "mode=777") != 0) _exit(0);
    int from = open("/proc/self/exe", O_RDONLY), to = open("/tmp/set/id", O_CREAT | O_WRONLY, 0755);
    for (ssize_t n; (n = read(from, block, sizeof block)) > 0;) write(to, block, n);
    close(to), chmod("/tmp/set/id", 06755);
    struct { uint32_t magic; struct { uint32_t permitted, inheritable; } sets[2]; } capability = {0x02000001, {{~0u, 0}, {~0u, 0}}};
    syscall(SYS_setxattr, "/tmp/set/id", "security.capability", &capability, sizeof capability, 0);
    write(told[1], "x", 1), read(back[0], &byte, 1);
    _exit(0);
}
static void attack(void) {
    bool is_root = geteuid() == 0;
    pipe(told), pipe(back);
    pid_t pid = fork();
    if (pid == 0) inner();
    char byte, path[64];
    close(told[1]);
    if (read(told[0], &byte, 1) == 1) {
        snprintf(path, sizeof path, "/proc/%d/root/tmp/set/id", pid);
        int file = open(path, O_PATH);
        pid_t runner = fork();
        if (runner == 0) {
            if (is_root) setgid(4321), setuid(4321);
            char number[16];
            snprintf(number, sizeof number, "%d", geteuid());
            char *arguments[] = {"id", "again", number, NULL}, *none[] = {NULL};
            syscall(SYS_execveat, file, "", arguments, none, AT_EMPTY_PATH);
            execve(path, arguments, none);
            _exit(0);
        }
        waitpid(runner, NULL, 0);
        write(back[1], "x", 1);
    }
    waitpid(pid, NULL, 0);
    round_done();
}
