// Measures what whole system calls cost: one line "name nanoseconds" each. Run natively, under nsentry, under proot.
// calls [NAME …]: only these.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int file, there[2], back[2];

static void call_getppid(void) { syscall(SYS_getppid); }
static void call_getuid(void) { syscall(SYS_getuid); }
static void read_byte(void) { char byte; if (pread(file, &byte, 1, 0) != 1) abort(); }
static void map_unmap(void) {
    void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) abort();
    munmap(at, 4096);
}
static void open_close(void) { int fd = open("/etc/passwd", O_RDONLY); if (fd < 0) abort(); close(fd); }
static void call_stat(void) { struct stat st; if (stat("/etc/passwd", &st)) abort(); }
static void round_trip(void) { char byte = 0; if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) abort(); }
static void fork_wait(void) {
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    if (pid < 0 || waitpid(pid, NULL, 0) != pid) abort();
}
static void fork_exec(void) {
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/true", "true", NULL);
        _exit(127);
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status) abort();
}
static void *nothing(void *unused) { return unused; }
static void thread_join(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL)) abort();
    pthread_join(thread, NULL);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}
/// The best of three runs of about 60 ms.
static void measure(const char *name, void (*once)(void)) {
    double best = 1e18;
    for (int run = 0; run < 3; run++) {
        long count = 0, batch = 1;
        double start = now(), elapsed;
        do {
            for (long i = 0; i < batch; i++) once();
            count += batch;
            elapsed = now() - start;
            if (elapsed < 2e7) batch *= 2;
        } while (elapsed < 6e7);
        if (elapsed / count < best) best = elapsed / count;
    }
    printf("%s %.0f\n", name, best);
    fflush(stdout);
}
int main(int argc, char **argv) {
    char path[] = "/tmp/calls.XXXXXX";
    file = mkstemp(path);
    if (file < 0 || write(file, "x", 1) != 1 || pipe(there) || pipe(back)) abort();
    unlink(path);
    static const struct { const char *name; void (*once)(void); } all[] = {
        {"getppid", call_getppid}, {"getuid", call_getuid}, {"read-1-byte", read_byte}, {"mmap-munmap", map_unmap},
        {"open-close", open_close}, {"stat", call_stat}, {"pipe-round-trip", round_trip}, {"fork-exit-wait", fork_wait},
        {"fork-exec-wait", fork_exec}, {"thread-create-join", thread_join}};
    pid_t echo = fork();
    if (echo == 0) {
        char byte;
        close(there[1]);
        while (read(there[0], &byte, 1) == 1) if (write(back[1], &byte, 1) != 1) break;
        _exit(0);
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int wanted = argc == 1;
        for (int k = 1; k < argc; k++) wanted |= !strcmp(argv[k], all[i].name);
        if (wanted) measure(all[i].name, all[i].once);
    }
    close(there[1]);
    waitpid(echo, NULL, 0);
    return 0;
}
