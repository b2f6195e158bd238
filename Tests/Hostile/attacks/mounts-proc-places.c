// Mounts at places in /proc, whose names come and go: below names that were looked up twice, of processes that end meanwhile, of
// numbers that are given again, of descriptors that are closed. Each lookup comes to an end, and sees what is mounted.
#include "mounts.h"

static void twice(void) {
    if (!own_namespaces(0)) return;
    const char *const folders[] = {"/proc/sys", "/proc/tty", "/proc/self", "/proc/self/task", "/proc/self/net"};
    const char *const inner[] = {"fs", "kernel", "driver", "ldisc", "ns", "attr", "fd", "stat", "dev", "status"};
    char path[96];
    for (int i = 0; i < 200; i++) {
        const char *folder = folders[random_word() % 5];
        int fd = open(folder, O_PATH), file = openat(fd, inner[random_word() % 10], O_PATH);
        if (file < 0) { close(fd); continue; }
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        struct stat s;
        fstat(file, &s);
        if (S_ISDIR(s.st_mode)) mount("x", path, "tmpfs", 0, "");
        else mount("/attack", path, 0, MS_BIND, 0), mount("/proc/version", path, 0, MS_BIND, 0);
        if (random_word() % 3 == 0) umount2(path, MNT_DETACH);
        if (random_word() % 2) close(file);
        if (random_word() % 2) close(fd);
        for (int k = 0; k < 8; k++) snprintf(path, sizeof path, "%s/none%d", folder, k), exists(path);
        if (random_word() % 40 == 0) unshare(CLONE_NEWNS);
    }
    round_done();
}
static void seen(void) {
    if (!own_namespaces(0)) return;
    const char *const places[] = {"/proc/sys/kernel", "/proc/self/ns", "/proc/1/ns", "/proc/thread-self/attr", "/proc/self/net"};
    for (int i = 0; i < 5; i++) {
        struct statfs told;
        if (mount("x", places[i], "tmpfs", 0, "") == 0 && statfs(places[i], &told) == 0 && told.f_type != 0x01021994)
            succeeded("what is mounted on %s hides nothing", places[i]);
    }
    round_done();
}
static void dying(void) {
    if (!own_namespaces(CLONE_NEWPID)) return;
    pid_t first = fork();
    if (first != 0) { waitpid(first, NULL, 0); return; }
    mount("p", "/proc", "proc", 0, ""), put_text("/proc/sys/kernel/pid_max", "310");
    for (int i = 0; i < 400; i++) {
        pid_t pid = fork();
        if (pid == 0) { if (i % 2) pause_us(300); _exit(0); }
        char path[64];
        snprintf(path, sizeof path, "/proc/%d", pid), mount("x", path, "tmpfs", 0, "");
        snprintf(path, sizeof path, "/proc/%d/ns", pid), mount("x", path, "tmpfs", 0, "");
        snprintf(path, sizeof path, "/proc/%d/task/%d", pid, pid);
        int fd = open(path, O_PATH);
        waitpid(pid, NULL, 0);
        mount("x", path, "tmpfs", 0, ""), umount2(path, 0);
        if (i % 3) close(fd);
    }
    round_done();
    _exit(0);
}
static void attack(void) {
    in_child(seen), in_child(twice), in_child(dying);
}
