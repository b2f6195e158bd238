// Rules:
// As: user
// Locked memory as /proc/[pid]/status shows it.
#include "fixture.h"
#include <sys/mman.h>

static void show_locked(const char *label) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmLck:", 6)) printf("%s: %s", label, line);
    if (status) fclose(status);
}

int main(void) {
    size_t page = 4096;
    char *memory = mmap(NULL, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory == MAP_FAILED ? -1 : 0);
    show_locked("none");
    must(mlock(memory, page));
    show_locked("one page");
    must(mlock(memory + page, 4 * page));
    show_locked("five");
    must(mlock2(memory + 5 * page, page, MLOCK_ONFAULT));
    show_locked("on fault");
    must(munlock(memory + page, 2 * page));
    show_locked("two less");
    must(munmap(memory, 8 * page));
    show_locked("unmapped");
    return 0;
}
