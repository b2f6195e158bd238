// Rules: map-of-initial-namespace map-syntax map-too-many-lines map-write-size
// As: root
// How much may be written: 340 lines, fewer bytes than a page, at offset 0, once; five lines keep their order.
#include "fixture.h"
static struct gate end;
static pid_t fresh(void) {
    pid_t pid;
    end = gate_new();
    SPAWN_IN_USERNS(pid, 0, NULL, NULL) gate_wait(end);
    return pid;
}
static void finish(pid_t pid) { gate_open(end); reap(pid); }
static void lines(int count, bool backwards) {
    static char text[20000];
    *text = 0;
    for (int i = 0; i < count; i++) {
        int n = backwards ? count - 1 - i : i;
        sprintf(text + strlen(text), "%d %d 1\n", n * 2, n * 2);
    }
    pid_t pid = fresh();
    char *path = format_path("/proc/%d/uid_map", pid);
    long result = put(path, text);
    say("%d lines%s: %s", count, backwards ? " backwards" : "", result == -1 ? errno_text(errno) : "taken");
    char *read_back = get(path);
    say("  %zu bytes back", strlen(read_back));
    if (count <= 7) show_text("  reads", read_back);
    finish(pid);
}
static void sized(size_t size) {
    static char text[8192];
    memset(text, ' ', size);
    memcpy(text, "0 0 1", 5);
    pid_t pid = fresh();
    long result = put_bytes(format_path("/proc/%d/uid_map", pid), text, size);
    say("%zu bytes: %s", size, result == -1 ? errno_text(errno) : "taken");
    finish(pid);
}
int main(void) {
    lines(5, true);
    lines(6, true);
    lines(7, true);
    lines(340, false);
    lines(340, true);
    lines(341, false);
    lines(342, false);
    sized(4095);
    sized(4096);
    sized(5000);
    pid_t pid = fresh();
    char *path = format_path("/proc/%d/uid_map", pid);
    int fd = must(open(path, O_RDWR));
    show("pwrite at 1", pwrite(fd, "0 0 1", 5, 1));
    show("pwrite at 0", pwrite(fd, "0 0 1", 5, 0));
    show("seek", lseek(fd, 3, SEEK_SET));
    show("write at 3", write(fd, "0 0 1", 5));
    show("seek back", lseek(fd, 0, SEEK_SET));
    show("bad pointer", write(fd, (void *)8, 5));
    show("empty write", write(fd, "", 0));
    show("writev", writev(fd, (struct iovec[]){{"0 0", 3}, {" 1", 2}}, 2));
    show("seek back", lseek(fd, 0, SEEK_SET));
    show("a second time, garbage", write(fd, "x", 1));
    show("too long, second time", write(fd, path, 5000));
    char byte[8] = "";
    show("pread", pread(fd, byte, 4, 8));
    show_text("pread", byte);
    finish(pid);
    struct stat st;
    must(stat("/proc/self/uid_map", &st));
    say("mode %o size %ld", st.st_mode, (long)st.st_size);
    must(stat("/proc/self/setgroups", &st));
    say("mode %o", st.st_mode);
    show("initial map", put("/proc/self/uid_map", "0 0 1"));
    show("initial gid map", put("/proc/self/gid_map", "x"));
    show("initial projid map", put("/proc/self/projid_map", "0 0 1"));
    return 0;
}
