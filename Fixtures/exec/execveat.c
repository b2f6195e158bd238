// Rules: exec-not-regular-file
// As: user
// execveat: by descriptor, empty path, links, scripts by descriptor, flags.
#include "fixture.h"
static void try_at(const char *label, int fd, const char *path, int flags) {
    CHILD {
        char *argv[] = {"x", (char *)label, NULL}, *environment[] = {NULL};
        syscall(SYS_execveat, fd, path, argv, environment, flags);
        say("%s: %s", label, errno_text(errno));
    }
}
int main(int argc, char **argv) {
    if (argc > 1) {
        say("%s: ran, comm %.*s", argv[1], (int)strcspn(get("/proc/self/comm"), "\n"), get("/proc/self/comm"));
        return 0;
    }
    copy_file("/proc/self/exe", "me", 0755);
    must(mkdir("dir", 0755));
    must(symlink("me", "link"));
    int dir = must(open(".", O_RDONLY | O_DIRECTORY)), me = must(open("me", O_RDONLY)), path_fd = must(open("me", O_PATH));
    int cloexec = must(open("me", O_RDONLY | O_CLOEXEC)), link_fd = must(open("link", O_PATH | O_NOFOLLOW));
    try_at("relative", dir, "me", 0);
    try_at("at cwd", AT_FDCWD, "me", 0);
    try_at("empty path", me, "", AT_EMPTY_PATH);
    try_at("empty path, O_PATH", path_fd, "", AT_EMPTY_PATH);
    try_at("empty path, cloexec", cloexec, "", AT_EMPTY_PATH);
    try_at("empty path without the flag", me, "", 0);
    try_at("link", dir, "link", 0);
    try_at("link, nofollow", dir, "link", AT_SYMLINK_NOFOLLOW);
    try_at("O_PATH link", link_fd, "", AT_EMPTY_PATH);
    try_at("not a directory", me, "me", 0);
    try_at("bad fd", 999, "me", 0);
    try_at("absolute with bad fd", 999, "/proc/self/exe", 0);
    try_at("unknown flag", dir, "me", 0x4);
    try_at("directory", dir, "dir", 0);
    try_at("the directory fd", dir, "", AT_EMPTY_PATH);
    make_file("script", "#!./me\n", 0755);
    try_at("script by name", dir, "script", 0);
    int memory = must(syscall(SYS_memfd_create, "memory", 0));
    int in = must(open("me", O_RDONLY));
    char buffer[65536];
    long got;
    while ((got = read(in, buffer, sizeof buffer)) > 0) must(write(memory, buffer, got));
    try_at("a memory file open for writing", memory, "", AT_EMPTY_PATH);
    int again = must(open(format_path("/proc/self/fd/%d", memory), O_RDONLY));
    close(memory);
    try_at("a memory file", again, "", AT_EMPTY_PATH);
    int writer = must(open("me", O_RDWR));
    try_at("a file open for writing", dir, "me", 0);
    close(writer);
    pid_t pid;
    int ends[2];
    must(pipe2(ends, O_CLOEXEC));
    copy_file("/bin/sleep", "runs", 0755);
    SPAWN(pid) { execl("./runs", "runs", "9", NULL); }
    close(ends[1]);
    must(read(ends[0], buffer, 1));
    show("writing to what runs", open("runs", O_WRONLY));
    show("emptying it at open", open("runs", O_RDONLY | O_TRUNC));
    show("truncating it", truncate("runs", 0));
    kill(pid, SIGKILL);
    wait_status(pid);
    show("truncating it when it has ended", truncate("runs", 0));
    return 0;
}
