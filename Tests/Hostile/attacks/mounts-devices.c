// Device nodes on file systems that a user namespace has mounted, made by whoever may make them, and reached by binds, cleared
// flags, detached trees and descriptors.
#include "mounts.h"

static int told[2], back[2];
static void inner(void) {
    if (!own_namespaces(0)) _exit(0);
    char byte;
    mkdir("/tmp/dev", 0777);
    if (mount("x", "/tmp/dev", "tmpfs", 0, "mode=777") != 0) _exit(0);
    if (mknod("/tmp/dev/own", S_IFCHR | 0666, 1 << 8 | 3) == 0) succeeded("made a device in a user namespace");
    if (mknod("/tmp/dev/disk", S_IFBLK | 0666, 8 << 8) == 0) succeeded("made a disk in a user namespace");
    write(told[1], "x", 1), read(back[0], &byte, 1);
    mkdir("/tmp/dev2", 0777);
    mount(0, "/tmp/dev", 0, MS_REMOUNT | MS_BIND, 0), mount(0, "/tmp/dev", 0, MS_REMOUNT, "dev");
    mount("/tmp/dev", "/tmp/dev2", 0, MS_BIND, 0), set_flags(AT_FDCWD, "/tmp/dev2", 0, 0, 4);
    int tree = syscall(open_tree_, AT_FDCWD, "/tmp/dev", clone_tree);
    if (open("/tmp/dev/null", O_RDWR) >= 0 || open("/tmp/dev2/null", O_RDWR) >= 0) succeeded("opened a device of its mount");
    if (openat(tree, "null", O_RDWR) >= 0) succeeded("opened a device in a tree");
    if (open("/tmp/dev/null", O_PATH) >= 0 && open("/proc/self/fd/3", O_RDWR) >= 0 && !exists("/proc/self/fd/4")) round_done();
    round_done();
    _exit(0);
}
static void attack(void) {
    pipe(told), pipe(back);
    pid_t pid = fork();
    if (pid == 0) inner();
    char byte, path[64];
    close(told[1]);
    if (read(told[0], &byte, 1) == 1) {
        // Who is root outside may make one there, and not open it either.
        snprintf(path, sizeof path, "/proc/%d/root/tmp/dev/null", pid);
        if (mknod(path, S_IFCHR | 0666, 1 << 8 | 3) == 0) chmod(path, 0666);
        if (open(path, O_RDWR) >= 0) succeeded("opened a device from outside");
        write(back[1], "x", 1);
    }
    waitpid(pid, NULL, 0);
}
