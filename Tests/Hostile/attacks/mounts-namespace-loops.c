// Mount namespaces that hold each other: files of a namespace bound in itself, in a younger one, in detached trees that go
// there, by propagation, and long rows of namespaces each bound in the one before, let go at once.
// Limits: stack=1024
// Seconds: 2
#include "mounts.h"

static void loops(void) {
    if (!own_place()) return;
    make_file("f"), make_file("g"), mkdir("d", 0777);
    if (mount("/proc/self/ns/mnt", "f", 0, MS_BIND, 0) == 0) succeeded("bound its own mount namespace");
    if (mount("/proc/1/ns/mnt", "f", 0, MS_BIND, 0) == 0) succeeded("bound an older mount namespace");
    int tree = syscall(open_tree_, AT_FDCWD, "/proc/self/ns/mnt", clone_tree);
    if (syscall(move_mount_, tree, "", AT_FDCWD, "f", from_empty) == 0) succeeded("moved its own mount namespace");
    mount(0, ".", 0, MS_SHARED, 0);
    int told[2], wait_[2];
    pipe(told), pipe(wait_);
    pid_t pid = fork();
    char byte, path[64];
    if (pid == 0) {
        unshare(CLONE_NEWNS), write(told[1], "x", 1), read(wait_[0], &byte, 1);
        char text[32768];
        int n = read(open("/proc/self/mountinfo", O_RDONLY), text, sizeof text);
        if (n > 0 && memmem(text, n, " nsfs ", 6)) succeeded("has received its own mount namespace");
        _exit(0);
    }
    read(told[0], &byte, 1), snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
    mount(path, "g", 0, MS_BIND, 0);
    // Below a file system that is attached as a whole.
    int outer = new_tree("tmpfs");
    close(openat(outer, "h", O_CREAT | O_WRONLY, 0666));
    tree = syscall(open_tree_, AT_FDCWD, path, clone_tree);
    syscall(move_mount_, tree, "", outer, "h", from_empty), syscall(move_mount_, outer, "", AT_FDCWD, "d", from_empty);
    write(wait_[1], "x", 1), waitpid(pid, NULL, 0);
}
/// Each namespace is held by a mount in the one before only.
static void row(void) {
    if (!own_place()) return;
    mount(0, ".", 0, MS_PRIVATE, 0), make_file("next");
    double enough = left() * 0.6;
    while (left() > enough) {
        int told[2], wait_[2];
        pipe(told), pipe(wait_);
        pid_t parent = getpid(), pid = fork();
        char byte, path[64];
        if (pid != 0) {
            // Binds the child's, and ends.
            close(told[1]), read(told[0], &byte, 1), snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
            mount(path, "next", 0, MS_BIND, 0);
            _exit(0);
        }
        setpgid(0, 0), close(wait_[1]);
        if (unshare(CLONE_NEWNS) != 0) _exit(0);
        write(told[1], "x", 1), close(told[0]), close(told[1]);
        read(wait_[0], &byte, 1), close(wait_[0]);
        round_done();
    }
}
static void attack(void) {
    in_child(loops);
    in_child(row);
    getppid();
}
