// Rules: mount-internal-type mount-kinds-differ mount-not-block-device mount-option-unknown mount-same-file-system mount-type-not-permitted mount-unknown-type mount-without-device
// As: root user
// Types that need a device, types that are the kernel's own, and types whose file system is one for all of its mounts.
#include "mounts.h"
static void block_types(void) {
    file("image");
    must(symlink("image", "to-image"));
    TRY(mount(NULL, "d", "ext4", 0, NULL));
    TRY(mount("", "d", "ext4", 0, NULL));
    TRY(mount("missing", "d", "ext4", 0, NULL));
    TRY(mount("image", "d", "ext4", 0, NULL));
    TRY(mount("to-image", "d", "ext4", 0, NULL));
    TRY(mount("/dev/null", "d", "ext4", 0, NULL));
    TRY(mount("d", "d", "ext4", 0, NULL));
    TRY(mount("image/x", "d", "ext4", 0, NULL));
    TRY(mount("missing", "d", "ext4", 0, "nonsense"));
    TRY(mount("image", "d", "ext4", 0, "nonsense"));
    TRY(mount("missing", "image", "ext4", 0, NULL));
    TRY(mount("missing", "no-target", "ext4", 0, NULL));
}
static void kernel_types(void) {
    static const char *types[] = {"pipefs", "sockfs", "nsfs", "pidfs", "bdev", "anon_inodefs", "rootfs"};
    for (int i = 0; i < 7; i++) show(types[i], mount("s", "d", types[i], 0, NULL));
}
/// A new mount of one type on a mount of it, and below it.
static void again(const char *type) {
    dir(type);
    if (show(format_path("%s", type), mount(type, type, type, 0, NULL)) == -1) return;
    show(format_path("%s on it", type), mount(type, type, type, 0, NULL));
    dir(format_path("%s-second", type));
    struct stat first, second;
    must(stat(type, &first));
    show(format_path("%s elsewhere", type), mount("other", format_path("%s-second", type), type, MS_NODEV, NULL));
    must(stat(format_path("%s-second", type), &second));
    yes("  of one file system", first.st_dev == second.st_dev);
    show(format_path("%s bound on it", type), mount(type, type, NULL, MS_BIND, NULL));
}
static void body(void) {
    dir("d");
    block_types();
    kernel_types();
    again("tmpfs");
    again("ramfs");
    again("proc");
    again("sysfs");
    again("mqueue");
    mounts("mounted");
    TRY(mount("s", "proc/sys", "proc", 0, NULL));
    TRY(mount("s", "sysfs/kernel", "sysfs", 0, NULL));
    TRY(mount("s", "image", "proc", 0, NULL));
    TRY(mount("s", "image", "sysfs", 0, "nonsense"));
}
int main(void) { return in_worlds(CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET, body); }
