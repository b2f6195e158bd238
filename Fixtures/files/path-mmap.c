// Rules:
// As: user
// Mapping what was opened with O_PATH, and what has no pages.
#include "fixture.h"
int main(void) {
    make_file("f", "text", 0644);
    int path = must(open("f", O_PATH));
    show("readable", (long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, path, 0));
    show("executable", (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, path, 0));
    show("a text of /proc", (long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, must(open("/proc/version", O_RDONLY)), 0) == -1 ? -1 : 0);
    return 0;
}
