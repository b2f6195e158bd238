// Rules: file-access-denied file-device-on-nodev file-flags-immutable file-read-only-mount mknod-device quota-of-no-device
// As: root user
// mknod: what is refused first, which devices anybody may make, and some requests that only init's root is granted.
#include "../mountapi/api.h"
#include <sys/quota.h>
#include <sys/swap.h>
#include <linux/fs.h>
static void nodes(void) {
    must(mkdir("closed", 0555));
    make_file("there", "", 0644);
    say("types");
    static const struct { const char *name; mode_t mode; } types[] = {{"regular", S_IFREG}, {"none", 0}, {"fifo", S_IFIFO}, {"socket", S_IFSOCK}, {"directory", S_IFDIR}, {"link", S_IFLNK}, {"0170000", 0170000}, {"0030000", 0030000}};
    for (int i = 0; i < 8; i++) { show(types[i].name, mknod(types[i].name, types[i].mode | 0640, 0)); show_owner("  made", types[i].name); }
    say("devices");
    const struct { const char *name; mode_t mode; dev_t device; } devices[] = {{"char 1:3", S_IFCHR, makedev(1, 3)}, {"char 0:0", S_IFCHR, 0}, {"char 0:1", S_IFCHR, makedev(0, 1)}, {"block 7:0", S_IFBLK, makedev(7, 0)}, {"block 0:0", S_IFBLK, 0}};
    for (int i = 0; i < 5; i++) {
        long result = show(devices[i].name, mknod(devices[i].name, devices[i].mode | 0644, devices[i].device));
        show_owner("  made", devices[i].name);
        if (result == 0 && i != 3) ok("  open", open(devices[i].name, O_RDONLY));
        show("  what is there", mknod("there", devices[i].mode | 0644, devices[i].device));
        show("  in what is missing", mknod("missing/x", devices[i].mode | 0644, devices[i].device));
        CHILD {
            if (!strcmp(who, "user")) caps_set(0, 0, 0);
            else { must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); }
            show("  without capabilities, not writable", mknod("closed/x", devices[i].mode | 0644, devices[i].device));
            show("  without capabilities, what is there", mknod("there", devices[i].mode | 0644, devices[i].device));
            show("  without capabilities", mknod("open/x", devices[i].mode | 0644, devices[i].device));
            unlink("open/x");
        }
    }
    CHILD { drop_cap(CAP_MKNOD); show("without CAP_MKNOD", mknod("x", S_IFCHR | 0600, makedev(1, 3))); show("  0:0", mknod("y", S_IFCHR | 0600, 0)); show("  block 0:0", mknod("z", S_IFBLK | 0600, 0)); }
    say("not writable");
    show("directory with type directory", mknod("closed/d", S_IFDIR | 0600, 0));
    must(mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show("read-only, device", mknod("new", S_IFCHR | 0600, makedev(1, 3)));
    show("read-only, what is there", mknod("there", S_IFREG | 0600, 0));
    show("read-only, bad type", mknod("new", S_IFLNK | 0600, 0));
    must(mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND, NULL));
    say("other requests");
    int fd = must(open("there", O_RDWR)), dir = must(open(".", O_RDONLY));
    int flags = 0;
    show("FS_IOC_GETFLAGS", ioctl(fd, FS_IOC_GETFLAGS, &flags));
    flags = FS_IMMUTABLE_FL;
    if (!is_init()) show("FS_IOC_SETFLAGS immutable", ioctl(fd, FS_IOC_SETFLAGS, &flags));
    if (!is_init()) show("swapon", swapon("there", 0));
    if (!is_init()) show("FIFREEZE", ioctl(dir, FIFREEZE, 0));
    show("quotactl of a file", syscall(SYS_quotactl, QCMD(Q_GETQUOTA, USRQUOTA), "there", 0, (char[256]){0}));
}
static void all(void) { must(mkdir("open", 0777)); must(chmod("open", 0777)); nodes(); }
int main(void) {
    as_each(0, all);
    return 0;
}
