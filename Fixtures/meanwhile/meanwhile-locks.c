// Rules:
// As: user
// While F_SETLKW waits: struct flock, descriptor and file change; deadlock; signals.
#include "locking.h"
static void deadlock(void) {
    CHILD {
        say("-- deadlock");
        start(false);
        stop();
        struct gate locked = gate_new();
        must(lock(file, F_SETLK, F_WRLCK, 20, 1));
        pid_t peer;
        SPAWN(peer) {
            must(lock(file, F_SETLK, F_WRLCK, 21, 1));
            gate_open(locked);
            show("the other", lock(file, F_SETLKW, F_WRLCK, 20, 1));
        }
        gate_wait(locked);
        for (int i = 0; i < 1000; i++) if (strstr(get("/proc/locks"), format_path("-> POSIX  ADVISORY  WRITE %d ", peer))) break; else usleep(1000);
        a_little();
        show("a circle", lock(file, F_SETLKW, F_WRLCK, 21, 1));
        *range = range_of(F_WRLCK, SEEK_SET, 21, 1);
        struct waiter *w = LOCK(F_OFD_SETLKW);
        waits("none for a description", w);
        must(lock(file, F_SETLK, F_UNLCK, 20, 1));
        reap(peer);
        finish("fcntl", w);
    }
}
int main(void) {
    ranges(F_SETLKW, "F_SETLKW");
    deadlock();
    return 0;
}
