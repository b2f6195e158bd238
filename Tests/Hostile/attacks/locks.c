// Locks on a file granted read-only: one that the host's own processes see would hold them up.
// Needs: locks
#include "hostile.h"
#include <sys/file.h>

static void attack(void) {
    int fd = open("/granted/file", O_RDONLY), again = open("/granted/file", O_RDONLY);
    struct flock whole = {.l_type = F_RDLCK};
    if (flock(fd, LOCK_SH) == 0) pause_us(60000);
    flock(fd, LOCK_UN);
    if (flock(fd, LOCK_EX) == 0) pause_us(60000);
    flock(fd, LOCK_UN);
    if (fcntl(fd, F_SETLK, &whole) == 0) pause_us(60000);
    close(fd);
    if (fcntl(again, F_OFD_SETLK, &whole) == 0) pause_us(60000);
    fcntl(again, F_SETLEASE, F_RDLCK);
    pause_us(30000);
    int own = open("/granted/other", O_RDONLY);
    flock(own, LOCK_EX);
    round_done();
    pause_us(30000);
}
