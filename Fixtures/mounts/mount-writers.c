// Rules: file-read-only-mount file-system-has-writers mount-writers
// As: root user
// Files that are open for writing against remounts to read-only, and what each change answers on a read-only mount.
#include "mounts.h"
#define TO_RO(path) TRY(mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL))
#define BIND_RO(path) TRY(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL))
#define BIND_RW(path) TRY(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL))
static void writers(void) {
    int fd = must(open("a/f", O_WRONLY | O_CLOEXEC));
    say("a writer in a:");
    TO_RO("a");
    TO_RO("b");
    BIND_RO("a");
    BIND_RO("b");
    BIND_RW("b");
    int copy = must(dup(fd));
    close(fd);
    say("only the copy of the descriptor:");
    BIND_RO("a");
    TO_RO("b");
    must(unlink("a/f"));
    say("an unlinked one:");
    TO_RO("a");
    BIND_RO("a");
    close(copy);
    say("closed:");
    BIND_RO("a");
    BIND_RW("a");
    file("a/f");
    fd = must(open("a/f", O_RDONLY | O_CLOEXEC));
    say("a reader:");
    BIND_RO("a");
    BIND_RW("a");
    // Unlinked but open: the file system has something to do when it is closed.
    must(unlink("a/f"));
    say("an unlinked reader:");
    BIND_RO("a");
    BIND_RW("a");
    TO_RO("a");
    close(fd);
    TO_RO("a");
    TRY(mount(NULL, "a", NULL, MS_REMOUNT, NULL));
    file("a/f");
    must(mkfifo("a/fifo", 0600));
    fd = must(open("a/fifo", O_RDWR | O_CLOEXEC));
    say("a writer of a fifo:");
    BIND_RO("a");
    BIND_RW("a");
    close(fd);
    fd = must(open("a/f", O_RDWR | O_CLOEXEC));
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    say("a shared writable mapping:");
    BIND_RO("a");
    TO_RO("a");
    must(munmap(map, 4096));
    say("no more:");
    BIND_RO("a");
    BIND_RW("a");
    say("mount_setattr:");
    fd = must(open("a/f", O_WRONLY | O_CLOEXEC));
    TRY(set_attributes("a", 0, MOUNT_ATTR_RDONLY, 0, 0));
    TRY(set_attributes("b", 0, MOUNT_ATTR_RDONLY, 0, 0));
    TRY(set_attributes("b", 0, 0, MOUNT_ATTR_RDONLY, 0));
    close(fd);
}
static void refusals(const char *label) {
    say("%s:", label);
    must(chdir("a"));
    ok("open to read", open("f", O_RDONLY | O_CLOEXEC));
    TRY(open("f", O_WRONLY));
    TRY(open("f", O_RDWR));
    TRY(open("f", O_RDONLY | O_TRUNC));
    ok("O_CREAT of what is there", open("f", O_CREAT | O_RDONLY | O_CLOEXEC, 0600));
    TRY(open("f", O_CREAT | O_EXCL | O_RDONLY, 0600));
    TRY(open("f", O_CREAT | O_WRONLY, 0600));
    TRY(open("new", O_CREAT | O_RDONLY, 0600));
    TRY(open("missing", O_WRONLY));
    TRY(open(".", O_TMPFILE | O_RDWR, 0600));
    TRY(mkdir("new", 0755));
    TRY(mkdir("f", 0755));
    TRY(mkdir("sub", 0755));
    TRY(mknod("new", S_IFIFO | 0600, 0));
    TRY(mknod("f", S_IFIFO | 0600, 0));
    TRY(symlink("x", "new"));
    TRY(symlink("x", "f"));
    TRY(link("f", "new"));
    TRY(link("f", "sub"));
    TRY(link("../b/f", "new"));
    TRY(link("f", "../b/new"));
    TRY(link("../outside", "new"));
    TRY(unlink("f"));
    TRY(unlink("missing"));
    TRY(unlink("sub"));
    TRY(rmdir("sub"));
    TRY(rmdir("missing"));
    TRY(rmdir("f"));
    TRY(rename("f", "g"));
    TRY(rename("missing", "g"));
    TRY(rename("f", "../outside"));
    TRY(rename("../outside", "g"));
    TRY(rename("../b/f", "g"));
    TRY(chmod("f", 0600));
    TRY(chown("f", -1, -1));
    TRY(utimensat(AT_FDCWD, "f", NULL, 0));
    TRY(truncate("f", 0));
    TRY(truncate("sub", 0));
    TRY(truncate("missing", 0));
    TRY(setxattr("f", "trusted.x", "1", 1, 0));
    TRY(setxattr("f", "nonsense", "1", 1, 0));
    TRY(removexattr("f", "user.x"));
    TRY(access("f", R_OK));
    TRY(access("f", W_OK));
    TRY(access("sub", W_OK));
    TRY(access("missing", W_OK));
    TRY(access("fifo", W_OK));
    ok("a fifo to read and write", open("fifo", O_RDWR | O_CLOEXEC));
    int fd = must(open("f", O_RDONLY | O_CLOEXEC));
    TRY(fchmod(fd, 0600));
    TRY(futimens(fd, NULL));
    TRY(fsetxattr(fd, "trusted.x", "1", 1, 0));
    close(fd);
    must(chdir(world));
}
static void body(void) {
    tmpfs("a");
    file("a/f");
    dir("b");
    bind_to("a", "b");
    writers();
    dir("a/sub");
    file("outside");
    BIND_RO("a");
    refusals("a read-only mount");
    must(mount(NULL, "a", NULL, MS_REMOUNT, NULL));
    TO_RO("a");
    refusals("a read-only file system");
    say("the other mount of it:");
    TRY(open("b/f", O_WRONLY));
    TRY(mkdir("b/new", 0755));
    TRY(access("b/f", W_OK));
    mounts("at the end");
}
int main(void) { return in_worlds(0, body); }
