// One kind of excess, by its name, in a child of this process, which then says what ended it and waits to be looked at.
// `bomb KIND SECONDS`: the child prints how far it came and errno's name; the parent prints `end: …`, waits for SECONDS,
// and meanwhile another child has counted how long a getppid takes at most.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int report(long count) {
    printf("%ld then %s\n", count, strerrorname_np(errno));
    fflush(stdout);
    return 0;
}

static int forks(void) {
    for (long count = 0;; count++) {
        pid_t pid = fork();
        if (pid < 0) return report(count);
        if (pid == 0) pause(), _exit(0);
    }
}

// All children go on forking, as a bomb does; each tells the errno that ends it once, by its exit.
static int storm(void) {
    double end = now() + 2;
    long refused = 0;
    while (now() < end) {
        pid_t pid = fork();
        if (pid < 0) {
            if (errno != EAGAIN) return report(refused);
            refused++;
            sched_yield();
        }
    }
    if (getpid() == getpgrp()) {
        errno = EAGAIN;
        printf("%s then EAGAIN\n", refused ? "many" : "none");
        fflush(stdout);
    }
    return 0;
}

static void *waiting(void *unused) {
    pause();
    return unused;
}

static int threads(void) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    for (long count = 0;; count++) {
        pthread_t thread;
        int error = pthread_create(&thread, &attributes, waiting, NULL);
        if (error) return errno = error, report(count);
    }
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *passing(void *unused) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return unused;
}

// 4,000 threads that wait, made and joined.
static int many(void) {
    enum { COUNT = 4000 };
    static pthread_t made[COUNT];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    double start = now();
    pthread_mutex_lock(&gate);
    for (int i = 0; i < COUNT; i++) {
        errno = pthread_create(&made[i], &attributes, passing, NULL);
        if (errno) return report(i);
    }
    double half = now();
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < COUNT; i++) pthread_join(made[i], NULL);
    errno = 0;
    printf("made in %.2f s, joined in %.2f s\n", half - start, now() - half);
    return 0;
}

// 10,000 processes and threads, one after another.
static int series(void) {
    for (int i = 0; i < 5000; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, passing, NULL) == 0) pthread_join(thread, NULL);
        pid_t pid = fork();
        if (pid == 0) _exit(0);
        waitpid(pid, NULL, 0);
    }
    printf("10000 ended\n");
    return 0;
}

static void raise_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// Files of one kind in as many processes as it takes.
static int files(int (*make)(void)) {
    raise_files();
    long count = 0;
    for (;;) {
        while (make() >= 0) count++;
        if (errno != EMFILE) return report(count);
        // This table is full: its child begins with an empty one.
        fflush(stdout);
        pid_t pid = fork();
        if (pid < 0) return report(count);
        if (pid > 0) return waitpid(pid, NULL, 0), 0;
        pid_t holder = fork();
        if (holder == 0) pause(), _exit(0);
        close_range(3, ~0u, 0);
    }
}

static int make_open(void) { return open("/dev/null", O_RDONLY); }
static int make_pipe(void) {
    int ends[2];
    return pipe(ends);
}
static int make_socket(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
static int make_memory(void) { return memfd_create("bomb", 0); }
static int make_epoll(void) { return epoll_create1(0); }
static int make_event(void) { return eventfd(0, 0); }
static int make_proc(void) { return open("/proc/self/status", O_RDONLY); }
static int make_copy(void) {
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0) return fd;
    int copy = dup(fd);
    close(fd);
    return copy;
}
// Files that are nowhere but on their way through sockets.
static int make_flight(void) {
    static int ends[2] = {-1, -1};
    if (ends[0] < 0 && socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0) return -1;
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0) return -1;
    char byte = 0, control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    ssize_t sent = sendmsg(ends[0], &message, 0);
    if (sent < 0 && errno == EAGAIN) {
        // Full: another pair, which keeps the old one open.
        sent = socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0 ? -1 : sendmsg(ends[0], &message, 0);
    }
    int error = errno;
    close(fd);
    errno = error;
    return sent < 0 ? -1 : 0;
}

enum { PIECE = 4 << 20 };

static int touched(void *piece, long count) {
    if (piece == MAP_FAILED) return report(count), -1;
    memset(piece, 1, PIECE);
    return 0;
}

static int memory(int flags) {
    for (long count = 0;; count++) {
        void *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
        if (touched(piece, count) < 0) return 0;
    }
}

// By a thread whose process's leader has ended.
static void *filling(void *unused) { exit(memory(MAP_PRIVATE)); }
static int leaderless(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, filling, NULL);
    pthread_exit(NULL);
}

// Takes all of the sentry's own numbers, by files and by threads whose tables it looks into; then it cannot read what
// processes have.
static void *sending(void *socket) {
    struct iovec piece = {"x", 1};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    sendmsg((int)(long)socket, &message, MSG_DONTWAIT);
    pause();
    return NULL;
}
static int numbers(void) {
    int pair[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    raise_files();
    for (int i = 0; i < 32; i++) {
        int ready[2];
        if (pipe(ready) < 0) break;
        if (fork() == 0) {
            while (eventfd(0, 0) >= 0) {}
            close(ready[0]), close(ready[1]);
            pause();
        }
        char byte;
        close(ready[1]);
        read(ready[0], &byte, 1);
        close(ready[0]);
    }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    for (int i = 0; i < 800; i++) {
        pthread_t thread;
        char byte;
        pthread_create(&thread, &attributes, sending, (void *)(long)pair[0]);
        usleep(500);
        recv(pair[1], &byte, 1, MSG_DONTWAIT);
    }
    return memory(MAP_PRIVATE);
}

// Page tables alone: reading maps the one page of zeros.
static int tables(void) {
    for (long count = 0;; count++) {
        const long SIZE = 1l << 30, TABLE = 2 << 20;
        volatile char *piece = mmap(NULL, SIZE, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE | MAP_NORESERVE, -1, 0);
        if (piece == MAP_FAILED) return report(count);
        madvise((void *)piece, SIZE, MADV_NOHUGEPAGE);
        for (long i = 0; i < SIZE; i += TABLE) (void)piece[i];
    }
}

static int small_maps(void) {
    for (long count = 0;; count++) {
        char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | (count & 1 ? PROT_EXEC : 0), MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
        if (page == MAP_FAILED) return report(count > 10000);
        *page = 1;
    }
}

// One memory file that nobody maps.
static int memory_file(void) {
    static char piece[1 << 20];
    memset(piece, 1, sizeof piece);
    int fd = memfd_create("bomb", 0);
    for (long count = 0;; count++)
        if (write(fd, piece, sizeof piece) < 0) return report(count);
}

static int segments(void) {
    for (long count = 0;; count++) {
        int segment = shmget(IPC_PRIVATE, PIECE, 0600);
        if (segment < 0) return report(count);
        void *piece = shmat(segment, NULL, 0);
        shmctl(segment, IPC_RMID, NULL);
        if (touched(piece, count) < 0) return 0;
    }
}

// As much as several processes fill at once.
static int crowd(void) {
    for (int i = 0; i < 3; i++)
        if (fork() == 0) break;
    return memory(MAP_PRIVATE);
}

static int endless(void) {
    for (;;) syscall(SYS_getppid);
    return 0;
}

static int run(const char *kind) {
    if (!strcmp(kind, "forks")) return forks();
    if (!strcmp(kind, "storm")) return storm();
    if (!strcmp(kind, "threads")) return threads();
    if (!strcmp(kind, "many")) return many();
    if (!strcmp(kind, "series")) return series();
    if (!strcmp(kind, "open")) return files(make_open);
    if (!strcmp(kind, "pipe")) return files(make_pipe);
    if (!strcmp(kind, "socket")) return files(make_socket);
    if (!strcmp(kind, "memfd")) return files(make_memory);
    if (!strcmp(kind, "epoll")) return files(make_epoll);
    if (!strcmp(kind, "eventfd")) return files(make_event);
    if (!strcmp(kind, "proc")) return files(make_proc);
    if (!strcmp(kind, "dup")) return files(make_copy);
    if (!strcmp(kind, "flight")) return files(make_flight);
    if (!strcmp(kind, "private")) return memory(MAP_PRIVATE);
    if (!strcmp(kind, "shared")) return memory(MAP_SHARED);
    if (!strcmp(kind, "leaderless")) return leaderless();
    if (!strcmp(kind, "tables")) return tables();
    if (!strcmp(kind, "numbers")) return numbers();
    if (!strcmp(kind, "maps")) return small_maps();
    if (!strcmp(kind, "memory-file")) return memory_file();
    if (!strcmp(kind, "segments")) return segments();
    if (!strcmp(kind, "crowd")) return crowd();
    if (!strcmp(kind, "endless")) return endless();
    return 2;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    // Another task goes on asking: the longest that an answer took, in milliseconds.
    double *longest = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t asking = fork();
    if (asking == 0) {
        for (;;) {
            double start = now();
            syscall(SYS_getppid);
            double took = (now() - start) * 1000;
            if (took > *longest) *longest = took;
            usleep(2000);
        }
    }
    pid_t bomb = fork();
    if (bomb == 0) {
        setpgid(0, 0);
        int result = run(arguments[1]);
        fflush(stdout);
        _exit(result);
    }
    int status = 0;
    waitpid(bomb, &status, 0);
    if (WIFSIGNALED(status)) printf("killed by SIG%s\n", sigabbrev_np(WTERMSIG(status)));
    kill(-bomb, SIGKILL);
    usleep(50000);
    printf("longest %.0f ms\n", *longest);
    printf("ready\n");
    fflush(stdout);
    usleep(atof(arguments[2]) * 1e6);
    kill(asking, SIGKILL);
    return 0;
}
