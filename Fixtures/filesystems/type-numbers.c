// Rules:
// As: root user
// sysfs(2) numbers the types as /proc/filesystems lists them; ustat(2) tells of a file system by its device number.
#include "fixture.h"
#ifndef SYS_sysfs
#define SYS_sysfs 139
#define SYS_ustat 136
#endif
#define TRY(call) show(#call, call)
struct old_ustat { int free; unsigned long inodes; char name[6], pack[6]; };
static char text[8192];
static void types(void) {
    long count = syscall(SYS_sysfs, 3);
    char name[64];
    bool same = true;
    for (long i = 0; i < count; i++) same = syscall(SYS_sysfs, 2, i, name) == 0 && syscall(SYS_sysfs, 1, name) == i && same;
    yes("names and numbers agree", same);
    FILE *list = fopen("/proc/filesystems", "r");
    long line = 0;
    for (same = true; list && fgets(text, 200, list); line++) {
        text[strcspn(text, "\n")] = 0;
        same = syscall(SYS_sysfs, 2, line, name) == 0 && strcmp(strchr(text, '\t') + 1, name) == 0 && same;
    }
    yes("in the list's order", same && line == count);
    long number = syscall(SYS_sysfs, 1, "tmpfs");
    memset(name, 'x', sizeof name);
    show("tmpfs", syscall(SYS_sysfs, 2, number, name));
    say("%s, then %c", name, name[6]);
    TRY(syscall(SYS_sysfs, 2, count, name));
    TRY(syscall(SYS_sysfs, 2, -1, name));
    TRY(syscall(SYS_sysfs, 2, 0, NULL));
    TRY(syscall(SYS_sysfs, 1, "no such type"));
    TRY(syscall(SYS_sysfs, 1, ""));
    TRY(syscall(SYS_sysfs, 1, NULL));
    memset(text, 'a', 4096);
    TRY(syscall(SYS_sysfs, 1, text));
    text[4095] = 0;
    TRY(syscall(SYS_sysfs, 1, text));
    TRY(syscall(SYS_sysfs, 0));
    TRY(syscall(SYS_sysfs, 4));
    yes("the upper half does not count", syscall(SYS_sysfs, 3 | 1ul << 32) == count);
}
int main(void) {
    struct old_ustat status;
    struct stat st;
    types();
    char *uids = own_uid_at(0), *gids = own_gid_at(0);
    bool is_root = geteuid() == 0;
    must(unshare(is_root ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS));
    if (!is_root) {
        must(put("/proc/self/setgroups", "deny"));
        must(put("/proc/self/gid_map", gids));
        must(put("/proc/self/uid_map", uids));
    }
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    must(mkdir("place", 0755));
    must(mount("t", "place", "tmpfs", 0, "size=1m,nr_inodes=10"));
    must(stat("place", &st));
    unsigned device = st.st_dev;
    memset(&status, 'x', sizeof status);
    show("ustat", syscall(SYS_ustat, device, &status));
    say("%d blocks and %lu inodes free, names of length %zu and %zu", status.free, status.inodes, strlen(status.name), strlen(status.pack));
    show("with an upper half", syscall(SYS_ustat, device | 1ul << 32, &status));
    show("to nowhere", syscall(SYS_ustat, device, NULL));
    TRY(syscall(SYS_ustat, 0x12345, &status));
    TRY(syscall(SYS_ustat, 0x12345, NULL));
    TRY(syscall(SYS_ustat, 0, &status));
    must(umount("place"));
    show("when it is gone", syscall(SYS_ustat, device, &status));
}
