// Rules:
// As: user
// Record locks of processes: arguments, ranges, splitting and joining, who owns them, waiting, deadlocks.
#include "locks.h"
#define TRY(call) show(#call, call)
static int other(int flags) { return must(open("f", flags | O_CLOEXEC)); }
static void nothing(int number) {}
static long relative(int fd, int command, int type, int whence, long start, long length) {
    struct flock l = range_of(type, whence, start, length);
    return fcntl(fd, command, &l);
}
static void *wait_for_lock(void *fd) { return (void *)(long)(lock(*(int *)fd, F_SETLKW, F_WRLCK, 0, 10) ? errno : 0); }
static int sharing_child(void *fd) { return lock(*(int *)fd, F_SETLK, F_WRLCK, 50, 10) ? 1 : 0; }
static char stack[65536];
int main(int argc, char **argv) {
    if (argc > 1) {
        int fd = other(O_RDWR);
        int status;
        pid_t pid = fork();
        if (pid == 0) { test("lock after exec", fd, F_GETLK, F_WRLCK, 0, 0); _exit(0); }
        waitpid(pid, &status, 0);
        return 0;
    }
    make_file("f", "0123456789", 0644);
    int fd = other(O_RDWR), reader = other(O_RDONLY), writer = other(O_WRONLY), path = other(O_PATH);
    say("arguments");
    TRY(lock(-1, F_SETLK, F_WRLCK, 0, 0)); TRY(lock(path, F_SETLK, F_RDLCK, 0, 0)); TRY(lock(path, F_GETLK, F_RDLCK, 0, 0));
    TRY(lock(path, F_OFD_SETLK, F_UNLCK, 0, 0));
    TRY(fcntl(fd, F_SETLK, NULL)); TRY(fcntl(fd, F_SETLKW, NULL)); TRY(fcntl(fd, F_GETLK, NULL));
    TRY(lock(reader, F_SETLK, F_WRLCK, 0, 0)); TRY(lock(writer, F_SETLK, F_RDLCK, 0, 0)); TRY(lock(reader, F_SETLKW, F_WRLCK, 0, 0));
    TRY(lock(reader, F_SETLK, F_UNLCK, 0, 0)); TRY(lock(writer, F_SETLK, F_UNLCK, 0, 0));
    TRY(lock(reader, F_GETLK, F_WRLCK, 0, 0)); TRY(lock(writer, F_GETLK, F_RDLCK, 0, 0));
    TRY(lock(fd, F_SETLK, 3, 0, 0)); TRY(lock(fd, F_SETLK, -1, 0, 0)); TRY(lock(fd, F_GETLK, F_UNLCK, 0, 0)); TRY(lock(fd, F_GETLK, 3, 0, 0));
    TRY(relative(fd, F_SETLK, F_RDLCK, 3, 0, 0)); TRY(relative(fd, F_SETLK, F_RDLCK, -1, 0, 0));
    TRY(relative(fd, F_SETLK, 7, 3, 0, 0)); TRY(relative(reader, F_SETLK, F_WRLCK, 3, 0, 0)); TRY(relative(reader, F_SETLK, F_WRLCK, 0, -1, 0));
    TRY(lock(fd, F_SETLK, F_RDLCK, -1, 0)); TRY(lock(fd, F_SETLK, F_RDLCK, 0, -1)); TRY(lock(fd, F_SETLK, F_RDLCK, 5, -6));
    TRY(lock(fd, F_SETLK, F_RDLCK, 5, -5)); TRY(lock(fd, F_SETLK, F_RDLCK, LONG_MAX, 1)); TRY(lock(fd, F_SETLK, F_RDLCK, LONG_MAX, 2));
    TRY(lock(fd, F_SETLK, F_RDLCK, LONG_MAX, LONG_MAX)); TRY(lock(fd, F_SETLK, F_RDLCK, 1, LONG_MAX)); TRY(lock(fd, F_SETLK, F_RDLCK, 2, LONG_MAX));
    TRY(lock(fd, F_SETLK, F_RDLCK, LONG_MAX, LONG_MIN)); TRY(lock(fd, F_SETLK, F_RDLCK, LONG_MIN, LONG_MIN)); TRY(lock(fd, F_SETLK, F_RDLCK, 0, LONG_MIN));
    TRY(relative(fd, F_SETLK, F_RDLCK, SEEK_END, LONG_MAX, 0)); TRY(relative(fd, F_SETLK, F_RDLCK, SEEK_END, LONG_MAX - 10, 0));
    TRY(relative(fd, F_SETLK, F_RDLCK, SEEK_END, -10, 0)); TRY(relative(fd, F_SETLK, F_RDLCK, SEEK_END, -11, 0));
    map("all", fd, 12);
    TRY(lock(fd, F_SETLK, F_UNLCK, 0, 0));
    map("none", fd, 12);

    say("relative places");
    must(lseek(fd, 4, SEEK_SET));
    TRY(relative(fd, F_SETLK, F_WRLCK, SEEK_CUR, 0, 2)); map("4+2", fd, 12);
    TRY(relative(fd, F_SETLK, F_WRLCK, SEEK_CUR, -1, -3)); map("and 0+3", fd, 12);
    TRY(relative(fd, F_SETLK, F_RDLCK, SEEK_END, -2, 1)); map("and 8+1", fd, 12);
    TRY(relative(fd, F_SETLK, F_UNLCK, SEEK_CUR, -5, 0));
    TRY(relative(fd, F_SETLK, F_UNLCK, SEEK_CUR, 1, 0)); map("from 5 on free", fd, 12);
    CHILD {
        struct flock l = range_of(F_WRLCK, SEEK_CUR, -4, 0);
        must(fcntl(fd, F_GETLK, &l));
        say("%s %ld+%ld whence %d", type_text(l.l_type), (long)l.l_start, (long)l.l_len, l.l_whence);
        l = range_of(F_WRLCK, SEEK_END, 0, 5);
        l.l_pid = 77;
        must(fcntl(fd, F_GETLK, &l));
        say("%s %ld+%ld whence %d pid %d", type_text(l.l_type), (long)l.l_start, (long)l.l_len, l.l_whence, l.l_pid);
    }
    must(lock(fd, F_SETLK, F_UNLCK, 0, 0));

    say("splitting and joining");
    TRY(lock(fd, F_SETLK, F_WRLCK, 0, 10)); map("0+10", fd, 12);
    TRY(lock(fd, F_SETLK, F_RDLCK, 3, 4)); map("a hole", fd, 12);
    CHILD { test("before", fd, F_GETLK, F_RDLCK, 0, 0); test("the hole", fd, F_GETLK, F_WRLCK, 3, 2); test("behind", fd, F_GETLK, F_RDLCK, 3, 0); }
    TRY(lock(fd, F_SETLK, F_UNLCK, 5, 1)); map("5 free", fd, 12);
    TRY(lock(fd, F_SETLK, F_RDLCK, 0, 10)); map("all read", fd, 12);
    CHILD { test("one again", fd, F_GETLK, F_WRLCK, 0, 0); }
    TRY(lock(fd, F_SETLK, F_RDLCK, 10, 2)); CHILD { test("joined", fd, F_GETLK, F_WRLCK, 0, 0); }
    TRY(lock(fd, F_SETLK, F_WRLCK, 12, 0)); CHILD { test("not joined", fd, F_GETLK, F_WRLCK, 0, 0); test("the end", fd, F_GETLK, F_RDLCK, 0, 0); }
    TRY(lock(fd, F_SETLK, F_UNLCK, 2, 8)); map("2+8 free", fd, 14);
    TRY(lock(fd, F_SETLK, F_WRLCK, 4, 2)); TRY(lock(fd, F_SETLK, F_WRLCK, 8, 1)); TRY(lock(fd, F_SETLK, F_RDLCK, 6, 2)); map("islands", fd, 14);
    TRY(lock(fd, F_SETLK, F_WRLCK, 1, 10)); map("flooded", fd, 14); CHILD { test("one", fd, F_GETLK, F_RDLCK, 0, 0); }
    TRY(lock(fd, F_SETLK, F_UNLCK, 0, 0)); map("free", fd, 14);
    srandom(4);
    for (int i = 0; i < 60; i++) {
        int kind = random() % 3;
        must(lock(fd, F_SETLK, kind == 0 ? F_RDLCK : kind == 1 ? F_WRLCK : F_UNLCK, random() % 30, random() % 6 ? random() % 12 + 1 : 0));
        if (i % 4 == 3) map("random", fd, 32);
    }
    must(lock(fd, F_SETLK, F_UNLCK, 0, 0));

    say("readers and writers");
    struct gate held = gate_new(), done = gate_new();
    pid_t pid;
    SPAWN(pid) {
        must(lock(reader, F_SETLK, F_RDLCK, 0, 5)); must(lock(fd, F_SETLK, F_WRLCK, 10, 5));
        gate_open(held); gate_wait(done);
    }
    gate_wait(held);
    TRY(lock(fd, F_SETLK, F_RDLCK, 0, 5)); TRY(lock(fd, F_SETLK, F_WRLCK, 0, 5)); TRY(lock(fd, F_SETLK, F_WRLCK, 4, 2)); TRY(lock(fd, F_SETLK, F_WRLCK, 5, 5));
    TRY(lock(fd, F_SETLK, F_RDLCK, 14, 5)); TRY(lock(fd, F_SETLK, F_WRLCK, 15, 0)); TRY(lock(fd, F_SETLK, F_RDLCK, 0, 0));
    test("whose", fd, F_GETLK, F_RDLCK, 0, 0); test("whose", fd, F_GETLK, F_WRLCK, 0, 0); test("whose", fd, F_GETLK, F_WRLCK, 5, 5);
    map("both", fd, 20);
    gate_open(done);
    reap(pid);
    map("mine", fd, 20);

    say("closing any fd of the file lets go");
    int copy = must(dup(fd)); close(copy); map("a copy", fd, 20);
    must(lock(fd, F_SETLK, F_WRLCK, 0, 0)); close(other(O_RDONLY)); map("another description", fd, 3);
    must(lock(fd, F_SETLK, F_WRLCK, 0, 0)); close(other(O_PATH)); map("not O_PATH", fd, 3);
    CHILD { close(fd); }
    map("not a child's", fd, 3);
    must(dup2(fd, 90)); must(dup2(reader, 90)); map("dup2", fd, 3);
    must(lock(fd, F_SETLK, F_WRLCK, 0, 0)); must(close_range(90, 90, 0)); map("close_range", fd, 3);
    must(lock(fd, F_SETLK, F_WRLCK, 0, 0));
    must(rename("f", "g")); must(link("g", "f")); close(other(O_RDONLY)); map("another name", fd, 3); must(unlink("g"));

    say("fork, threads, shared tables, exec");
    must(lock(fd, F_SETLK, F_WRLCK, 0, 0));
    CHILD { test("of the parent", fd, F_GETLK, F_WRLCK, 0, 0); TRY(lock(fd, F_SETLK, F_WRLCK, 0, 1)); TRY(lock(fd, F_SETLK, F_UNLCK, 0, 0)); }
    map("still there", fd, 3);
    pthread_t thread;
    void *result;
    pthread_create(&thread, NULL, wait_for_lock, &fd);
    pthread_join(thread, &result);
    say("a thread of mine: %s", result ? errno_text((long)result) : "ok");
    must(lock(fd, F_SETLK, F_UNLCK, 0, 0));
    pid = must(clone(sharing_child, stack + sizeof stack, CLONE_FILES | CLONE_VM | SIGCHLD, &fd));
    reap(pid);
    CHILD { test("of who shared my table", fd, F_GETLK, F_WRLCK, 50, 10); }
    must(lock(fd, F_SETLK, F_UNLCK, 0, 0));
    CHILD { int kept = must(open("f", O_RDWR)); must(lock(kept, F_SETLK, F_WRLCK, 3, 4)); execl("/proc/self/exe", "f", "x", NULL); }
    CHILD { must(lock(fd, F_SETLK, F_WRLCK, 3, 4)); execl("/proc/self/exe", "f", "x", NULL); }

    say("waiting");
    int *seen = shared_memory();
    must(lock(fd, F_SETLK, F_WRLCK, 0, 10));
    pid_t first, second;
    SPAWN(first) { show("first", lock(fd, F_SETLKW, F_WRLCK, 0, 20)); yes("after the release", seen[0]); gate_open(held); gate_wait(done); }
    wait_blocked(first);
    SPAWN(second) { show("second", lock(fd, F_SETLKW, F_RDLCK, 8, 4)); yes("after the first", seen[1]); }
    wait_blocked(second);
    // Who waits is in nobody's way.
    CHILD { TRY(lock(fd, F_SETLK, F_WRLCK, 10, 5)); }
    seen[0] = 1;
    must(lock(fd, F_SETLK, F_UNLCK, 0, 10));
    gate_wait(held);
    seen[1] = 1;
    gate_open(done);
    reap(first);
    reap(second);
    must(lock(fd, F_SETLK, F_WRLCK, 0, 10));
    SPAWN(first) { show("by downgrading", lock(fd, F_SETLKW, F_RDLCK, 0, 2)); }
    wait_blocked(first);
    must(lock(fd, F_SETLK, F_RDLCK, 0, 1));
    wait_blocked(first);
    must(lock(fd, F_SETLK, F_RDLCK, 1, 1));
    reap(first);
    must(lock(fd, F_SETLK, F_WRLCK, 0, 10));
    SPAWN(first) show("by closing", lock(fd, F_SETLKW, F_WRLCK, 5, 1));
    wait_blocked(first);
    close(other(O_RDONLY));
    reap(first);
    SPAWN(second) { must(lock(fd, F_SETLK, F_WRLCK, 0, 0)); gate_open(held); gate_wait(done); }
    gate_wait(held);
    SPAWN(first) show("by death", lock(fd, F_SETLKW, F_WRLCK, 5, 1));
    wait_blocked(first);
    kill(second, SIGKILL);
    wait_status(second);
    reap(first);

    say("signals");
    must(lock(fd, F_SETLK, F_WRLCK, 0, 10));
    for (int restarts = 0; restarts < 2; restarts++) {
        struct sigaction action = {.sa_handler = nothing, .sa_flags = restarts ? SA_RESTART : 0};
        SPAWN(pid) {
            must(sigaction(SIGUSR1, &action, NULL));
            show("interrupted", lock(fd, F_SETLKW, F_WRLCK, 0, 10));
        }
        wait_blocked(pid);
        kill(pid, SIGUSR1);
        if (restarts) { usleep(30000); must(lock(fd, F_SETLK, F_UNLCK, 0, 0)); }
        reap(pid);
    }

    say("deadlocks");
    must(lock(fd, F_SETLK, F_WRLCK, 0, 1));
    SPAWN(first) { must(lock(fd, F_SETLK, F_WRLCK, 1, 1)); gate_open(held); show("first", lock(fd, F_SETLKW, F_WRLCK, 0, 1)); }
    gate_wait(held);
    wait_blocked(first);
    TRY(lock(fd, F_SETLKW, F_WRLCK, 1, 1)); TRY(lock(fd, F_SETLK, F_WRLCK, 1, 1));
    SPAWN(second) { must(lock(fd, F_SETLK, F_WRLCK, 2, 1)); gate_open(held); show("second", lock(fd, F_SETLKW, F_WRLCK, 1, 1)); }
    gate_wait(held);
    wait_blocked(second);
    TRY(lock(fd, F_SETLKW, F_RDLCK, 2, 1));
    must(lock(fd, F_SETLK, F_UNLCK, 0, 1));
    reap(first);
    reap(second);
    // A description's locks take no part.
    int own = other(O_RDWR);
    must(lock(own, F_OFD_SETLK, F_WRLCK, 0, 1));
    SPAWN(first) { must(lock(fd, F_SETLK, F_WRLCK, 1, 1)); gate_open(held); show("first", lock(fd, F_SETLKW, F_WRLCK, 0, 1)); }
    gate_wait(held);
    wait_blocked(first);
    SPAWN(second) { show("second", lock(own, F_OFD_SETLKW, F_WRLCK, 1, 1)); }
    wait_blocked(-1);
    must(lock(own, F_OFD_SETLK, F_UNLCK, 0, 1));
    reap(first);
    reap(second);
    return 0;
}
