// Joins the mount namespace of a more privileged user namespace, or has it as its own: by setns with files and pidfds that were
// handed down, by a bound namespace file, by its number, through handles, and after a change of user namespace.
#include "mounts.h"
#include <linux/nsfs.h>

static int handed, process, ready[2], go[2];
static void joined(const char *how) {
    if (exists("/tmp/joined-secret")) succeeded("is in the parent's mount namespace by %s", how);
}
static void inner(void) {
    if (!own_namespaces(0)) return;
    char byte;
    write(ready[1], "x", 1), read(go[0], &byte, 1);
    joined("nothing");
    if (setns(handed, 0) == 0) succeeded("setns with a file that was handed down");
    joined("setns");
    if (setns(handed, CLONE_NEWNS) == 0 || setns(process, CLONE_NEWNS) == 0) succeeded("setns with a pidfd");
    if (setns(process, CLONE_NEWNS | CLONE_NEWUSER) == 0) succeeded("setns into both");
    int tree = syscall(open_tree_, handed, "", clone_tree | empty_path);
    mkdir("/tmp/j", 0777), make_file("/tmp/jf");
    syscall(move_mount_, tree, "", AT_FDCWD, "/tmp/jf", from_empty);
    int bound = open("/tmp/jf", O_RDONLY);
    if (bound >= 0 && setns(bound, 0) == 0) succeeded("setns with a bound file");
    joined("a bound file");
    int user = ioctl(handed, NS_GET_USERNS);
    if (user >= 0 && setns(user, 0) == 0) succeeded("joined the owner");
    // The neighbours by their order.
    uint64_t request[4] = {0}, ids[64];
    for (unsigned long number = 0xb701, i = 0; i < 2; i++, number++) {
        struct { uint32_t size, flags; uint64_t rest[2]; } info = {sizeof info, 0, {0}};
        int next = ioctl(handed, _IOC(_IOC_READ, 0xb7, 11 + i, 24), &info);
        if (next >= 0 && setns(next, 0) == 0) succeeded("joined a neighbour");
    }
    // Looking into it is no right either.
    uint64_t id = 0;
    if (ioctl(handed, _IOR(0xb7, 5, uint64_t), &id) == 0) {
        uint64_t list[4] = {32, ~0ull, 0, id};
        long n = syscall(listmount_, list, ids, 64, 0);
        if (n > 0) succeeded("listed the parent's mounts: %ld", n);
    }
    round_done();
}
static void attack(void) {
    if (!own_namespaces(0)) return;
    pipe(ready), pipe(go), mount(0, "/", 0, MS_REC | MS_PRIVATE, 0);
    handed = open("/proc/self/ns/mnt", O_RDONLY), process = syscall(SYS_pidfd_open, getpid(), 0);
    pid_t pid = fork();
    if (pid == 0) inner(), _exit(0);
    char byte;
    close(ready[1]);
    if (read(ready[0], &byte, 1) == 1) {
        // Made where the child is not any more.
        mount("x", "/tmp", "tmpfs", 0, ""), make_file("/tmp/joined-secret");
        write(go[1], "x", 1);
    }
    waitpid(pid, NULL, 0);
}
