// Rules: chmod-not-owner chown-user-not-permitted file-access-denied xattr-security xattr-trusted xattr-trusted-hidden xattr-user-kind
// As: root user
// stat and its kin, times, extended attributes and their name spaces.
#include "fixture.h"
#define TRY(call) show(#call, call)
int main(void) {
    make_file("f", "12345", 0640);
    must(mkdir("d", 0751));
    must(symlink("f", "l"));
    struct stat st;
    TRY(stat("f", &st));
    say("mode %o size %ld nlink %d own %d %d", st.st_mode, (long)st.st_size, (int)st.st_nlink, st.st_uid == geteuid(), st.st_gid == getegid());
    TRY(lstat("l", &st));
    say("mode %o size %ld", st.st_mode, (long)st.st_size);
    TRY(fstatat(AT_FDCWD, "l", &st, AT_SYMLINK_NOFOLLOW));
    TRY(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
    TRY(fstatat(AT_FDCWD, "", &st, 0));
    TRY(fstatat(AT_FDCWD, "f", &st, 0x4000000));
    TRY(fstatat(1, "f", &st, 0));
    TRY(stat("f", (void *)8));
    struct statx sx;
    TRY(syscall(SYS_statx, AT_FDCWD, "f", 0, 0x7ff, &sx));
    say("mask %d mode %o size %llu", (sx.stx_mask & 0x7ff) == 0x7ff, sx.stx_mode, (unsigned long long)sx.stx_size);
    TRY(syscall(SYS_statx, AT_FDCWD, "f", 0, 0x80000000, &sx));
    TRY(syscall(SYS_statx, AT_FDCWD, "f", 0x8, 0x7ff, &sx));
    TRY(utimensat(AT_FDCWD, "f", (struct timespec[]){{100, 5}, {200, 7}}, 0));
    must(stat("f", &st));
    say("atime %ld.%ld mtime %ld.%ld", st.st_atim.tv_sec, st.st_atim.tv_nsec, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    TRY(utimensat(AT_FDCWD, "f", (struct timespec[]){{0, UTIME_OMIT}, {5, 0}}, 0));
    must(stat("f", &st));
    say("atime %ld mtime %ld", st.st_atim.tv_sec, st.st_mtim.tv_sec);
    TRY(utimensat(AT_FDCWD, "f", (struct timespec[]){{0, 2000000000}, {5, 0}}, 0));
    TRY(utimensat(AT_FDCWD, "l", (struct timespec[]){{9, 0}, {9, 0}}, AT_SYMLINK_NOFOLLOW));
    TRY(chmod("f", 07777));
    must(stat("f", &st));
    say("mode %o", st.st_mode);
    TRY(fchmodat(AT_FDCWD, "l", 0600, 0));
    TRY(syscall(452, AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
    TRY(access("f", R_OK | W_OK));
    TRY(access("f", 8));
    TRY(access("missing", F_OK));
    TRY(setxattr("f", "user.one", "value", 5, 0));
    TRY(setxattr("f", "user.one", "v", 1, XATTR_CREATE));
    TRY(setxattr("f", "user.two", "v", 1, XATTR_REPLACE));
    TRY(setxattr("f", "user.two", "", 0, 0));
    char buffer[64] = "";
    TRY(getxattr("f", "user.one", buffer, 64));
    TRY(getxattr("f", "user.one", buffer, 2));
    TRY(getxattr("f", "user.one", NULL, 0));
    TRY(getxattr("f", "user.none", buffer, 64));
    TRY(setxattr("f", "user.", "v", 1, 0));
    TRY(setxattr("f", "nonsense", "v", 1, 0));
    TRY(setxattr("f", "trusted.x", "v", 1, 0));
    TRY(getxattr("f", "trusted.x", buffer, 64));
    TRY(setxattr("f", "security.x", "v", 1, 0));
    TRY(setxattr("f", "user.x", "v", 1, 9));
    for (int i = 0; i < 5; i++) {
        const char *name[] = {"trusted.", "security.", "user.", "system.none", "other.none"};
        say("%s", name[i]);
        CHILD {
            lower_effective(CAP_SYS_ADMIN);
            show("  set", setxattr("f", name[i], "v", 1, 0));
            show("  get", getxattr("f", name[i], buffer, 64));
            show("  remove", removexattr("f", name[i]));
            show("  set on a device", setxattr("/dev/null", name[i], "v", 1, 0));
            lower_effective(CAP_DAC_OVERRIDE);
            must(chmod("f", 0));
            lower_effective(CAP_DAC_READ_SEARCH);
            show("  set without permission", setxattr("f", name[i], "v", 1, 0));
            show("  get without permission", getxattr("f", name[i], buffer, 64));
            must(chmod("f", 0644));
        }
    }
    TRY(lsetxattr("l", "user.x", "v", 1, 0));
    TRY(setxattr("d", "user.dir", "v", 1, 0));
    TRY(mkfifo("fifo", 0644));
    TRY(setxattr("fifo", "user.x", "v", 1, 0));
    char *long_name = malloc(300);
    memset(long_name, 'x', 299);
    memcpy(long_name, "user.", 5);
    long_name[299] = 0;
    show("long name", setxattr("f", long_name, "v", 1, 0));
    show("huge value", setxattr("f", "user.big", long_name, 65537, 0));
    TRY(removexattr("f", "user.none"));
    TRY(removexattr("f", "user.two"));
    int fd = must(open("f", O_RDONLY));
    TRY(fgetxattr(fd, "user.one", buffer, 64));
    TRY(fsetxattr(fd, "user.three", "3", 1, 0));
    if (geteuid() != 0) {
        TRY(chown("f", 5, -1));
        TRY(chmod("/etc/passwd", 0666));
        TRY(setxattr("/etc/passwd", "user.x", "v", 1, 0));
        TRY(open("/etc/passwd", O_WRONLY));
        TRY(unlink("/etc/passwd"));
        TRY(mkdir("/etc/x", 0755));
    }
    return 0;
}
