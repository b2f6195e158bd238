// Ways to fill the sandbox's disk. Each prints how it ended, then what can be done afterwards.
#include "bomb.h"
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

static char buffer[1 << 20];
enum { MOST = 4096 }; // MiB that a bomb asks for before it gives up

static int create(const char *name) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) { printf("open: %s\n", strerrorname_np(errno)); exit(1); }
    return fd;
}
static void ended(const char *what, int error) {
    printf("%s: %s\n", what, error ? strerrorname_np(error) : "no end");
    }

static int fill(int fd, size_t piece) {
    for (size_t done = 0; done < (size_t)MOST << 20; done += piece)
        if (write(fd, buffer, piece) < 0) return errno;
    return 0;
}
static void by_write(void) { ended("write", fill(create("big"), sizeof buffer)); }
static void by_small_writes(void) { ended("small writes", fill(create("big"), 8192)); }
static void by_fallocate(void) {
    int fd = create("big");
    ended("all at once", fallocate(fd, 0, 0, (off_t)MOST << 20) < 0 ? errno : 0);
    int error = 0;
    for (off_t at = 0; at < (off_t)MOST << 20 && !error; at += 8 << 20)
        if (fallocate(fd, 0, at, 8 << 20) < 0) error = errno;
    ended("in pieces", error);
}
static void by_mapping(void) {
    pid_t child = fork();
    if (child == 0) {
        int fd = create("big");
        if (ftruncate(fd, (off_t)MOST << 20) < 0) _exit(errno);
        char *at = mmap(NULL, (size_t)MOST << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
        if (at == MAP_FAILED) _exit(errno);
        for (size_t i = 0; i < (size_t)MOST << 20; i += 4096) at[i] = 1;
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    printf("mapping: %s\n", WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "no end");
}
static void by_copies(void) {
    int from = create("seed");
    for (int i = 0; i < 8; i++) if (write(from, buffer, sizeof buffer) < 0) exit(1);
    int error = 0;
    for (int i = 0; i < MOST / 8 && !error; i++) {
        char name[32];
        snprintf(name, sizeof name, "copy%d", i);
        int to = create(name);
        off_t at = 0;
        while (at < 8 << 20) {
            ssize_t n = i % 2 ? copy_file_range(from, &at, to, NULL, (8 << 20) - at, 0)
                              : sendfile(to, from, &at, (8 << 20) - at);
            if (n <= 0) { error = n ? errno : ENODATA; break; }
        }
        close(to);
    }
    ended("copies", error);
}
static void by_small_files(void) {
    int error = 0;
    for (int i = 0; i < 40000 && !error; i++) {
        char name[32];
        snprintf(name, sizeof name, "small%d", i);
        int fd = create(name);
        if (write(fd, buffer, 8000) < 0) error = errno;
        close(fd);
    }
    ended("small files", error);
}
// Goes on where there is no room, and notes each time in a file that takes none of the disk, as a program's log may be.
static void by_small_files_and_notes(void) {
    int notes = memfd_create("notes", 0), error = 0, more = 0;
    for (int i = 0; i < 24000; i++) {
        char name[32];
        snprintf(name, sizeof name, "small%d", i);
        int fd = create(name);
        if (write(fd, buffer, 8000) < 0) {
            error = errno;
            if (write(notes, "no room\n", 8) != 8) exit(1);
        } else if (error) more++;
        close(fd);
    }
    ended("small files", error);
    // What was left when the first did not fit; a few more by what is known of sizes late.
    printf("then: %s\n", more < 100 ? "few" : "many");
}
static void *writer(void *number) {
    char name[32];
    snprintf(name, sizeof name, "part%ld", (long)number);
    return (void *)(long)fill(create(name), sizeof buffer);
}
static void by_threads(void) {
    pthread_t threads[8];
    for (long i = 0; i < 8; i++) pthread_create(&threads[i], NULL, writer, (void *)i);
    for (int i = 0; i < 8; i++) {
        void *error;
        pthread_join(threads[i], &error);
        if ((long)error != ENOSPC) ended("thread", (int)(long)error);
    }
    printf("threads: done\n");
}
// Each asks for 2 GiB in one call, beside a file with a hole that lets sizes grow.
static void by_long_calls(void) {
    int hole = create("hole");
    if (ftruncate(hole, 1ll << 40) < 0) exit(1);
    char *large = mmap(NULL, 1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            char name[32];
            snprintf(name, sizeof name, "long%d", i);
            int fd = create(name);
            struct { void *base; size_t length; } pieces[2] = {{large, 1 << 30}, {large, (1 << 30) - 4096}};
            for (int k = 0; k < 4; k++)
                if (syscall(SYS_writev, fd, pieces, 2) < 0) _exit(errno == ENOSPC ? 0 : 1);
            _exit(2);
        }
    }
    int status, bad = 0;
    while (wait(&status) > 0) bad |= WIFEXITED(status) && WEXITSTATUS(status);
    printf("long calls: %s\n", bad ? "no end" : "ended");
}

// Files that are mapped when nobody has a name or a descriptor of them any more, written before that or by the mapping.
enum { PART = 8 << 20 };
static void *unnamed(bool writes) {
    int fd = create("unnamed");
    for (int i = 0; writes && i < PART / (int)sizeof buffer; i++)
        if (write(fd, buffer, sizeof buffer) < 0) return NULL;
    if (!writes && ftruncate(fd, PART) < 0) exit(1);
    void *at = mmap(NULL, PART, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    unlink("unnamed");
    return at == MAP_FAILED ? NULL : at;
}
static void *unnamed_holes(void *unused) {
    for (int i = 0; i < MOST / 8; i++) {
        void *at = unnamed(false);
        if (at) memset(at, 1, PART);
    }
    exit(0);
}
static void by_unnamed(void) {
    static void *parts[MOST * 1024l * 1024 / PART];
    int count = 0, most = sizeof parts / sizeof *parts;
    while (count < most && (parts[count] = unnamed(true))) count++;
    ended("unnamed", count < most ? errno : 0);
    unlink("unnamed");
    while (count > 0) munmap(parts[--count], PART);
    int status = 0;
    if (fork() == 0) {
        // The leader's own end does not hide what its threads have mapped.
        pthread_t thread;
        pthread_create(&thread, NULL, unnamed_holes, NULL);
        pthread_exit(NULL);
    }
    wait(&status);
    printf("unnamed holes: %s\n", WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "no end");
    by_write();
}

// What is there can still be read, written anew and removed, and then there is room again.
static void afterwards(void) {
    static const char *names[] = {"big", "part0", "copy0"};
    struct statvfs space;
    statvfs(".", &space);
    printf("free: %s\n", space.f_bfree * space.f_frsize < 16 << 20 ? "little" : "much");
    for (int i = 0; i < 3; i++) {
        int fd = open(names[i], O_RDWR);
        if (fd < 0) continue;
        char byte = 'x';
        printf("write anew: %s\n", pwrite(fd, &byte, 1, 100) == 1 ? "ok" : strerrorname_np(errno));
        close(fd);
    }
    if (fork() == 0) {
        int memory = memfd_create("m", 0);
        printf("memory file: %s\n", write(memory, buffer, sizeof buffer) > 0 ? "ok" : strerrorname_np(errno));
        printf("set its size: %s\n", ftruncate(memory, 1 << 30) == 0 ? "ok" : strerrorname_np(errno));
                _exit(0);
    }
    wait(NULL);
    if (system("rm -f big seed hole copy* part* long*; find . -name 'small*' -delete") != 0) printf("cannot remove\n");
    statvfs(".", &space);
    printf("free then: %s\n", space.f_bfree == space.f_blocks ? "all" : "not all");
    int fd = create("again");
    // The bound on sizes may be a moment behind, and make writes short.
    ssize_t written = 0, count = 1;
    while (written < (ssize_t)sizeof buffer && (count = write(fd, buffer, sizeof buffer - written)) > 0) written += count;
    printf("write again: %s\n", count > 0 ? "ok" : strerrorname_np(errno));
}

static void fill_disk(void (*bomb)(void)) {
    if (fork() == 0) {
        bomb();
        _exit(0);
    }
    wait(NULL);
    afterwards();
}

static void disk_write(void) { fill_disk(by_write); }
static void disk_small_writes(void) { fill_disk(by_small_writes); }
static void disk_fallocate(void) { fill_disk(by_fallocate); }
static void disk_mapping(void) { fill_disk(by_mapping); }
static void disk_copies(void) { fill_disk(by_copies); }
static void disk_small_files(void) { fill_disk(by_small_files); }
static void disk_notes(void) { fill_disk(by_small_files_and_notes); }
static void disk_unnamed(void) { fill_disk(by_unnamed); }
static void disk_threads(void) { fill_disk(by_threads); }
static void disk_long_calls(void) { fill_disk(by_long_calls); }

const struct kind disk_kinds[] = {
    {"disk-write", disk_write}, {"disk-small-writes", disk_small_writes}, {"disk-fallocate", disk_fallocate},
    {"disk-mapping", disk_mapping}, {"disk-copies", disk_copies}, {"disk-small-files", disk_small_files},
    {"disk-threads", disk_threads}, {"disk-long-calls", disk_long_calls}, {"disk-notes", disk_notes},
    {"disk-unnamed", disk_unnamed}, {0},
};
