// Plain calls on what is not the guest's: no trick, but each must do nothing. With the first wall off these run on the
// host, and only the second stands.
// Walls: first second
// Alone: yes
#include "hostile.h"

static void files(void) {
    long fd = open(denied_path, O_RDONLY);
    if (fd >= 0 && descriptor_tells(fd, arena.secret)) succeeded("read %s", denied_path);
    if (fd >= 0) close(fd);
    escape();
    if (unlink(denied_path) == 0) succeeded("unlinked");
    if (rename(denied_path, host_path("denied/moved")) == 0) succeeded("renamed");
    if (link(denied_path, host_path("denied/linked")) == 0) succeeded("linked");
    if (symlink("x", host_path("denied/symlink")) == 0) succeeded("symlinked");
    if (mkdir(host_path("denied/folder"), 0777) == 0) succeeded("made a directory");
    if (mknod(host_path("denied/fifo"), S_IFIFO | 0666, 0) == 0) succeeded("made a FIFO");
    if (truncate(denied_path, 0) == 0) succeeded("truncated");
    if ((fd = open("/granted/file", O_WRONLY)) >= 0) write(fd, "x", 1), close(fd);
    if ((fd = open("/granted/file", O_RDWR | O_TRUNC)) >= 0) close(fd);
    open("/granted/new", O_CREAT | O_WRONLY, 0666);
    truncate("/granted/file", 1);
    if ((fd = open("/granted/file", O_RDONLY)) >= 0) {
        char again[64];
        snprintf(again, sizeof again, "/proc/self/fd/%ld", fd);
        long writable = open(again, O_RDWR);
        if (writable >= 0) write(writable, "x", 1);
        ftruncate(fd, 0), fchmod(fd, 0), fallocate(fd, 0, 0, 9000);
        char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (map != MAP_FAILED) map[0] = 'x';
    }
}

static void attack(void) {
    files();
    round_done();
    pause_us(20000);
}
