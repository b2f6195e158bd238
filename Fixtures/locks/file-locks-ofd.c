// Rules:
// As: user
// Record locks of open file descriptions, on every kind of file, in other PID namespaces, and as /proc shows them.
#include "locks.h"
#define TRY(call) show(#call, call)
static int other(const char *path, int flags) { return must(open(path, flags | O_CLOEXEC)); }
static void *wait_for_lock(void *fd) { return (void *)(long)(lock(*(int *)fd, F_OFD_SETLKW, F_WRLCK, 0, 10) ? errno : 0); }
static void *wait_as_process(void *fd) { return (void *)(long)(lock(*(int *)fd, F_SETLKW, F_WRLCK, 0, 10) ? errno : 0); }
static void lines(const char *label, const char *path, pid_t pid) {
    struct stat st;
    must(stat("f", &st));
    char inode[32], number[32];
    snprintf(inode, sizeof inode, ":%lu ", (unsigned long)st.st_ino);
    snprintf(number, sizeof number, " %d ", pid);
    char *text = get(path);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *at = strstr(line, inode), *start = strchr(line, ':'), *type = strstr(line, "ADVISORY");
        if (!at || !start || !type) continue;
        char kind[16] = "";
        sscanf(type, "ADVISORY %15s", kind);
        say("%s: %.*s %s by %s, %s", label, (int)(type - start - 2) > 40 ? 40 : (int)(type - start - 2), start + 2, kind,
            strstr(line, " -1 ") ? "-1" : strstr(line, number) ? "me" : "somebody", at + strlen(inode));
    }
}
int main(void) {
    make_file("f", "0123456789", 0644);
    int a = other("f", O_RDWR), b = other("f", O_RDWR), reader = other("f", O_RDONLY), path = other("f", O_PATH);
    say("arguments");
    struct flock with_pid = {.l_type = F_WRLCK, .l_pid = 1};
    TRY(fcntl(a, F_OFD_SETLK, &with_pid)); TRY(fcntl(a, F_OFD_GETLK, &with_pid)); TRY(fcntl(reader, F_OFD_SETLK, &with_pid));
    TRY(fcntl(a, F_SETLK, &with_pid)); TRY(lock(a, F_SETLK, F_UNLCK, 0, 0));
    with_pid.l_whence = 9;
    TRY(fcntl(reader, F_OFD_SETLKW, &with_pid));
    TRY(lock(path, F_OFD_SETLK, F_WRLCK, 0, 0)); TRY(lock(path, F_OFD_GETLK, F_WRLCK, 0, 0)); TRY(lock(a, F_OFD_GETLK, 9, 0, 0));
    TRY(lock(a, F_OFD_SETLK, 9, 0, 0)); TRY(fcntl(a, F_OFD_SETLKW, NULL)); TRY(lock(reader, F_OFD_SETLKW, F_WRLCK, 0, 0));

    say("two descriptions of one process");
    TRY(lock(a, F_OFD_SETLK, F_WRLCK, 0, 10)); TRY(lock(b, F_OFD_SETLK, F_RDLCK, 5, 1)); TRY(lock(b, F_OFD_SETLK, F_WRLCK, 10, 5));
    TRY(lock(a, F_SETLK, F_WRLCK, 0, 1)); TRY(lock(a, F_SETLK, F_WRLCK, 20, 1)); TRY(lock(a, F_OFD_SETLK, F_WRLCK, 20, 1));
    test("own", a, F_OFD_GETLK, F_WRLCK, 0, 0); test("own, of the process", a, F_GETLK, F_WRLCK, 0, 0);
    test("other's", b, F_OFD_GETLK, F_WRLCK, 0, 5); test("other's", b, F_OFD_GETLK, F_WRLCK, 15, 0);
    // F_UNLCK asks for one's own.
    test("mine", a, F_OFD_GETLK, F_UNLCK, 0, 0); test("mine", b, F_OFD_GETLK, F_UNLCK, 0, 0); test("mine", b, F_OFD_GETLK, F_UNLCK, 0, 10);
    TRY(lock(a, F_OFD_SETLK, F_RDLCK, 2, 4)); map("downgraded", a, 24);
    TRY(lock(b, F_OFD_SETLK, F_RDLCK, 3, 2)); TRY(lock(a, F_OFD_SETLK, F_WRLCK, 3, 1));
    TRY(lock(a, F_SETLK, F_UNLCK, 0, 0)); map("not the description's", a, 24);
    lines("fdinfo a", format_path("/proc/self/fdinfo/%d", a), getpid());
    lines("fdinfo b", format_path("/proc/self/fdinfo/%d", b), getpid());
    lines("fdinfo reader", format_path("/proc/self/fdinfo/%d", reader), getpid());

    say("copies, children, closing");
    int copy = must(dup(a));
    TRY(lock(copy, F_OFD_SETLK, F_WRLCK, 0, 1));
    close(copy);
    map("after a copy is closed", a, 24);
    CHILD { TRY(lock(a, F_OFD_SETLK, F_WRLCK, 1, 1)); TRY(lock(a, F_OFD_SETLK, F_UNLCK, 0, 1)); }
    map("the child has unlocked", a, 24);
    CHILD { close(a); close(b); }
    map("the child has closed", a, 24);
    close(a);
    map("all closed", b, 24);
    close(b);
    a = other("f", O_RDWR); b = other("f", O_RDWR);
    map("both closed", b, 24);

    say("flock, record lock and description's lock as /proc shows them");
    must(flock(a, LOCK_EX)); must(lock(a, F_OFD_SETLK, F_WRLCK, 0, 1)); must(lock(a, F_SETLK, F_RDLCK, 1, 9)); must(lock(b, F_SETLK, F_WRLCK, 30, 0));
    lines("fdinfo a", format_path("/proc/self/fdinfo/%d", a), getpid());
    lines("fdinfo b", format_path("/proc/self/fdinfo/%d", b), getpid());
    // Each CPU has a list of its own, so one after another.
    must(flock(a, LOCK_UN)); must(lock(a, F_SETLK, F_UNLCK, 0, 0));
    lines("locks", "/proc/locks", getpid());
    must(lock(a, F_OFD_SETLK, F_UNLCK, 0, 0)); must(flock(a, LOCK_SH));
    lines("locks", "/proc/locks", getpid());
    must(flock(a, LOCK_UN)); must(lock(a, F_SETLK, F_WRLCK, 3, 2));
    pid_t pid;
    SPAWN(pid) { must(lock(b, F_SETLKW, F_RDLCK, 4, 0)); }
    wait_blocked(pid);
    lines("locks", "/proc/locks", getpid());
    must(lock(a, F_SETLK, F_UNLCK, 0, 0));
    reap(pid);

    say("waiting");
    must(lock(a, F_OFD_SETLK, F_WRLCK, 0, 10));
    pthread_t thread;
    void *result;
    int *released = shared_memory();
    SPAWN(pid) { show("waited", lock(b, F_OFD_SETLKW, F_RDLCK, 9, 5)); yes("after the release", *released); }
    wait_blocked(-1);
    *released = 1;
    must(lock(a, F_OFD_SETLK, F_UNLCK, 9, 1));
    reap(pid);
    // b's lock stays: the description lives on here.
    test("the child's", a, F_OFD_GETLK, F_WRLCK, 9, 0);
    must(lock(b, F_OFD_SETLK, F_UNLCK, 0, 0));
    pthread_create(&thread, NULL, wait_for_lock, &b);
    wait_blocked(-1);
    close(a);
    pthread_join(thread, &result);
    say("a thread: %s", result ? errno_text((long)result) : "ok");
    // A thread waits as the process on an fd that another thread closes: it must not keep the lock.
    a = other("f", O_RDWR);
    int closed = other("f", O_RDWR);
    pthread_create(&thread, NULL, wait_as_process, &closed);
    wait_blocked(getpid());
    close(closed);
    must(lock(b, F_OFD_SETLK, F_UNLCK, 0, 0));
    pthread_join(thread, &result);
    say("a thread whose fd is closed: %s", result ? errno_text((long)result) : "ok");
    map("nothing left", a, 12);

    say("other kinds of files");
    must(mkdir("d", 0755));
    int d = other("d", O_RDONLY), d2 = other("d", O_RDONLY);
    TRY(lock(d, F_SETLK, F_WRLCK, 0, 0)); TRY(lock(d, F_SETLK, F_RDLCK, 0, 0)); TRY(lock(d, F_OFD_SETLK, F_RDLCK, 5, 5));
    test("directory", d2, F_OFD_GETLK, F_WRLCK, 0, 0);
    int ends[2];
    must(pipe(ends));
    TRY(lock(ends[1], F_OFD_SETLK, F_WRLCK, 3, 4)); TRY(lock(ends[0], F_OFD_SETLK, F_WRLCK, 3, 4)); TRY(lock(ends[0], F_OFD_SETLK, F_RDLCK, 3, 4));
    struct flock here = range_of(F_RDLCK, SEEK_CUR, 0, 3), end = range_of(F_RDLCK, SEEK_END, 0, 3);
    TRY(fcntl(ends[0], F_OFD_SETLK, &here)); TRY(fcntl(ends[0], F_OFD_SETLK, &end));
    test("pipe", ends[1], F_OFD_GETLK, F_WRLCK, 0, 0);
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    TRY(lock(pair[0], F_SETLK, F_WRLCK, 0, 0)); TRY(lock(pair[1], F_OFD_SETLK, F_WRLCK, 0, 0));
    int memory = must(memfd_create("m", 0)), again = must(open(format_path("/proc/self/fd/%d", memory), O_RDWR));
    must(ftruncate(memory, 100));
    end = range_of(F_WRLCK, SEEK_END, -10, 0);
    TRY(fcntl(memory, F_OFD_SETLK, &end));
    test("memory", again, F_OFD_GETLK, F_RDLCK, 0, 0);
    int null = other("/dev/null", O_RDWR);
    TRY(lock(null, F_OFD_SETLK, F_RDLCK, 12345, 1)); TRY(lock(null, F_OFD_SETLK, F_UNLCK, 0, 0));

    say("other PID namespaces");
    must(lock(a, F_SETLK, F_WRLCK, 0, 1));
    USERNS_CHILD(CLONE_NEWPID, "0 1000 1", "0 1000 1") {
        pid_t inner;
        SPAWN(inner) {
            test("nobody one can see", a, F_GETLK, F_WRLCK, 0, 1);
            must(lock(a, F_SETLK, F_WRLCK, 5, 1));
            CHILD test("the parent inside", a, F_GETLK, F_WRLCK, 5, 1);
        }
        int status;
        waitpid(inner, &status, 0);
    }
    return 0;
}
