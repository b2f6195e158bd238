// Contexts of file systems with wild keys and values: sizes at the ends of all types, blobs, descriptors of themselves, orders of
// commands, messages nobody reads, readers with bad memory; and file systems with a size that is got round.
#include "mounts.h"

#define PICK(list) (list)[random_word() % (sizeof(list) / sizeof *(list))]
static const char *const types[] = {"tmpfs", "ramfs", "proc", "sysfs", "devpts", "mqueue", "cgroup2", "binfmt_misc", "devtmpfs"};
static const char *const keys[] = {"size", "nr_blocks", "nr_inodes", "mode", "uid", "gid", "huge", "mpol", "hidepid", "subset",
                                   "ptmxmode", "max", "source", "ro", "pidns", "", "size=", "a,b", "newinstance", "nsdelegate"};
static const char *const values[] = {"0", "-1", "18446744073709551615", "18446744073709551616", "9223372036854775807", "16e",
                                     "99999999999999999999", "0x7fffffffffffffff", "101%", "99999999999999%", "4294967296",
                                     "-2147483649", "k", "", "1kk", "077777777777", "pid:pid", "prefer:99999999", "\377\377"};
static void contexts(void) {
    if (!own_namespaces(0)) return;
    static char block[1 << 20];
    for (int i = 0; i < 60; i++) {
        int fd = syscall(fsopen_, PICK(types), 0);
        for (int k = random_word() % 6; k > 0; k--) {
            syscall(fsconfig_, fd, 1, PICK(keys), PICK(values), 0), syscall(fsconfig_, fd, 0, PICK(keys), 0, 0);
            syscall(fsconfig_, fd, 2, PICK(keys), block, random_word() % 3 ? 100 : 1 << 20);
            syscall(fsconfig_, fd, 5, PICK(keys), 0, random_word() % 2 ? fd : 0);
            syscall(fsconfig_, fd, 3 + random_word() % 2, PICK(keys), PICK(values), AT_FDCWD);
            syscall(fsconfig_, fd, random_word() % 10, random_word(), random_word(), random_word());
        }
        syscall(fsconfig_, fd, 6, 0, 0, 0);
        int tree = syscall(fsmount_, fd, 0, random_word() % 3 ? 0 : random_word() & 0x2000ff);
        struct iovec parts[3] = {{block, 7}, {(void *)random_word(), random_word()}, {block, -1ul}};
        RAW(SYS_readv, fd, parts, 3), RAW(SYS_read, fd, (void *)random_word(), -1l), RAW(SYS_pread64, fd, block, 9, -1l);
        RAW(SYS_read, fd, block, 1), RAW(SYS_write, fd, block, 9), RAW(SYS_lseek, fd, -1l, 2);
        struct statfs told;
        fstatfs(tree, &told), mkdirat(tree, "d", 0777), syscall(fspick_, tree, "", 8), syscall(fsmount_, fd, 0, 0);
        if (random_word() % 2) close(fd), close(tree);
    }
    round_done();
}
static void sizes(void) {
    if (!own_place()) return;
    mkdir("s", 0777), mkdir("t", 0777);
    if (mount("x", "s", "tmpfs", 0, "size=64k,nr_inodes=20") != 0) return;
    static char block[1 << 16];
    mount("s", "t", 0, MS_BIND, 0), mount(0, "t", 0, MS_REMOUNT, "size=64k");
    long total = 0;
    char name[64];
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "%s/%d", i % 2 ? "s" : "t", i);
        int fd = open(name, O_CREAT | O_RDWR, 0666);
        if (fd < 0) continue;
        ssize_t n = write(fd, block, sizeof block);
        if (n > 0) total += n;
        n = pwrite(fd, block, sizeof block, 1 << 20), total += n > 0 ? n : 0;
    }
    if (total > 4 * 65536) succeeded("wrote %ld bytes to a file system of 65536", total);
    int made = 0;
    for (int i = 0; i < 100; i++) snprintf(name, sizeof name, "s/d%d", i), made += mkdir(name, 0777) == 0;
    if (made > 20) succeeded("made %d files of 20", made);
    round_done();
}
static void attack(void) {
    in_child(contexts), in_child(sizes);
}
