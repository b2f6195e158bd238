// Rules:
// As: user
// What fstat, stat by /proc and lseek tell of a memory file's size, after each way to change it, to others as well.
#include "fixture.h"
static int memory;
static void tell(const char *after) {
    struct stat file, link;
    must(fstat(memory, &file));
    must(stat(format_path("/proc/self/fd/%d", memory), &link));
    say("%s: %lld, by /proc %lld, end %lld", after, (long long)file.st_size, (long long)link.st_size,
        (long long)lseek(memory, 0, SEEK_END));
}
int main(void) {
    memory = must(syscall(SYS_memfd_create, "sizes", 2));
    tell("new");
    must(write(memory, "0123456789", 10));
    tell("written");
    must(ftruncate(memory, 8192));
    tell("longer");
    must(fallocate(memory, 0, 0, 20000));
    tell("allocated");
    int again = must(open(format_path("/proc/self/fd/%d", memory), O_RDWR));
    must(pwrite(again, "x", 1, 29999));
    tell("written by another opening");
    must(fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE));
    must(ftruncate(memory, 5));
    tell("sealed and shortened");
    show("grow past a seal", fcntl(memory, F_ADD_SEALS, F_SEAL_GROW) == 0 ? ftruncate(memory, 100) : -2);
    tell("refused");
    struct gate ready = gate_new(), end = gate_new();
    pid_t child;
    SPAWN(child) {
        int own = must(syscall(SYS_memfd_create, "child", 0));
        must(dup2(own, 50));
        must(ftruncate(50, 777));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    struct stat theirs;
    show("stat of the child's", stat(format_path("/proc/%d/fd/50", child), &theirs));
    say("%lld", (long long)theirs.st_size);
    gate_open(end);
    reap(child);
    return 0;
}
