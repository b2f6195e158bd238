// Mounts on mounts: tall stacks on one place and long chains of one in another, told of by /proc and listmount, copied with
// locks, left by who stood at the far end, and let go at once. And as many as there may be side by side.
// Limits: stack=1024
// Seconds: 3
#include "mounts.h"

void prepare(void) { once = true; }

static void read_all(const char *path) {
    static char block[1 << 16];
    int fd = open(path, O_RDONLY);
    while (fd >= 0 && read(fd, block, sizeof block) > 0) {}
    close(fd);
}
static void use(const char *what) {
    static uint64_t ids[100000];
    uint64_t request[4] = {32, ~0ull, 0, 0};
    expect_answers(what);
    read_all("/proc/self/mountinfo"), expect_answers("mountinfo"), read_all("/proc/self/mounts"), expect_answers("mounts");
    syscall(listmount_, request, ids, 100000, 0), syscall(listmount_, request, ids, 100000, 1), expect_answers("listmount");
    uint64_t status[4] = {32, ~0ull, 0x7fff, 0};
    char text[8192];
    syscall(statmount_, status, text, sizeof text, 0), syscall(SYS_getcwd, text, sizeof text), expect_answers("statmount");
    pid_t pid = fork();
    if (pid == 0) own_namespaces(0), _exit(0);
    waitpid(pid, NULL, 0), expect_answers("a locked copy");
    close(syscall(open_tree_, AT_FDCWD, "/tmp", clone_tree | recursive)), expect_answers("a detached copy");
    round_done();
}
static bool place(char *top) {
    return own_place() && getcwd(top, 256) && mkdir("a", 0777) == 0;
}
static void chain(void) {
    char top[256];
    if (!place(top)) return;
    double enough = left() * 0.5;
    for (int i = 0; i < 30000 && left() > enough; i++)
        if (mount(top, "a", 0, MS_BIND, 0) != 0 || chdir("a") != 0) break;
        else round_done();
    use("a chain");
    chdir("/"), umount2(top, MNT_DETACH), expect_answers("unmounting a chain");
}
static void stack(void) {
    char top[256];
    if (!place(top)) return;
    double enough = left() * 0.5;
    for (int i = 0; i < 30000 && left() > enough; i++)
        if (mount("a", "a", 0, MS_BIND, 0) != 0) break;
        else round_done();
    use("a stack");
    // Below what is lazily unmounted, and then left.
    chdir("a"), umount2(top, MNT_DETACH), expect_answers("unmounting a stack");
}
static void many(void) {
    char top[256], name[32];
    if (!place(top)) return;
    double enough = left() * 0.5;
    for (int i = 0; i < 110000 && left() > enough; i++) {
        sprintf(name, "%d", i), mkdir(name, 0777);
        if (mount("a", name, 0, MS_BIND, 0) != 0) {
            if (errno == ENOSPC && i < 99000) say("note: only %d mounts", i);
            break;
        }
        round_done();
    }
    // Doubled, until no more are to be had.
    for (int i = 0; i < 20 && left() > 0; i++) {
        sprintf(name, "b%d", i), mkdir(name, 0777);
        if (mount(".", name, 0, MS_BIND | MS_REC, 0) != 0) break;
    }
    uint64_t request[4] = {32, ~0ull, 0, 0};
    static uint64_t ids[200000];
    if (syscall(listmount_, request, ids, 200000, 0) > 100000) succeeded("has more mounts than fs.mount-max");
    use("many"), mount(0, ".", 0, MS_SHARED | MS_REC, 0), mount(0, ".", 0, MS_PRIVATE | MS_REC, 0), expect_answers("groups of all");
    set_flags(AT_FDCWD, ".", recursive, 1, 0), expect_answers("flags of all");
    chdir("/"), umount2(top, MNT_DETACH), expect_answers("unmounting all");
}
static void attack(void) {
    pid_t watcher = watch();
    void (*const all[])(void) = {chain, stack, many};
    double whole = left();
    for (int i = 0; i < 3; i++) {
        deadline_ = now_() + whole / 3;
        in_child(all[i]);
        expect_answers("the end of it");
    }
    kill(watcher, SIGKILL);
}
