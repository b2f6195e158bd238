// Rules:
// As: user
// flock: conversions, who owns a lock, every kind of file, waiting in order, signals, and what ends it.
#include "locks.h"
#define TRY(call) show(#call, call)
static int other(const char *path, int flags) { return must(open(path, flags | O_CLOEXEC)); }
static void nothing(int number) {}
static void *close_it(void *fd) { usleep(30000); close(*(int *)fd); return NULL; }
int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "executed")) {
        int b = open("f", O_RDWR);
        show("after exec", flock(b, LOCK_EX | LOCK_NB));
        return 0;
    }
    make_file("f", "0123456789", 0644);
    int a = other("f", O_RDWR), b = other("f", O_RDONLY), path = other("f", O_PATH);
    say("arguments");
    TRY(flock(a, 0)); TRY(flock(a, LOCK_NB)); TRY(flock(a, LOCK_SH | LOCK_EX)); TRY(flock(a, 64));
    TRY(flock(-1, LOCK_SH)); TRY(flock(-1, 0)); TRY(flock(-1, 32)); TRY(flock(path, LOCK_SH)); TRY(flock(path, LOCK_UN));
    TRY(flock(a, LOCK_UN)); TRY(flock(a, LOCK_UN | LOCK_NB));
    TRY(flock(a, LOCK_EX | 32)); TRY(flock(b, LOCK_EX | LOCK_NB)); TRY(flock(b, LOCK_UN));
    int neither = open("f", O_ACCMODE);
    if (neither >= 0) { TRY(flock(neither, LOCK_SH)); TRY(flock(neither, LOCK_UN)); close(neither); }

    say("shared and exclusive");
    TRY(flock(a, LOCK_SH)); TRY(flock(b, LOCK_SH | LOCK_NB)); TRY(flock(a, LOCK_EX | LOCK_NB));
    // The failed conversion has lost the lock.
    TRY(flock(b, LOCK_EX | LOCK_NB)); TRY(flock(a, LOCK_SH | LOCK_NB));
    TRY(flock(b, LOCK_SH | LOCK_NB)); TRY(flock(a, LOCK_SH | LOCK_NB));
    TRY(flock(a, LOCK_SH | LOCK_NB)); TRY(flock(b, LOCK_UN)); TRY(flock(a, LOCK_EX | LOCK_NB));
    // Record locks are another family.
    TRY(lock(a, F_SETLK, F_WRLCK, 0, 0));
    test("record lock", b, F_GETLK, F_WRLCK, 0, 0);
    TRY(lock(a, F_OFD_SETLK, F_UNLCK, 0, 0)); TRY(lock(a, F_SETLK, F_UNLCK, 0, 0));

    say("one description, many fds");
    int copy = must(dup(a));
    TRY(flock(copy, LOCK_EX | LOCK_NB)); close(copy); TRY(flock(b, LOCK_SH | LOCK_NB));
    CHILD { TRY(flock(a, LOCK_EX | LOCK_NB)); TRY(flock(b, LOCK_EX | LOCK_NB)); }
    TRY(flock(b, LOCK_SH | LOCK_NB));
    CHILD { TRY(flock(a, LOCK_UN)); }
    TRY(flock(b, LOCK_EX | LOCK_NB)); TRY(flock(b, LOCK_UN));
    TRY(flock(a, LOCK_EX)); close(a); TRY(flock(b, LOCK_EX | LOCK_NB)); TRY(flock(b, LOCK_UN));
    a = other("f", O_RDWR);
    pid_t pid;
    struct gate held = gate_new(), done = gate_new();
    SPAWN(pid) { int own = other("f", O_RDWR); must(flock(own, LOCK_EX)); gate_open(held); gate_wait(done); }
    gate_wait(held);
    TRY(flock(b, LOCK_SH | LOCK_NB)); kill(pid, SIGKILL); reap(pid); TRY(flock(b, LOCK_SH | LOCK_NB)); TRY(flock(b, LOCK_UN));

    say("exec");
    CHILD {
        int kept = must(open("f", O_RDWR));
        must(flock(kept, LOCK_EX));
        execl("/proc/self/exe", "f", "executed", NULL);
    }
    CHILD {
        int gone = must(open("f", O_RDWR | O_CLOEXEC));
        must(flock(gone, LOCK_EX));
        execl("/proc/self/exe", "f", "executed", NULL);
    }

    say("kinds of files");
    must(mkdir("d", 0755));
    must(mkfifo("fifo", 0644));
    int d1 = other("d", O_RDONLY), d2 = other(".//d", O_RDONLY);
    TRY(flock(d1, LOCK_EX)); TRY(flock(d2, LOCK_EX | LOCK_NB)); TRY(flock(d1, LOCK_UN)); TRY(flock(d2, LOCK_SH | LOCK_NB));
    int f1 = other("fifo", O_RDWR), f2 = other("fifo", O_RDONLY | O_NONBLOCK);
    TRY(flock(f1, LOCK_EX)); TRY(flock(f2, LOCK_EX | LOCK_NB));
    int ends[2];
    must(pipe(ends));
    TRY(flock(ends[0], LOCK_EX)); TRY(flock(ends[1], LOCK_EX | LOCK_NB)); TRY(flock(ends[0], LOCK_UN)); TRY(flock(ends[1], LOCK_EX | LOCK_NB));
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    TRY(flock(pair[0], LOCK_EX)); TRY(flock(pair[1], LOCK_EX | LOCK_NB));
    int memory = must(memfd_create("m", 0)), again = must(open(format_path("/proc/self/fd/%d", memory), O_RDONLY));
    TRY(flock(memory, LOCK_EX)); TRY(flock(again, LOCK_SH | LOCK_NB));
    int status = other("/proc/self/status", O_RDONLY);
    TRY(flock(status, LOCK_EX | LOCK_NB));
    must(link("f", "other-name"));
    int named = other("other-name", O_RDWR);
    TRY(flock(a, LOCK_EX | LOCK_NB)); TRY(flock(named, LOCK_EX | LOCK_NB)); TRY(flock(a, LOCK_UN));
    must(unlink("other-name"));
    TRY(flock(named, LOCK_EX | LOCK_NB)); TRY(flock(a, LOCK_SH | LOCK_NB));
    close(named);
    close(b);
    b = other("f", O_RDWR);

    say("waiting, first come first served");
    int *order = shared_memory();
    pid_t waiters[4];
    must(flock(a, LOCK_EX));
    for (int i = 0; i < 4; i++) {
        SPAWN(waiters[i]) {
            int own = other("f", O_RDWR);
            must(flock(own, LOCK_EX));
            int place = __atomic_fetch_add(&order[0], 1, __ATOMIC_SEQ_CST);
            order[1 + place] = i;
            yes("after the release", order[10] == 1);
        }
        wait_blocked(waiters[i]);
    }
    order[10] = 1;
    must(flock(a, LOCK_UN));
    for (int i = 0; i < 4; i++) reap(waiters[i]);
    say("order: %d %d %d %d", order[1], order[2], order[3], order[4]);

    say("closing lets waiters in, also at exit");
    must(flock(a, LOCK_EX));
    SPAWN(pid) { close(a); int own = other("f", O_RDWR); show("waited", flock(own, LOCK_SH)); }
    wait_blocked(pid);
    close(a);
    reap(pid);
    a = other("f", O_RDWR);
    pid_t holder;
    SPAWN(holder) { int own = other("f", O_RDWR); must(flock(own, LOCK_EX)); gate_open(held); gate_wait(done); }
    gate_wait(held);
    SPAWN(pid) { int own = other("f", O_RDWR); show("waited", flock(own, LOCK_EX)); }
    wait_blocked(pid);
    gate_open(done);
    reap(holder);
    reap(pid);

    say("a waiting upgrade has let go");
    must(flock(a, LOCK_SH));
    must(flock(b, LOCK_SH));
    SPAWN(pid) { show("upgraded", flock(b, LOCK_EX)); }
    wait_blocked(pid);
    int third = other("f", O_RDWR);
    TRY(flock(third, LOCK_SH | LOCK_NB)); TRY(flock(third, LOCK_UN));
    must(flock(a, LOCK_UN));
    reap(pid);
    TRY(flock(third, LOCK_SH | LOCK_NB)); TRY(flock(b, LOCK_UN));

    say("signals");
    must(flock(a, LOCK_EX));
    for (int restarts = 0; restarts < 2; restarts++) {
        struct sigaction action = {.sa_handler = nothing, .sa_flags = restarts ? SA_RESTART : 0};
        SPAWN(pid) {
            must(sigaction(SIGUSR1, &action, NULL));
            show("interrupted", flock(b, LOCK_EX));
        }
        wait_blocked(pid);
        kill(pid, SIGUSR1);
        if (restarts) { usleep(30000); must(flock(a, LOCK_UN)); }
        reap(pid);
    }
    must(flock(b, LOCK_UN));
    must(flock(a, LOCK_EX));
    SPAWN(pid) { flock(b, LOCK_EX); }
    wait_blocked(pid);
    kill(pid, SIGKILL);
    reap(pid);
    must(flock(a, LOCK_UN));
    TRY(flock(b, LOCK_EX | LOCK_NB));

    say("a thread closes the fd on which another waits");
    SPAWN(pid) {
        int own = other("f", O_RDWR);
        pthread_t thread;
        pthread_create(&thread, NULL, close_it, &own);
        show("got it", flock(own, LOCK_EX));
        pthread_join(thread, NULL);
        int new = other("f", O_RDWR);
        show("and it is gone", flock(new, LOCK_EX | LOCK_NB));
    }
    wait_blocked(pid);
    usleep(80000);
    must(flock(b, LOCK_UN));
    reap(pid);
    return 0;
}
