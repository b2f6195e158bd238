// What mount calls cost as mounts, names in a directory and peers grow: prints nanoseconds a call for each size.
//
//     mounts [SIZE...]
//
// Needs to be root of its mount namespace's owner; makes a private mount namespace and works in a tmpfs on the directory
// where it is started.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void must(int ok, const char *what) {
    if (ok == 0) return;
    fprintf(stderr, "mounts: %s: %s\n", what, strerror(errno));
    exit(1);
}

static const char *name(const char *prefix, int i) {
    static char text[64];
    snprintf(text, sizeof text, "%s%d", prefix, i);
    return text;
}

enum { ROUNDS = 40 };

// The median of what a round takes, so that a moment in which others ran does not count.
static int byValue(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
#define MEASURE(what, size, ...)                                            \
    do {                                                                    \
        double times[ROUNDS];                                               \
        for (int round = 0; round < ROUNDS; round++) {                      \
            double start = now();                                           \
            __VA_ARGS__;                                                    \
            times[round] = now() - start;                                   \
        }                                                                   \
        qsort(times, ROUNDS, sizeof *times, byValue);                       \
        printf("%-24s %6d %12.0f\n", what, size, times[ROUNDS / 2]);        \
    } while (0)

static void measure(int size, const char *kind) {
    struct stat st;
    char label[64];
    snprintf(label, sizeof label, "%s: bind+umount", kind);
    MEASURE(label, size, must(mount("one", "two", NULL, MS_BIND, NULL), "bind"); must(umount2("two", 0), "umount"));
    snprintf(label, sizeof label, "%s: tmpfs+umount", kind);
    MEASURE(label, size, must(mount("t", "two", "tmpfs", 0, NULL), "tmpfs"); must(umount2("two", 0), "umount"));
    snprintf(label, sizeof label, "%s: stat", kind);
    MEASURE(label, size, must(stat("one/file", &st), "stat"));
    snprintf(label, sizeof label, "%s: stat in a mount", kind);
    MEASURE(label, size, must(stat("last/file", &st), "stat"));
    snprintf(label, sizeof label, "%s: remount", kind);
    MEASURE(label, size, must(mount(NULL, "last", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL), "remount"));
}

static void fill(const char *directory) {
    must(mkdir(directory, 0755), directory);
    char path[96];
    snprintf(path, sizeof path, "%s/file", directory);
    int fd = open(path, O_CREAT | O_WRONLY, 0644);
    must(fd < 0, path);
    close(fd);
}

static void begin(void) {
    must(mount("world", ".", "tmpfs", 0, NULL), "tmpfs");
    char here[4096];
    must(!getcwd(here, sizeof here), "getcwd");
    must(chdir(here), here);
    fill("one");
    must(mkdir("two", 0755), "two");
    must(mkdir("last", 0755), "last");
    must(mount("one", "last", NULL, MS_BIND, NULL), "bind");
    must(mkdir("many", 0755), "many");
    must(chdir("many"), "many");
}

// The directory where it began, below whatever is mounted there.
static int home;

static void end(void) {
    must(fchdir(home), "home");
    must(umount2(".", MNT_DETACH), "umount");
}

int main(int argc, char **argv) {
    must(unshare(CLONE_NEWNS), "unshare");
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
    home = open(".", O_PATH);
    printf("%-24s %6s %12s\n", "what", "size", "nanoseconds");
    int standard[] = {1, 100, 1000, 10000}, count = argc > 1 ? argc - 1 : 4;
    for (int i = 0; i < count; i++) {
        int size = argc > 1 ? atoi(argv[i + 1]) : standard[i];
        begin();
        for (int n = 0; n < size; n++) {
            must(mkdir(name("m", n), 0755), "mkdir");
            must(mount("../one", name("m", n), NULL, MS_BIND, NULL), "bind");
        }
        must(chdir(".."), "..");
        measure(size, "mounts");
        end();

        begin();
        for (int n = 0; n < size; n++) must(mkdir(name("d", n), 0755), "mkdir");
        must(chdir(".."), "..");
        measure(size, "names");
        end();

        if (size > 1000) continue;
        // The last one is the parent of what is mounted, and all others are its peers.
        begin();
        must(mount("p", ".", "tmpfs", 0, NULL), "tmpfs");
        must(chdir("../many"), "many");
        must(mkdir("peer", 0755), "peer");
        must(mkdir("peer/place", 0755), "place");
        must(mount("peer", "peer", NULL, MS_BIND, NULL), "bind");
        must(mount(NULL, "peer", NULL, MS_SHARED, NULL), "shared");
        for (int n = 0; n < size; n++) {
            must(mkdir(name("q", n), 0755), "mkdir");
            must(mount("peer", name("q", n), NULL, MS_BIND, NULL), "bind");
        }
        MEASURE("peers: bind+umount", size, must(mount("../one", "peer/place", NULL, MS_BIND, NULL), "bind");
                must(umount2("peer/place", 0), "umount"));
        end();
    }
    return 0;
}
