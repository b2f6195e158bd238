// Rules:
// As: root user
// What the flags of a mount do to calls that the host answers alone: reading of what was read since it changed, mprotect(2).
#include "mounts.h"
static void access_time(const char *label, unsigned long flags) {
    must(mount(NULL, "t", NULL, MS_REMOUNT | MS_BIND | flags, NULL));
    struct timespec newer = {1500000000, 0}, later = {time(NULL) + 3600, 0};
    must(utimensat(AT_FDCWD, "t/f", (struct timespec[]){later, newer}, 0));
    char byte;
    int fd = must(open("t/f", O_RDONLY | O_CLOEXEC));
    must(read(fd, &byte, 1));
    close(fd);
    struct stat st;
    must(stat("t/f", &st));
    say("%s: %s", label, st.st_atim.tv_sec == later.tv_sec ? "kept" : "new");
}
static void body(void) {
    tmpfs("t");
    file("t/f");
    access_time("relatime", MS_RELATIME);
    access_time("strictatime", MS_STRICTATIME);
    must(mount(NULL, "t", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
    int fd = must(open("t/f", O_RDONLY | O_CLOEXEC));
    void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    yes("mmap to read", map != MAP_FAILED);
    TRY(mprotect(map, 4096, PROT_READ | PROT_EXEC));
    must(munmap(map, 4096));
    close(fd);
}
int main(void) { return in_worlds(0, body); }
