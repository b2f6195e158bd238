// What a call of one task costs while another one keeps the host busy: probe LOAD PATH
// prints the mean time of getppid(2) in ns, idle and under the load, and its longest wait under it.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double longest;
/// The mean for `seconds`, or until the load ends.
static double measure(double seconds, pid_t load) {
    double start = now(), last = start;
    long calls = 0;
    longest = 0;
    while (last - start < seconds * 1e9) {
        syscall(SYS_getppid);
        double time = now();
        if (time - last > longest) longest = time - last;
        last = time;
        calls++;
        if (load && calls % 64 == 0 && waitpid(load, 0, WNOHANG) == load) return fprintf(stderr, "the load ended\n"), 0;
    }
    return (last - start) / (double)calls;
}

static void work(const char *load, const char *path) {
    char buffer[256];
    if (!strcmp(load, "write-open")) { // a granted file that is copied once, each time another one
        for (int i = 0;; i++) {
            snprintf(buffer, sizeof buffer, "%s/big%d", path, i % 4);
            int fd = open(buffer, O_WRONLY);
            if (fd < 0) break;
            close(fd);
            if (i >= 3) pause();
        }
    } else if (!strcmp(load, "list")) {
        for (;;) {
            DIR *directory = opendir(path);
            while (directory && readdir(directory)) {}
            if (!directory) break;
            closedir(directory);
        }
    } else if (!strcmp(load, "sync")) {
        int fd = open("/tmp/synced", O_RDWR | O_CREAT, 0600);
        memset(buffer, 1, sizeof buffer);
        for (int i = 0;; i++) {
            if (pwrite(fd, buffer, sizeof buffer, i % 4096 * 4096) < 0 || fsync(fd) < 0) break;
        }
    } else if (!strcmp(load, "names")) { // missing and present names of a slow tree
        for (int i = 0;; i++) {
            snprintf(buffer, sizeof buffer, "%s/file%d", path, i % 1200);
            int fd = open(buffer, O_RDONLY);
            if (fd >= 0) close(fd);
        }
    }
    _exit(1);
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    double idle = measure(0.5, 0);
    pid_t load = fork();
    if (!load) work(argv[1], argv[2]);
    usleep(20000);
    double busy = measure(1.5, load);
    kill(load, SIGKILL);
    waitpid(load, 0, 0);
    printf("%-10s idle %6.0f ns  busy %6.0f ns  ratio %.2f  longest %.2f ms\n", argv[1], idle, busy, busy / idle, longest / 1e6);
    return busy == 0;
}
