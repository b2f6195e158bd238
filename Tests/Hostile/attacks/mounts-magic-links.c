// Goes through the links in /proc of tasks of a more privileged namespace: to their roots, directories and files, to bind
// from there, mount there, change flags there, and to join their namespaces.
#include "mounts.h"

static pid_t outer;
static void inner(void) {
    if (!own_namespaces(0)) return;
    const char *const links[] = {"root", "cwd", "fd/3", "exe", "ns/mnt", "ns/user", "map_files"};
    mkdir("/tmp/t", 0777);
    for (int i = 0; i < 7; i++) {
        char path[128], file[160];
        snprintf(path, sizeof path, "/proc/%d/%s", outer, links[i]);
        snprintf(file, sizeof file, "%s/secret", path);
        if (exists(file)) succeeded("saw the outer file by %s", links[i]);
        if (mount(path, "/tmp/t", 0, MS_BIND, 0) == 0) succeeded("bound %s", links[i]);
        if (mount(path, "/tmp/t", 0, MS_BIND | MS_REC, 0) == 0) succeeded("bound all of %s", links[i]);
        if (mount("x", path, "tmpfs", 0, "") == 0 && i != 6) succeeded("mounted on %s", links[i]);
        if (mount(0, path, 0, MS_REMOUNT | MS_BIND | MS_NOEXEC, 0) == 0) succeeded("changed %s", links[i]);
        if (mount(0, path, 0, MS_SHARED, 0) == 0) succeeded("shared %s", links[i]);
        if (umount2(path, MNT_DETACH) == 0 && i != 6) succeeded("unmounted %s", links[i]);
        if (syscall(open_tree_, AT_FDCWD, path, clone_tree) >= 0) succeeded("cloned %s", links[i]);
        int fd = open(path, O_RDONLY);
        if (fd >= 0 && setns(fd, 0) == 0) succeeded("joined by %s", links[i]);
        if (fd >= 0) close(fd);
    }
    int process = syscall(SYS_pidfd_open, outer, 0);
    if (setns(process, CLONE_NEWNS) == 0 || setns(process, CLONE_NEWUSER) == 0) succeeded("joined by a pidfd");
    for (int fd = 0; fd < 6; fd++)
        if (syscall(SYS_pidfd_getfd, process, fd, 0) >= 0) succeeded("took descriptor %d", fd);
    // Its own links stay good where the directory is not of its namespace, but give no right to mount.
    if (mount("/proc/self/cwd", "/tmp/t", 0, MS_BIND, 0) == 0 && exists("/tmp/t/secret") && !exists("secret"))
        succeeded("bound a directory of another namespace");
    round_done();
}

static void attack(void) {
    if (!own_place()) return;
    make_file("secret");
    outer = getpid();
    prctl(PR_SET_DUMPABLE, 1);
    close(3), open(".", O_PATH);
    in_child(inner);
}
