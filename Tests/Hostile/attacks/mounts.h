// What attacks on mounts share. "SUCCEEDED: …" is also said of what breaks the model's own rules about mounts.
#pragma once
#include "hostile.h"
#include <sys/mount.h>
#include <sys/statfs.h>

/// Numbers of the calls that libraries may not know yet.
enum { open_tree_ = 428, move_mount_, fsopen_, fsconfig_, fsmount_, fspick_, setattr_ = 442, statmount_ = 457, listmount_ };
enum { clone_tree = 1, recursive = 0x8000, empty_path = 0x1000, from_empty = 4, beneath = 0x200 };

static inline void put_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    if (fd >= 0) write(fd, text, strlen(text)), close(fd);
}
/// Becomes root of a new user namespace with a mount namespace of its own.
static inline bool own_namespaces(int more) {
    char map[64];
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | more) != 0) return false;
    put_text("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", uid), put_text("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1", gid), put_text("/proc/self/gid_map", map);
    return true;
}
/// A tmpfs that is this process's own, as working directory, in namespaces of its own.
static inline bool own_place(void) {
    if (!own_namespaces(0)) return false;
    char name[64];
    snprintf(name, sizeof name, "/tmp/mounts%d", getpid());
    mkdir(name, 0777);
    return mount("own", name, "tmpfs", 0, "") == 0 && chdir(name) == 0 && mount(0, name, 0, MS_PRIVATE, 0) == 0;
}
static inline void make_file(const char *path) { close(open(path, O_CREAT | O_WRONLY, 0777)); }
static inline bool exists(const char *path) {
    struct stat s;
    return lstat(path, &s) == 0;
}
static inline bool exists_at(int fd, const char *path) {
    struct stat s;
    return fstatat(fd, path, &s, AT_SYMLINK_NOFOLLOW) == 0;
}
static inline int set_flags(int fd, const char *path, int flags, uint64_t set, uint64_t clear) {
    uint64_t attributes[4] = {set, clear, 0, 0};
    return syscall(setattr_, fd, path, flags, attributes, 32);
}
/// A mounted tree of a new file system, attached nowhere.
static inline int new_tree(const char *type) {
    int context = syscall(fsopen_, type, 0);
    syscall(fsconfig_, context, 6, 0, 0, 0);
    int tree = syscall(fsmount_, context, 0, 0);
    close(context);
    return tree;
}
/// Runs `body` in a child and waits for it.
static inline void in_child(void (*body)(void)) {
    pid_t pid = fork();
    if (pid == 0) body(), _exit(0);
    waitpid(pid, NULL, 0);
}
/// Another process asks the sentry something all the time; who waits for seconds, or gets no answer, is stuck.
static atomic_long *longest_wait;
static inline pid_t watch(void) {
    longest_wait = shared_pages(4096, PROT_READ | PROT_WRITE);
    pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        double start = now_();
        exists("/attack");
        long waited = (now_() - start) * 1000;
        if (waited > *longest_wait) *longest_wait = waited;
        pause_us(3000);
    }
}
static inline void expect_answers(const char *what) {
    pause_us(20000);
    if (*longest_wait > 4000) say("STUCK: nobody was answered for %ld ms: %s", *longest_wait, what);
    *longest_wait = 0;
}
