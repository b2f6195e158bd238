// Rules:
// As: user
// memfd seals, file mappings and their rights, shared mappings.
#include "fixture.h"
#define TRY(call) show(#call, call)
#define MAP(...) ({ void *at_ = mmap(__VA_ARGS__); at_ == MAP_FAILED ? -1 : 0; })
int main(void) {
    make_file("f", "0123456789", 0755);
    int ro = must(open("f", O_RDONLY)), wo = must(open("f", O_WRONLY)), rw = must(open("f", O_RDWR));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_PRIVATE, ro, 0));
    TRY(MAP(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, ro, 0));
    TRY(MAP(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ro, 0));
    TRY(MAP(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, ro, 0));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_PRIVATE, wo, 0));
    TRY(MAP(NULL, 4096, PROT_WRITE, MAP_SHARED, wo, 0));
    TRY(MAP(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rw, 0));
    void *read_only = mmap(NULL, 4096, PROT_READ, MAP_SHARED, ro, 0);
    TRY(mprotect(read_only, 4096, PROT_READ | PROT_WRITE));
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rw, 0);
    shared[0] = 'X';
    char byte = 0;
    TRY(pread(ro, &byte, 1, 0));
    say("file shows %c", byte);
    must(pwrite(rw, "Y", 1, 1));
    say("mapping shows %c", shared[1]);
    CHILD shared[2] = 'Z';
    say("child's write shows %c", shared[2]);
    char *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, rw, 0);
    own[3] = 'P';
    must(pread(ro, &byte, 1, 3));
    say("private write is not in the file: %c", byte);
    TRY(msync(shared, 4096, MS_SYNC));
    int memory = must(syscall(SYS_memfd_create, "m", 2));
    TRY(ftruncate(memory, 100));
    TRY(fcntl(memory, F_GET_SEALS));
    TRY(fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
    TRY(ftruncate(memory, 50));
    TRY(ftruncate(memory, 200));
    TRY(write(memory, "abc", 3));
    TRY(fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE));
    TRY(write(memory, "abc", 3));
    TRY(MAP(NULL, 4096, PROT_WRITE, MAP_SHARED, memory, 0));
    TRY(MAP(NULL, 4096, PROT_READ, MAP_SHARED, memory, 0));
    TRY(fcntl(memory, F_ADD_SEALS, F_SEAL_SEAL));
    TRY(fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE));
    TRY(fcntl(memory, F_GET_SEALS));
    int plain = must(syscall(SYS_memfd_create, "plain", 0));
    TRY(fcntl(plain, F_ADD_SEALS, F_SEAL_WRITE));
    char target[64] = "";
    must(readlink(format_path("/proc/self/fd/%d", plain), target, 63));
    show_text("link", target);
    return 0;
}
