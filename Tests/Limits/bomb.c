// One kind of excess by its name, in a child, while another child measures how long an answer takes:
//   bomb KIND
// prints "ready" and waits for a line; prints how the bomb ended, "longest N ms" and "over", and waits for a line; then makes
// ten more where single objects are made, and prints "again N". Without a line to wait for it goes on: `bomb KIND </dev/null`.
#include "bomb.h"
#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

void report(long count) { printf("%ld then %s\n", count, errno ? strerrorname_np(errno) : "no end"); }

void raise_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int send_file(int socket, int file) {
    char byte = 0, control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(header), &file, sizeof file);
    return sendmsg(socket, &message, MSG_DONTWAIT) < 0 ? -1 : 0;
}

static const struct kind *find(const char *name) {
    const struct kind *lists[] = {machine_kinds, object_kinds, disk_kinds};
    for (int i = 0; i < 3; i++)
        for (const struct kind *kind = lists[i]; kind->name; kind++)
            if (!strcmp(kind->name, name)) return kind;
    return NULL;
}

static void wait_for_line(void) {
    for (int c = getchar(); c != '\n' && c != EOF;) c = getchar();
}

// Asks for ever; `longest` becomes the milliseconds that an answer took at most.
static void ask(volatile double *longest) {
    for (;;) {
        double start = now();
        syscall(SYS_getppid);
        double took = (now() - start) * 1000;
        if (took > *longest) *longest = took;
        usleep(2000);
    }
}

static long make_many(const struct kind *kind, long most) {
    long made = 0;
    errno = 0;
    while (made < most && kind->make(made) == 0) made++;
    if (made >= most) errno = 0;
    return made;
}

// A deep tree is emptied level by level, as what is below is renamed beside it.
static void empty_folder(void) {
    DIR *list = opendir(FOLDER);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        const char *name = entry->d_name;
        if (!strcmp(name, ".") || !strcmp(name, "..")) continue;
        if (unlinkat(dirfd(list), name, 0) == 0 || unlinkat(dirfd(list), name, AT_REMOVEDIR) == 0) continue;
        int below = openat(dirfd(list), name, O_DIRECTORY | O_RDONLY);
        renameat(below, "d", dirfd(list), "next");
        close(below);
        unlinkat(dirfd(list), name, AT_REMOVEDIR);
        renameat(dirfd(list), "next", dirfd(list), "d");
        rewinddir(list);
    }
    if (list) closedir(list);
}

// Runs `kind` in a process group of its own until that is gone.
static void explode(const struct kind *kind, int is_again) {
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        if (kind->run) {
            kind->run();
        } else {
            raise_files();
            long made = make_many(kind, is_again ? 10 : kind->most);
            if (is_again) printf("again %ld\n", made);
            else report(made);
            if (kind->drop) kind->drop(made);
        }
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) printf("killed by SIG%s\n", sigabbrev_np(WTERMSIG(status)));
    kill(-child, SIGKILL);
    empty_folder();
}

int main(int count, char **arguments) {
    const struct kind *kind = count == 2 ? find(arguments[1]) : NULL;
    if (!kind) return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    // Whatever goes wrong, the machine stays alive.
    setrlimit(RLIMIT_AS, &(struct rlimit){8ul << 30, RLIM_INFINITY});
    mkdir(FOLDER, 0777);
    if (chdir(FOLDER) < 0) return 2;
    volatile double *longest = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t asking = fork();
    if (asking == 0) ask(longest);
    usleep(50000);
    puts("ready");
    wait_for_line();
    *longest = 0;
    explode(kind, 0);
    kill(asking, SIGKILL);
    waitpid(asking, NULL, 0);
    printf("longest %.0f ms\nover\n", *longest);
    wait_for_line();
    if (kind->make) explode(kind, 1);
    return rmdir(FOLDER) < 0;
}
