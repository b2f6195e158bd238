// Rules:
// As: user
// While F_OFD_SETLKW and flock wait: struct flock, descriptor and file change; signals.
#include "locking.h"
static void whole_files(void) {
    FLOCK_CASE("flock: the descriptor is closed") {
        int kept = dup(file);
        struct waiter *w = begin(SYS_flock, file, (long)LOCK_EX);
        must(close(file));
        waits("closed", w);
        release();
        finish("flock", w);
        look("held");
        must(close(kept));
        look("closed");
    }
    FLOCK_CASE("flock: the last descriptor is closed") {
        struct waiter *w = begin(SYS_flock, file, (long)LOCK_EX);
        must(close(file));
        release();
        finish("flock", w);
        look("held");
    }
    FLOCK_CASE("flock: the descriptor is replaced") {
        int kept = dup(file);
        struct waiter *w = begin(SYS_flock, file, (long)LOCK_EX);
        must(dup2(other, file));
        release();
        finish("flock", w);
        look("held");
        must(flock(file, LOCK_UN));
        look("the second unlocked");
        must(flock(kept, LOCK_UN));
        look("the first unlocked");
    }
    FLOCK_CASE("flock: signals") {
        struct waiter *w = begin(SYS_flock, file, (long)LOCK_SH);
        interrupt(w, 0);
        finish("plain", w);
        w = begin(SYS_flock, file, (long)LOCK_SH);
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        must(dup2(other, file));
        interrupt(w, SA_RESTART);
        finish("the restarted call looks at the descriptor again", w);
        look("held");
    }
}
int main(void) {
    ranges(F_OFD_SETLKW, "F_OFD_SETLKW");
    whole_files();
    return 0;
}
