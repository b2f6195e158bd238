#define _GNU_SOURCE
#include "chost.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

int chost_clock(int clock, int64_t *seconds, int64_t *nanoseconds) {
    struct timespec now;
    if (clock_gettime(clock, &now) < 0) return -errno;
    *seconds = now.tv_sec;
    *nanoseconds = now.tv_nsec;
    return 0;
}

uint64_t chost_vdso_address(pid_t tid) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/auxv", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    uint64_t words[128];
    ssize_t size = read(fd, words, sizeof words);
    close(fd);
    for (ssize_t i = 0; i + 1 < size / 8; i += 2) {
        if (words[i] == AT_SYSINFO_EHDR) return words[i + 1];
    }
    return 0;
}
