// Writes to what was granted read-only, and to the files of the host below the root, through binds, remounts, detached trees, maps
// of IDs, moves and covers, with descriptors from before and after; the runner looks whether anything came through.
#include "mounts.h"
#include <sys/xattr.h>

static void write_to(const char *path) {
    char name[300];
    int fd = open(path, O_RDWR);
    if (fd >= 0) pwrite(fd, "escaped", 7, 0), fchmod(fd, 0600), ftruncate(fd, 3), fallocate(fd, 0, 0, 9000), close(fd);
    chmod(path, 04777), truncate(path, 1), setxattr(path, "user.escaped", "x", 1, 0), utimes(path, NULL);
    snprintf(name, sizeof name, "%s.new", path), make_file(name), rename(path, name), link(name, path), unlink(path);
    fd = open(path, O_RDONLY);
    if (fd < 0) return;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int again = open(name, O_RDWR);
    if (again >= 0) pwrite(again, "escaped", 7, 0), close(again);
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED) *(char *)page = 'X';
    fchmod(fd, 0777), fsetxattr(fd, "user.escaped", "x", 1, 0), ftruncate(fd, 0), futimens(fd, NULL);
    close(fd);
}
static void attack(void) {
    // As root of the sandbox, which may remount what it likes, and as somebody in a user namespace.
    int early = open("/granted/file", O_RDONLY);
    if (random_word() % 2 && !own_namespaces(0)) return;
    char a[64], b[64], path[96];
    snprintf(a, sizeof a, "/tmp/ga%d", getpid()), snprintf(b, sizeof b, "/tmp/gb%d", getpid());
    mkdir(a, 0777), make_file(b);
    write_to("/granted/file");
    mount("/granted", a, 0, MS_BIND | MS_REC, 0), mount(0, a, 0, MS_REMOUNT | MS_BIND, 0);
    snprintf(path, sizeof path, "%s/file", a), write_to(path);
    mount("/granted/file", b, 0, MS_BIND, 0), set_flags(AT_FDCWD, b, 0, 0, 1), write_to(b);
    mount(0, "/granted", 0, MS_REMOUNT | MS_BIND, 0), mount(0, "/granted", 0, MS_REMOUNT, 0), write_to("/granted/other");
    set_flags(AT_FDCWD, "/granted", recursive, 0, 0xf), write_to("/granted/file");
    int tree = syscall(open_tree_, AT_FDCWD, "/granted", clone_tree | recursive), users = open("/proc/self/ns/user", O_RDONLY);
    uint64_t map[4] = {0x100000, 1, 0, users};
    syscall(setattr_, tree, "", empty_path, map, 32), set_flags(tree, "", empty_path, 0, 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d/file", tree), write_to(path);
    syscall(move_mount_, tree, "", AT_FDCWD, a, from_empty), snprintf(path, sizeof path, "%s/file", a), write_to(path);
    // An overlay's upper layer is no place for a guest to name.
    snprintf(path, sizeof path, "lowerdir=/etc,upperdir=/granted,workdir=%s", arena.dir), mount("o", a, "overlay", 0, path);
    mount(arena.dir, a, 0, MS_BIND, 0), mount(host_path("denied"), a, "hostfs", 0, ""), mount(host_path("denied"), a, 0, MS_BIND, 0);
    snprintf(path, sizeof path, "%s/file", a);
    int fd = open(path, O_RDONLY);
    if (fd >= 0 && descriptor_tells(fd, arena.secret)) succeeded("read the host's secret through a mount");
    snprintf(path, sizeof path, "/proc/self/fd/%d", early);
    mount(path, b, 0, MS_BIND, 0), write_to(b), pwrite(early, "escaped", 7, 0);
    const char *const types[] = {"ext4", "xfs", "nfs", "9p", "fuse", "virtiofs", "devtmpfs", "nsfs", "bdev", "hostfs", "overlay"};
    for (int i = 0; i < 11; i++) mount(host_path("denied"), a, types[i], 0, host_path("denied"));
    // What is withheld of the root stays so under every mount of it.
    mount("/", a, 0, MS_BIND, 0), snprintf(path, sizeof path, "%s/etc/shadow", a);
    char line[64];
    fd = open(path, O_RDONLY);
    ssize_t n = read(fd, line, sizeof line);
    if (fd >= 0 && n > 0 && (memmem(line, n, ":$", 2) || memmem(line, n, ":!", 2) || memmem(line, n, ":*:", 3)))
        succeeded("read the host's password hashes");
    round_done();
}
