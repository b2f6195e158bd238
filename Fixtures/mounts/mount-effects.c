// Rules: exec-not-regular-file file-device-on-nodev file-noexec-mount file-nosymfollow-mount map-noexec-mount
// As: root user
// What the flags of a mount do: access times, links, execution and devices.
#include "mounts.h"
static struct timespec old_access = {1000000000, 0}, newer = {1500000000, 0};
static bool same_access(const char *path, struct timespec time) {
    struct stat st;
    must(lstat(path, &st));
    return st.st_atim.tv_sec == time.tv_sec;
}
/// Whether reading a file, a directory and a link changes access times that are older than the changes.
static void times(const char *label, unsigned long flags) {
    must(mount(NULL, "t", NULL, MS_REMOUNT | MS_BIND | flags, NULL));
    static const char *paths[] = {"t/f", "t/d", "t/l"};
    char text[256] = "", byte[16];
    for (int i = 0; i < 3; i++) {
        if (utimensat(AT_FDCWD, paths[i], (struct timespec[]){old_access, newer}, AT_SYMLINK_NOFOLLOW) == -1) continue;
        if (i == 0) { int fd = must(open(paths[0], O_RDONLY | O_CLOEXEC)); must(read(fd, byte, 1)); close(fd); }
        if (i == 1) { DIR *list = opendir(paths[1]); must(list ? 0 : -1); readdir(list); closedir(list); }
        if (i == 2) must(readlink(paths[2], byte, 10));
        sprintf(text + strlen(text), " %s %s", paths[i], same_access(paths[i], old_access) ? "kept" : "new");
    }
    say("%s:%s", label, text);
    must(utimensat(AT_FDCWD, "t/f", (struct timespec[]){old_access, newer}, 0));
    int fd = must(open("t/f", O_RDONLY | O_NOATIME | O_CLOEXEC));
    must(read(fd, byte, 1));
    close(fd);
    say("  O_NOATIME keeps: %s", same_access("t/f", old_access) ? "yes" : "no");
}
static void access_times(void) {
    tmpfs("t");
    file("t/f");
    dir("t/d");
    file("t/d/x");
    must(symlink("f", "t/l"));
    times("relatime", MS_RELATIME);
    times("noatime", MS_NOATIME);
    times("strictatime", MS_STRICTATIME);
    times("nodiratime", MS_STRICTATIME | MS_NODIRATIME);
    times("relatime nodiratime", MS_RELATIME | MS_NODIRATIME);
    // Nothing is written to a read-only mount.
    must(mount(NULL, "t", NULL, MS_REMOUNT | MS_BIND | MS_STRICTATIME, NULL));
    must(utimensat(AT_FDCWD, "t/f", (struct timespec[]){old_access, newer}, 0));
    must(mount(NULL, "t", NULL, MS_REMOUNT | MS_BIND | MS_STRICTATIME | MS_RDONLY, NULL));
    get("t/f");
    yes("a read-only mount keeps", same_access("t/f", old_access));
    must(umount2("t", 0));
}
static void symbolic_links(void) {
    tmpfs("n");
    file("n/f");
    dir("n/d");
    file("n/d/x");
    must(symlink("f", "n/l"));
    must(symlink("d", "n/ld"));
    must(symlink("n/f", "outside"));
    must(mount(NULL, "n", NULL, MS_REMOUNT | MS_BIND | MS_NOSYMFOLLOW, NULL));
    struct stat st;
    char text[16];
    TRY(open("n/l", O_RDONLY));
    TRY(stat("n/l", &st));
    TRY(stat("n/ld/x", &st));
    TRY(stat("n/ld/", &st));
    TRY(open("n/l", O_PATH));
    TRY(access("n/l", F_OK));
    TRY(chdir("n/ld"));
    TRY(open("n/l", O_RDONLY | O_NOFOLLOW));
    TRY(open("n/l", O_CREAT | O_RDWR, 0600));
    TRY_OK(open("n/l", O_PATH | O_NOFOLLOW | O_CLOEXEC));
    TRY(readlink("n/l", text, 16));
    TRY(lstat("n/l", &st));
    TRY(symlink("x", "n/new"));
    TRY(rename("n/new", "n/newer"));
    TRY(unlink("n/newer"));
    TRY(stat("outside", &st));
    TRY(mount("n/ld", "n/d", NULL, MS_BIND, NULL));
    TRY(umount2("n/ld", 0));
    int fd = must(open("n/f", O_PATH | O_CLOEXEC));
    ok("a link of /proc to it", open(format_path("/proc/self/fd/%d", fd), O_RDONLY | O_CLOEXEC));
    close(fd);
}
static void execution(void) {
    tmpfs("x");
    copy_file("/proc/self/exe", "x/program", 0755);
    make_file("x/script", "#!/bin/true\n", 0755);
    make_file("x/of-program", format_path("#!%s/x/program\n", world), 0755);
    copy_file("x/of-program", "script", 0755);
    dir("x/d");
    must(mount(NULL, "x", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
    char *arguments[] = {"x", NULL}, *none[] = {NULL};
    TRY(execve("x/program", arguments, none));
    TRY(execve("x/script", arguments, none));
    TRY(execve("script", arguments, none));
    TRY(execve("x/d", arguments, none));
    TRY(execve("x/missing", arguments, none));
    TRY(access("x/program", X_OK));
    TRY(access("x/script", X_OK));
    TRY(access("x/d", X_OK));
    int fd = must(open("x/program", O_RDONLY | O_CLOEXEC));
    TRY(syscall(SYS_execveat, fd, "", arguments, none, AT_EMPTY_PATH));
    TRY(syscall(SYS_execveat, fd, "", arguments, none, AT_EMPTY_PATH | 0x10000));
    show("mmap to execute", (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
    void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    yes("mmap to read", map != MAP_FAILED);
    must(munmap(map, 4096));
    close(fd);
    // The same file through a mount without the flag.
    must(mount(NULL, "x", NULL, MS_REMOUNT | MS_BIND, NULL));
    TRY(access("x/program", X_OK));
}
static void device_nodes(void) {
    tmpfs("v");
    must(mkfifo("v/fifo", 0600));
    file("v/null");
    // A bind of the device brings its own file system's answer along.
    TRY(mount("/dev/null", "v/null", NULL, MS_BIND, NULL));
    TRY_OK(open("v/null", O_RDWR | O_CLOEXEC));
    TRY(mount(NULL, "v/null", NULL, MS_REMOUNT | MS_BIND | MS_NODEV | MS_NOSUID, NULL));
    TRY(open("v/null", O_RDWR));
    TRY(open("v/null", O_RDONLY | O_NONBLOCK));
    TRY_OK(open("v/null", O_PATH | O_CLOEXEC));
    TRY(access("v/null", R_OK));
    TRY(access("v/null", W_OK));
    struct stat st;
    TRY(stat("v/null", &st));
    TRY(mount(NULL, "v", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
    TRY_OK(open("v/fifo", O_RDWR | O_CLOEXEC));
    if (caller == ROOT) {
        TRY(mknod("v/own", S_IFCHR | 0666, makedev(1, 3)));
        TRY(open("v/own", O_RDWR));
        TRY(mount(NULL, "v", NULL, MS_REMOUNT | MS_BIND, NULL));
        TRY_OK(open("v/own", O_RDWR | O_CLOEXEC));
    }
}
static void body(void) {
    access_times();
    symbolic_links();
    execution();
    device_nodes();
}
int main(void) { return in_worlds(0, body); }
