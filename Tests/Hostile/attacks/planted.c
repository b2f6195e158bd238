// A host process swaps names in the writable grant, a directory with a link to what is not granted and a file with a FIFO,
// while the guest uses them: the sentry must neither follow nor wait.
// Needs: plant
// Seconds: 2
#include "hostile.h"
#include <dirent.h>

static void nothing(int number) {}

static void attack(void) {
    // Nobody opens the other end of a FIFO: whoever waits for that is to go on.
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 3000}, {0, 3000}}, NULL);
    while (left() > 0) {
        const char *paths[] = {"/shared/swap/file", "/shared/link/file", "/shared/entry", "/shared/fifo"};
        for (int i = 0; i < 4; i++) {
            for (int way = 0; way < 3; way++) {
                int fd = open(paths[i], (int[]){O_RDONLY, O_WRONLY, O_RDWR}[way] | (i == 3 || random_word() % 2 ? O_NONBLOCK : 0));
                if (fd < 0) continue;
                if (way != 1 && descriptor_tells(fd, arena.secret)) succeeded("read the host's file by %s", paths[i]);
                if (way) pwrite(fd, "written\n", 8, 0);
                close(fd);
            }
            struct stat st;
            stat(paths[i], &st), chmod(paths[i], 0666), truncate(paths[i], 10);
            struct timespec times[2] = {{1, 0}, {1, 0}};
            utimensat(AT_FDCWD, paths[i], times, 0);
            round_done();
        }
        int fd = open("/shared/swap/made", O_CREAT | O_EXCL | O_WRONLY, 0666);
        if (fd >= 0) write(fd, "x", 1), close(fd);
        unlink("/shared/swap/made"), unlink("/shared/link/file"), mkdir("/shared/swap/folder", 0777), rmdir("/shared/swap/folder");
        DIR *folder = opendir("/shared/link");
        if (folder) {
            for (struct dirent *entry; (entry = readdir(folder));)
                if (!strcmp(entry->d_name, "tool")) succeeded("listed the host's directory");
            closedir(folder);
        }
    }
}
