// Rules: chroot-not-permitted
// As: root user
// getdents, chdir, getcwd, chroot, umask; listing sees all names once.
#include "fixture.h"
#define TRY(call) show(#call, call)
int main(void) {
    must(mkdir("many", 0755));
    for (int i = 0; i < 300; i++) make_file(format_path("many/file-%03d", i), "", 0644);
    DIR *dir = opendir("many");
    struct dirent *entry;
    int seen[300] = {0}, dots = 0, types = 0;
    while ((entry = readdir(dir))) {
        int n;
        if (sscanf(entry->d_name, "file-%d", &n) == 1) seen[n]++, types += entry->d_type == DT_REG;
        else dots++;
    }
    int once = 0;
    for (int i = 0; i < 300; i++) once += seen[i] == 1;
    say("once %d regular %d dots %d", once, types, dots);
    rewinddir(dir);
    int count = 0;
    while (readdir(dir)) count++;
    say("rewound %d", count);
    closedir(dir);
    int fd = must(open("many", O_RDONLY));
    char buffer[64];
    TRY(syscall(SYS_getdents64, fd, buffer, 10));
    TRY(syscall(SYS_getdents64, 1, buffer, 64));
    TRY(syscall(SYS_getdents64, 999, buffer, 64));
    TRY(read(fd, buffer, 10));
    TRY(chdir("many"));
    char path[PATH_MAX];
    must((long)getcwd(path, sizeof path));
    say("cwd ends in %s", strrchr(path, '/'));
    TRY(syscall(SYS_getcwd, path, 3));
    TRY(syscall(SYS_getcwd, (void *)8, 100));
    TRY(chdir("file-000"));
    TRY(chdir("missing"));
    TRY(fchdir(fd));
    TRY(fchdir(999));
    TRY(chdir(".."));
    TRY(chroot("missing"));
    TRY(chroot("many/file-000"));
    TRY(rmdir("many"));
    int before = umask(0);
    TRY(before);
    TRY(umask(01777));
    TRY(umask(022));
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        int outside = must(open(".", O_RDONLY));
        TRY(chroot("many"));
        TRY(chdir("/"));
        must((long)getcwd(path, sizeof path));
        show_text("cwd", path);
        TRY(access("/file-000", F_OK));
        TRY(access("/../../file-000", F_OK));
        TRY(access("/etc/passwd", F_OK));
        TRY(fchdir(outside));
        TRY(syscall(SYS_getcwd, path, sizeof path) > 0);
        say("unreachable: %.13s", path);
        CHILD { must(caps_set(0, 0, 0)); TRY(chroot(".")); }
    }
    return 0;
}
