// Helpers for the fixtures of locks that are waited for, and the cases that both kinds of record locks share.
#pragma once
#include "../locks/locks.h"
#include "waiting.h"
static int file, other;
static struct flock *range;
static pid_t holder;
static struct gate let_go, gone;
/// Another process holds bytes 0 to 9 (or the whole file by flock) until it is told to let go.
static void start(bool whole) {
    unlink("one");
    unlink("two");
    file = must(open("one", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    other = must(open("two", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    range = a_page();
    *range = range_of(F_WRLCK, SEEK_SET, 0, 5);
    let_go = gate_new();
    gone = gate_new();
    struct gate held = gate_new();
    SPAWN(holder) {
        close(file);
        close(other);
        int own = must(open("one", O_RDWR));
        if (whole) must(flock(own, LOCK_EX));
        else must(lock(own, F_SETLK, F_WRLCK, 0, 10));
        gate_open(held);
        gate_wait(let_go);
        if (whole) must(flock(own, LOCK_UN));
        else must(lock(own, F_SETLK, F_UNLCK, 0, 10));
        gate_open(gone);
        pause();
    }
    gate_wait(held);
}
static void release(void) {
    gate_open(let_go);
    gate_wait(gone);
}
static void stop(void) {
    kill(holder, SIGKILL);
    wait_status(holder);
}
/// Who holds what in "one", as a stranger sees it.
static void look(const char *label) {
    pid_t pid;
    SPAWN(pid) {
        int own = must(open("one", O_RDWR));
        map(label, own, 12);
        say("%s: by flock %s", label, flock(own, LOCK_EX | LOCK_NB) == -1 ? "locked" : "free");
    }
    reap(pid);
}
#define CASE(label) CHILD for (bool once_ = (start(false), say("-- %s", label), true); once_; once_ = (stop(), false))
#define FLOCK_CASE(label) CHILD for (bool once_ = (start(true), say("-- %s", label), true); once_; once_ = (stop(), false))
#define LOCK(command) begin(SYS_fcntl, file, (long)(command), range)
static inline void ranges(int command, const char *name) {
    CASE(name) {
        say("the struct is changed");
        struct waiter *w = LOCK(command);
        *range = range_of(F_RDLCK, SEEK_SET, 6, 1);
        waits("changed", w);
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the struct is unmapped");
        struct waiter *w = LOCK(command);
        take_away(range);
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the position of SEEK_CUR is moved");
        must(lseek(file, 2, SEEK_SET));
        *range = range_of(F_WRLCK, SEEK_CUR, 0, 3);
        struct waiter *w = LOCK(command);
        must(lseek(file, 8, SEEK_SET));
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the file grows behind SEEK_END");
        *range = range_of(F_WRLCK, SEEK_END, 0, 3);
        struct waiter *w = LOCK(command);
        must(ftruncate(file, 5));
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the descriptor is closed");
        struct waiter *w = LOCK(command);
        must(close(file));
        waits("closed", w);
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the descriptor is closed, and the file open elsewhere");
        int kept = dup(file);
        struct waiter *w = LOCK(command);
        must(close(file));
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the descriptor is replaced");
        struct waiter *w = LOCK(command);
        must(dup2(other, file));
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the descriptor is replaced by its like");
        int kept = dup(file);
        struct waiter *w = LOCK(command);
        must(dup2(other, file));
        must(dup2(kept, file));
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("part of it is let go");
        *range = range_of(F_WRLCK, SEEK_SET, 2, 0);
        struct waiter *w = LOCK(command), *v;
        struct flock *second = a_page();
        *second = range_of(F_RDLCK, SEEK_SET, 9, 1);
        v = begin(SYS_fcntl, other, (long)command, second);
        finish("another file", v);
        waits("fcntl", w);
        release();
        finish("fcntl", w);
        look("held");
    }
    CASE(name) {
        say("the file is unlinked and made again");
        struct waiter *w = LOCK(command);
        must(unlink("one"));
        must(close(open("one", O_CREAT | O_RDWR, 0600)));
        waits("unlinked", w);
        release();
        finish("fcntl", w);
        look("the new file");
    }
    CASE(name) {
        say("signals");
        struct waiter *w = LOCK(command);
        interrupt(w, 0);
        finish("plain", w);
        w = LOCK(command);
        *range = range_of(F_RDLCK, SEEK_SET, 7, 2);
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        release();
        finish("the restarted call looks at the struct again", w);
        look("held");
    }
}
