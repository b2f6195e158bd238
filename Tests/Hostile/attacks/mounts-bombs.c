// Groups of mounts that multiply: a shared tree bound into itself, many peers with many mounts, long chains of masters and
// slaves, places deep below the roots of many peers. fs.mount-max holds, and others are answered meanwhile.
// Seconds: 3
#include "mounts.h"

void prepare(void) { once = true; }

static long mounts_there(void) {
    uint64_t request[4] = {32, ~0ull, 0, 0};
    static uint64_t ids[200000];
    return syscall(listmount_, request, ids, 200000, 0);
}
static void number(char *text, const char *folder, int i) { sprintf(text, "%s/%d", folder, i), mkdir(text, 0777); }

static void doubling(void) {
    if (!own_place()) return;
    char name[64];
    mount(0, ".", 0, MS_SHARED, 0);
    for (int i = 0; i < 30; i++) {
        number(name, ".", i);
        if (mount(".", name, 0, MS_BIND | MS_REC, 0) != 0) break;
        round_done();
    }
    long count = mounts_there();
    if (count > 100000) succeeded("has %ld mounts", count);
    expect_answers("doubling");
    // Two namespaces at once.
    unshare(CLONE_NEWNS), mount("x", "0", "tmpfs", 0, ""), expect_answers("one in all");
}
static void peers(void) {
    if (!own_place()) return;
    char name[64];
    mkdir("p", 0777), mkdir("q", 0777), mount("x", "p", "tmpfs", 0, ""), mkdir("p/x", 0777), mount(0, "p", 0, MS_SHARED, 0);
    for (int i = 0; i < 2500 && left() > 0; i++) number(name, "p", i), mount("p/x", name, 0, MS_BIND, 0);
    for (int i = 0; i < 2500 && left() > 0; i++) number(name, "q", i), mount("p", name, 0, MS_BIND, 0), round_done();
    expect_answers("making peers");
    mount(0, ".", 0, MS_REC | MS_SLAVE, 0), mount(0, ".", 0, MS_REC | MS_SHARED, 0), expect_answers("making slaves");
    umount2("p", MNT_DETACH), expect_answers("unmounting peers");
}
static void masters(void) {
    if (!own_place()) return;
    char name[64], last[64] = "p";
    mkdir("p", 0777), mkdir("q", 0777), mount("x", "p", "tmpfs", 0, ""), mkdir("p/x", 0777), mount(0, "p", 0, MS_SHARED, 0);
    for (int i = 0; i < 2500 && left() > 0; i++) {
        number(name, "q", i);
        mount(last, name, 0, MS_BIND, 0), mount(0, name, 0, MS_SLAVE, 0), mount(0, name, 0, MS_SHARED, 0);
        strcpy(last, name), round_done();
    }
    expect_answers("making a chain");
    char text[4096];
    read(open("/proc/self/mountinfo", O_RDONLY), text, sizeof text), expect_answers("telling of a chain");
    mount("x", "p/x", "tmpfs", 0, ""), umount2("p/x", 0), umount2("p", MNT_DETACH), expect_answers("a chain");
    mount(0, ".", 0, MS_REC | MS_PRIVATE, 0), expect_answers("taking a chain apart");
}
static void deep(void) {
    if (!own_place()) return;
    char name[64], top[256];
    getcwd(top, sizeof top), mkdir("p", 0777), mkdir("q", 0777), mount("x", "p", "tmpfs", 0, ""), mount(0, "p", 0, MS_SHARED, 0);
    chdir("p");
    for (int i = 0; i < 3000 && left() > 0; i++) mkdir("d", 0777), chdir("d");
    mkdir("x", 0777);
    int bottom = open(".", O_PATH);
    chdir(top);
    for (int i = 0; i < 2500 && left() > 0; i++) number(name, "q", i), mount("p", name, 0, MS_BIND, 0), round_done();
    fchdir(bottom), mount("x", "x", "tmpfs", 0, ""), expect_answers("a deep place"), umount2("x", 0), expect_answers("its end");
}
static void attack(void) {
    pid_t watcher = watch();
    void (*const all[])(void) = {doubling, peers, masters, deep};
    double whole = left();
    for (int i = 0; i < 4; i++) {
        deadline_ = now_() + whole / 4;
        in_child(all[i]);
        expect_answers("the end of it");
    }
    kill(watcher, SIGKILL);
}
