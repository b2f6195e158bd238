// Rules: directory-busy file-noexec-mount map-noexec-mount mount-not-permitted umount-not-mountpoint unlink-directory xattr-user-kind xattr-user-kind-hidden xattr-user-sticky
// As: root user
// Refusals that no other file fixture meets: noexec file systems, sticky directories' attributes, directories' names.
#include "fixture.h"
#define TRY(call) show(#call, call)
int main(void) {
    must(mkdir("d", 0755));
    must(mkfifo("fifo", 0644));
    must(symlink("d", "l"));
    make_file("f", "text", 0755);
    char buffer[64];
    TRY(access("/proc/version", X_OK));
    TRY(access("/proc/self/uid_map", X_OK));
    int fd = must(open("/proc/version", O_RDONLY));
    TRY((long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
    TRY(umount2("d", 0));
    TRY(umount2("l", 8));
    TRY(umount2("missing", 0));
    TRY(unlink("d"));
    TRY(unlink("d/"));
    TRY(unlink("/"));
    TRY(unlink("."));
    TRY(unlink("d/.."));
    TRY(unlink("f/"));
    TRY(rmdir("f"));
    TRY(rmdir("l"));
    TRY(rmdir("/"));
    TRY(getxattr("fifo", "user.x", buffer, 64));
    TRY(lgetxattr("l", "user.x", buffer, 64));
    TRY(removexattr("fifo", "user.x"));
    TRY(listxattr("fifo", buffer, 64));
    if (geteuid()) TRY(setxattr("/tmp", "user.x", "v", 1, 0));
    CHILD {
        must(chmod("d", 01777));
        if (!geteuid()) must(setresuid(1000, 1000, 1000));
        TRY(setxattr("d", "user.x", "v", 1, 0));
        TRY(removexattr("d", "user.x"));
        TRY(getxattr("d", "user.x", buffer, 64));
    }
    return 0;
}
