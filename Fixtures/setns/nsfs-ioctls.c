// Rules: nsfs-is-immutable nsfs-no-parent nsfs-owner-out-of-reach nsfs-wrong-kind
// As: root user
// The requests on namespace files: type, owner, parent, owning user namespace; and what a namespace file is.
#include "fixture.h"
static const char *links[] = {"net", "uts", "ipc", "pid", "user", "mnt", "cgroup", "time"};
static void requests(const char *who, pid_t pid) {
    for (int i = 0; i < 8; i++) {
        int fd = ns_open(pid, links[i]);
        if (fd == -1) { say("%s %s: %s", who, links[i], errno_text(errno)); continue; }
        say("%s %s type %#x", who, links[i], (unsigned)ioctl(fd, NSFS_NSTYPE));
        int owner = ok("  userns", ioctl(fd, NSFS_USERNS));
        if (owner >= 0) {
            yes("  owner is ours", same_file(owner, must(ns_open(0, "user"))));
            show("  cloexec", fcntl(owner, F_GETFD));
            show("  its type", ioctl(owner, NSFS_NSTYPE) == CLONE_NEWUSER);
        }
        ok("  parent", ioctl(fd, NSFS_PARENT));
        uid_t uid = 12345;
        show("  owner uid", ioctl(fd, NSFS_OWNER_UID, &uid));
        say("  %u", uid);
        show("  owner uid, bad pointer", ioctl(fd, NSFS_OWNER_UID, 8));
        show("  unknown", ioctl(fd, 0xb7ff, 0));
        show("  other magic", ioctl(fd, TCGETS, 0));
        close(fd);
    }
}
int main(void) {
    requests("own", 0);
    pid_t pid;
    struct gate end = gate_new();
    SPAWN_IN_USERNS(pid, CLONE_NEWUTS | CLONE_NEWPID, own_uid_at(3), own_gid_at(3)) {
        CHILD requests("inside", 0);
        gate_wait(end);
    }
    gate_open(end);
    reap(pid);
    SPAWN_IN_USERNS(pid, CLONE_NEWUTS, own_uid_at(3), own_gid_at(3)) gate_wait(end);
    requests("child's", pid);
    int fd = must(ns_open(pid, "uts"));
    struct stat st;
    must(fstat(fd, &st));
    say("mode %o nlink %d size %ld uid %u gid %u blksize %ld", st.st_mode, (int)st.st_nlink, (long)st.st_size, st.st_uid, st.st_gid, (long)st.st_blksize);
    struct statfs fs;
    must(fstatfs(fd, &fs));
    say("type %lx bsize %ld namelen %ld blocks %ld", (long)fs.f_type, (long)fs.f_bsize, (long)fs.f_namelen, (long)fs.f_blocks);
    char byte;
    show("read", read(fd, &byte, 1));
    show("write", write(fd, "x", 1));
    show("getdents", syscall(SYS_getdents64, fd, &byte, 1));
    show("lseek", lseek(fd, 0, SEEK_SET));
    show("mmap", (long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
    show("fchmod", fchmod(fd, 0777));
    show("fchown", fchown(fd, 0, 0));
    show("ftruncate", ftruncate(fd, 0));
    say("flags %x", fcntl(fd, F_GETFL));
    struct pollfd poll_fd = {fd, POLLIN | POLLOUT};
    show("poll", poll(&poll_fd, 1, 0));
    yes("link text of the fd", !strncmp(({ static char t[64]; must(readlink(format_path("/proc/self/fd/%d", fd), t, 63)); t; }), "uts:[", 5));
    gate_open(end);
    reap(pid);
    return 0;
}
