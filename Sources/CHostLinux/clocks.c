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

uint64_t chost_vdso_offset(const char *name) {
    const char *base = (const char *)getauxval(AT_SYSINFO_EHDR);
    if (!base) return 0;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)base;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(base + header->e_phoff);
    const Elf64_Dyn *dynamic = NULL;
    uint64_t start = 0;
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD) start = segments[i].p_vaddr - segments[i].p_offset;
        if (segments[i].p_type == PT_DYNAMIC) dynamic = (const Elf64_Dyn *)(base + segments[i].p_offset);
    }
    const Elf64_Sym *symbols = NULL;
    const char *strings = NULL;
    for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == DT_SYMTAB) symbols = (const Elf64_Sym *)(base + dynamic->d_un.d_ptr - start);
        if (dynamic->d_tag == DT_STRTAB) strings = base + dynamic->d_un.d_ptr - start;
    }
    // The names follow the symbols.
    for (const Elf64_Sym *symbol = symbols; symbol && strings && (const char *)(symbol + 1) <= strings; symbol++) {
        if (symbol->st_value && strcmp(strings + symbol->st_name, name) == 0) return symbol->st_value - start;
    }
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
