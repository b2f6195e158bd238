// Threads that mount, move, unmount and look at the same few places at random, in namespaces that are each other's peers, while
// others scribble over their arguments and the processes are killed.
#include "mounts.h"

static char *memory;
static const char *const places[] = {"/tmp/r/a", "/tmp/r/b", "/tmp/r/a/a", "/tmp/r/b/a", "/tmp/r", ".", "..", "/", "/proc", "/sys", "/proc/self",
                                     "/proc/self/fd/5", "/proc/self/ns/mnt", "/proc/self/cwd", "/proc/1/root", "/dev/pts", "/dev/null", "/attack", ""};
static const char *const names[] = {"tmpfs", "proc", "sysfs", "mqueue", "devpts", "cgroup2", "ramfs"};
static char *at_random(const char *text) {
    char *to = memory + random_word() % 4000;
    return random_word() % 3 ? (char *)text : strcpy(to, text);
}
#define PLACE at_random(places[random_word() % (sizeof places / sizeof *places)])
static void *mounting(void *end) {
    char text[4096];
    uint64_t *words = (uint64_t *)(memory + 4096 + random_word() % 64 * 8);
    while (now_() < *(double *)end) {
        switch (random_word() % 14) {
        case 0: mount("x", PLACE, at_random(names[random_word() % 7]), random_word() % 4 ? 0 : random_word(), memory); break;
        case 1: case 2: mount(PLACE, PLACE, 0, MS_BIND | (random_word() % 2 ? MS_REC : 0), 0); break;
        case 3: mount(0, PLACE, 0, 1 << (17 + random_word() % 4) | (random_word() % 2 ? MS_REC : 0), 0); break;
        case 4: mount(PLACE, PLACE, 0, MS_MOVE, 0); break;
        case 5: case 6: umount2(PLACE, random_word() % 16); break;
        case 7: RAW(SYS_pivot_root, PLACE, PLACE); break;
        case 8: {
            int tree = syscall(open_tree_, AT_FDCWD, PLACE, clone_tree | (random_word() % 2 ? recursive : 0));
            syscall(move_mount_, tree, "", AT_FDCWD, PLACE, from_empty | (random_word() % 3 ? 0 : beneath));
            if (random_word() % 4) close(tree);
            break;
        }
        case 9: words[0] = random_word(), syscall(setattr_, AT_FDCWD, PLACE, random_word() % 2 ? recursive : 0, words, random_word() % 2 ? 32 : random_word() % 5000); break;
        case 10: words[0] = 32, words[1] = ~0ull, syscall(random_word() % 2 ? statmount_ : listmount_, words, memory, random_word() % 4096, 0); break;
        case 11: read(open("/proc/self/mountinfo", O_RDONLY), text, sizeof text), close(random_word() % 30 + 3); break;
        case 12: chdir(PLACE), mkdir("a", 0777), make_file("f"), rename("a", "b"), getcwd(text, sizeof text); break;
        case 13: if (random_word() % 9 == 0) unshare(CLONE_NEWNS); break;
        }
        round_done();
    }
    return NULL;
}
static void *scribbling(void *ignored) {
    for (;;) {
        unsigned long word = random_word();
        memory[word % 8192] = word >> 20 & 7 ? "/abtmp.,=0"[(word >> 32) % 10] : (char)(word >> 40);
        if (word % 32 == 0) pause_us(40);
    }
    return NULL;
}
static void attack(void) {
    memory = shared_pages(8192, PROT_READ | PROT_WRITE);
    double end = now_() + (left() < 0.6 ? left() : 0.6);
    if (!own_namespaces(0)) return;
    mkdir("/tmp/r", 0777), mount("x", "/tmp/r", "tmpfs", 0, ""), mkdir("/tmp/r/a", 0777), mkdir("/tmp/r/b", 0777);
    if (random_word() % 2) mount(0, "/", 0, MS_REC | MS_SHARED, 0);
    pid_t others[2];
    for (int i = 0; i < 2; i++) {
        others[i] = fork();
        if (others[i] != 0) continue;
        i ? (void)own_namespaces(0) : (void)unshare(CLONE_NEWNS);
        thread_start(scribbling, NULL), thread_start(mounting, &end), mounting(&end), _exit(0);
    }
    thread_start(scribbling, NULL), thread_start(mounting, &end), mounting(&end);
    for (int i = 0; i < 2; i++) kill(others[i], SIGKILL), waitpid(others[i], NULL, 0);
}
