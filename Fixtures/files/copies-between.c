// Rules:
// As: root user
// copy_file_range(2) and FICLONE within a file system and between two: EXDEV, and what is looked at before it.
#include "fixture.h"
#define FICLONE_ 0x40049409
#define FICLONERANGE_ 0x4020940d
static int opened(const char *path, int flags) { return must(open(path, flags | O_CREAT | O_CLOEXEC, 0644)); }
static void from_to(const char *what, int source, int target) {
    char label[64];
    loff_t start = 0, to = 0;
    struct { int64_t fd; uint64_t start, length, to; } range = {source, 0, 0, 0};
    snprintf(label, sizeof label, "%s: copy", what);
    show(label, copy_file_range(source, &start, target, &to, 5, 0));
    start = to = 0;
    snprintf(label, sizeof label, "%s: copy of nothing", what);
    show(label, copy_file_range(source, &start, target, &to, 0, 0));
    snprintf(label, sizeof label, "%s: clone", what);
    show(label, ioctl(target, FICLONE_, source));
    snprintf(label, sizeof label, "%s: clone of a range", what);
    show(label, ioctl(target, FICLONERANGE_, &range));
}
int main(void) {
    char *uids = own_uid_at(0), *gids = own_gid_at(0);
    bool is_root = geteuid() == 0;
    must(unshare(is_root ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS));
    if (!is_root) {
        must(put("/proc/self/setgroups", "deny"));
        must(put("/proc/self/gid_map", gids));
        must(put("/proc/self/uid_map", uids));
    }
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    must(mkdir("x", 0755)); must(mkdir("y", 0755)); must(mkdir("z", 0755));
    must(mount("t", "x", "tmpfs", 0, NULL));
    must(mount("t", "y", "tmpfs", 0, NULL));
    must(mount("x", "z", NULL, MS_BIND, NULL));
    int a = opened("x/a", O_RDWR), b = opened("x/b", O_RDWR), other = opened("y/other", O_RDWR), bound = opened("z/bound", O_RDWR);
    int plain = opened("plain", O_RDWR), memory = must(memfd_create("m", 0)), second = must(memfd_create("m", 0));
    int reader = opened("x/a", O_RDONLY), writer = opened("x/b", O_WRONLY), appender = opened("y/other", O_WRONLY | O_APPEND);
    int directory = must(open("x", O_RDONLY)), path = must(open("x/a", O_PATH)), status = must(open("/proc/self/status", O_RDONLY));
    int ends[2];
    must(pipe(ends));
    must(write(a, "hello", 5)); must(write(memory, "hello", 5)); must(write(plain, "hello", 5));
    from_to("one tmpfs", a, b);
    from_to("by another mount", a, bound);
    from_to("two tmpfs", a, other);
    from_to("from outside", plain, a);
    from_to("to outside", a, plain);
    from_to("memory files", memory, second);
    from_to("from memory", memory, a);
    from_to("to memory", a, memory);
    from_to("from /proc", status, a);
    from_to("to one that is read only", other, reader);
    from_to("from one that is written only", writer, other);
    from_to("to the end", a, appender);
    from_to("from a directory", directory, a);
    from_to("from another's directory", directory, other);
    from_to("to a directory", other, directory);
    from_to("from a pipe", ends[0], a);
    from_to("to a pipe", a, ends[1]);
    from_to("from a place only", path, other);
    from_to("to a place only", other, path);
    from_to("from nothing", -1, other);
    loff_t start = 0;
    show("flags first", copy_file_range(a, NULL, other, NULL, 5, 1));
    show("positions first", copy_file_range(a, (void *)8, other, &start, 5, 0));
    show("both positions", copy_file_range(a, &start, other, (void *)8, 5, 0));
    start = -1;
    show("not below 0", copy_file_range(a, &start, other, NULL, 5, 0));
    show("a range that is nowhere", ioctl(other, FICLONERANGE_, 8));
}
