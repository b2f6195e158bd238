// More of the machine than the sandbox may have: tasks, open files, memory, time.
#include "bomb.h"
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

static void forks(void) {
    for (long count = 0;; count++) {
        pid_t pid = fork();
        if (pid < 0) return report(count);
        if (pid == 0) pause(), _exit(0);
    }
}

// All children go on forking, as a bomb does.
static void storm(void) {
    double end = now() + 1.5;
    long refused = 0;
    while (now() < end) {
        pid_t pid = fork();
        if (pid >= 0) continue;
        if (errno != EAGAIN) return report(refused);
        refused++;
        sched_yield();
    }
    if (getpid() == getpgrp()) printf("%s then EAGAIN\n", refused ? "many" : "none");
}

static void *waiting(void *unused) {
    pause();
    return unused;
}

static void threads(void) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    for (long count = 0;; count++) {
        pthread_t thread;
        int error = pthread_create(&thread, &attributes, waiting, NULL);
        if (error) {
            errno = error;
            return report(count);
        }
    }
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *passing(void *unused) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return unused;
}

// 4,000 threads that wait, made and joined.
static void many(void) {
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
    printf("made in %.2f s, joined in %.2f s\n", half - start, now() - half);
}

// 10,000 processes and threads, one after another.
static void series(void) {
    for (int i = 0; i < 5000; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, passing, NULL) == 0) pthread_join(thread, NULL);
        pid_t pid = fork();
        if (pid == 0) _exit(0);
        waitpid(pid, NULL, 0);
    }
    printf("10000 ended\n");
}

// Files of one kind in as many processes as it takes.
static void files(int (*make)(void)) {
    raise_files();
    long count = 0;
    for (;;) {
        while (make() >= 0) count++;
        if (errno != EMFILE) return report(count);
        // This table is full: its child begins with an empty one.
        pid_t pid = fork();
        if (pid < 0) return report(count);
        if (pid > 0) {
            waitpid(pid, NULL, 0);
            return;
        }
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
    if (ends[0] < 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0) return -1;
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0) return -1;
    int result = send_file(ends[0], fd);
    // Full: another pair, which keeps the old one open.
    if (result < 0 && errno == EAGAIN) result = socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0 ? -1 : send_file(ends[0], fd);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

enum { PIECE = 4 << 20 };

static int touched(void *piece, long count) {
    if (piece == MAP_FAILED) return report(count), -1;
    memset(piece, 1, PIECE);
    return 0;
}

static void memory(int flags) {
    for (long count = 0;; count++) {
        void *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
        if (touched(piece, count) < 0) return;
    }
}

// By a thread whose process's leader has ended.
static void *filling(void *unused) {
    memory(MAP_PRIVATE);
    return unused;
}
static void leaderless(void) {
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
static void numbers(void) {
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
    memory(MAP_PRIVATE);
}

// Page tables alone: reading maps the one page of zeros.
static void tables(void) {
    // 200 MiB of them are for 100 GiB of addresses.
    setrlimit(RLIMIT_AS, &(struct rlimit){1ul << 40, RLIM_INFINITY});
    for (long count = 0;; count++) {
        const long SIZE = 1l << 30, TABLE = 2 << 20;
        volatile char *piece = mmap(NULL, SIZE, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE | MAP_NORESERVE, -1, 0);
        if (piece == MAP_FAILED) return report(count);
        madvise((void *)piece, SIZE, MADV_NOHUGEPAGE);
        for (long i = 0; i < SIZE; i += TABLE) (void)piece[i];
    }
}

static void small_maps(void) {
    for (long count = 0;; count++) {
        char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | (count & 1 ? PROT_EXEC : 0), MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
        if (page == MAP_FAILED) return report(count > 10000);
        *page = 1;
    }
}

// One memory file that nobody maps.
static void memory_file(void) {
    static char piece[1 << 20];
    memset(piece, 1, sizeof piece);
    int fd = memfd_create("bomb", 0);
    for (long count = 0;; count++)
        if (write(fd, piece, sizeof piece) < 0) return report(count);
}

static void segments(void) {
    for (long count = 0;; count++) {
        int segment = shmget(IPC_PRIVATE, PIECE, 0600);
        if (segment < 0) return report(count);
        void *piece = shmat(segment, NULL, 0);
        shmctl(segment, IPC_RMID, NULL);
        if (touched(piece, count) < 0) return;
    }
}

// As much as several processes fill at once.
static void crowd(void) {
    for (int i = 0; i < 3; i++)
        if (fork() == 0) break;
    memory(MAP_PRIVATE);
}

static void endless(void) {
    for (;;) syscall(SYS_getppid);
}

static void open_files(void) { files(make_open); }
static void dup_files(void) { files(make_copy); }
static void pipe_files(void) { files(make_pipe); }
static void socket_files(void) { files(make_socket); }
static void memfd_files(void) { files(make_memory); }
static void epoll_files(void) { files(make_epoll); }
static void eventfd_files(void) { files(make_event); }
static void proc_files(void) { files(make_proc); }
static void flight_files(void) { files(make_flight); }
static void private_memory(void) { memory(MAP_PRIVATE); }
static void shared_memory(void) { memory(MAP_SHARED); }

const struct kind machine_kinds[] = {
    {"forks", forks}, {"storm", storm}, {"threads", threads}, {"many", many}, {"series", series}, {"open", open_files},
    {"dup", dup_files}, {"pipe", pipe_files}, {"socket", socket_files}, {"memfd", memfd_files}, {"epoll", epoll_files},
    {"eventfd", eventfd_files}, {"proc", proc_files}, {"flight", flight_files}, {"private", private_memory},
    {"shared", shared_memory}, {"maps", small_maps}, {"tables", tables}, {"leaderless", leaderless}, {"numbers", numbers}, {"memory-file", memory_file}, {"segment-memory", segments},
    {"crowd", crowd}, {"endless", endless}, {0},
};
