// Copies, closings and installations at random numbers, in a table of one's own and in a shared one: behind each number the
// host's file (pread) has to be the one that the model knows there (fstat). Where they differ, whoever is given the file by
// its number, by a message or by /proc, gets another one than was decided about.
// Seconds: 2
#include "hostile.h"

enum { FILES = 6, NUMBERS = 140 };
static ino_t inodes[FILES];
static int own[FILES];

static int interesting(void) {
    static const int numbers[] = {3, 9, 20, 61, 62, 63, 64, 65, 126, 127, 128, 129, 138};
    return random_word() % 3 ? numbers[random_word() % 13] : 10 + random_word() % 120;
}

static void compare(void) {
    for (int fd = 3; fd < NUMBERS; fd++) {
        struct stat st;
        char byte = 0;
        ssize_t read = pread(fd, &byte, 1, 0);
        if (fstat(fd, &st) != 0) {
            // Where the model has nothing the loader's program may be.
            if (read >= 0 && byte != 0x7f) succeeded("number %d is open on the host alone", fd);
            continue;
        }
        if (!S_ISREG(st.st_mode)) continue;
        int there = byte - 'a';
        if (read != 1) succeeded("number %d is open in the model alone", fd);
        else if (there < 0 || there >= FILES || inodes[there] != st.st_ino) succeeded("number %d is another file on the host", fd);
    }
}

static void change(void) {
    int from = interesting(), to = interesting();
    switch (random_word() % 10) {
    case 0: RAW(SYS_dup, own[random_word() % FILES]); break;
    case 1: case 2: RAW(SYS_dup2, own[random_word() % FILES], to); break;
    case 3: RAW(SYS_dup3, from, to, O_CLOEXEC); break;
    case 4: RAW(SYS_fcntl, from, random_word() & 1 ? F_DUPFD : F_DUPFD_CLOEXEC, to); break;
    case 5: case 6: if (to > 9) RAW(SYS_close, to); break;
    case 7: if (to > 9) RAW(SYS_close_range, to, to + random_word() % 5, random_word() & 1 ? 2 : 0); break;
    case 8: RAW(SYS_openat, AT_FDCWD, "0", O_RDONLY); break;
    case 9: RAW(SYS_fcntl, from, F_SETFD, random_word() & 1); break;
    }
}

static void *changer(void *done) {
    for (int i = 0; i < 30; i++) change();
    if (random_word() & 1) RAW(SYS_unshare, CLONE_FILES), compare();
    (*(atomic_int *)done)++;
    return NULL;
}
static void ignore(int number) {}

static void attack(void) {
    if (chdir("/tmp") != 0) _exit(0);
    ticking(SIGALRM, ignore, 300000);
    for (int i = 0; i < FILES; i++) {
        char name[2] = {'0' + i, 0}, byte = 'a' + i;
        int fd = open(name, O_RDWR | O_CREAT, 0600);
        pwrite(fd, &byte, 1, 0);
        struct stat st;
        fstat(fd, &st);
        inodes[i] = st.st_ino;
        own[i] = 3 + i;
        if (fd != own[i]) dup2(fd, own[i]), close(fd);
    }
    while (left() > 0) {
        pid_t pid = fork();
        if (pid == 0) {
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 40; i++) change();
                compare();
                atomic_int *done = calloc(1, sizeof *done);
                int started = thread_start(changer, done) ? 1 : 0;
                for (int i = 0; i < 30; i++) change();
                while (*done < started) pause_us(50);
                compare();
            }
            _exit(0);
        }
        int status;
        waitpid(pid, &status, 0);
        round_done();
    }
}
