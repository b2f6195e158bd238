// More kernel objects than the sandbox may keep, made one by one.
#include "bomb.h"
#include <mqueue.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>

static char name[128], block[65536];
// What does not go with the process.
static int ids[1 << 16];

static const char *numbered(const char *prefix, long i) {
    snprintf(name, sizeof name, "%s%ld", prefix, i);
    return name;
}

static int make_file(long i) {
    int fd = open(numbered("f", i), O_CREAT | O_EXCL | O_WRONLY, 0600);
    return fd < 0 ? -1 : close(fd);
}
static int make_node(long i) { return mknod(numbered("n", i), S_IFREG | 0600, 0); }
static int make_directory(long i) { return mkdir(numbered("d", i), 0700); }
static int make_symlink(long i) {
    static char target[4001];
    memset(target, 'x', 4000);
    return symlink(target, numbered("s", i));
}
static int make_hard_link(long i) {
    if (i == 0 && mknod("first", S_IFREG | 0600, 0) < 0) return -1;
    return link("first", numbered("l", i));
}
// Ever deeper: each directory is the only reference to the next.
static int make_deep(long i) {
    (void)i;
    static int here = -1;
    if (here < 0) here = open(".", O_DIRECTORY | O_PATH);
    if (mkdirat(here, "d", 0700) < 0) return -1;
    int next = openat(here, "d", O_DIRECTORY | O_PATH);
    if (next < 0) return -1;
    close(here);
    here = next;
    return 0;
}
static int make_xattr(long i) {
    static int file = -1;
    if (file < 0) file = open("x", O_CREAT | O_RDWR, 0600);
    if (file < 0) return -1;
    return fsetxattr(file, numbered("user.a", i), block, sizeof block, 0);
}
static int make_small_xattr(long i) {
    static int file = -1;
    if (file < 0) file = open("y", O_CREAT | O_RDWR, 0600);
    return fsetxattr(file, numbered("user.a", i), "1", 1, 0);
}
static int make_semaphores(long i) {
    ids[i & 0xffff] = semget(IPC_PRIVATE, i % 2 ? 1 : 32000, 0600);
    return ids[i & 0xffff] < 0 ? -1 : 0;
}
// What processes want undone: one process for each set.
static int undo_set;
static int make_undo(long i) {
    if (i == 0) undo_set = semget(IPC_PRIVATE, 32000, 0600);
    struct sembuf up = {0, 1, SEM_UNDO};
    int wake[2];
    if (pipe(wake) < 0) return -1;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        int error = semop(undo_set, &up, 1) < 0 ? errno : 0;
        if (write(wake[1], &error, sizeof error) < 0 || error) _exit(1);
        pause();
        _exit(0);
    }
    int error = EIO;
    if (read(wake[0], &error, sizeof error) < 0) error = errno;
    close(wake[0]);
    close(wake[1]);
    errno = error;
    return error ? -1 : 0;
}
static int make_message(long i) {
    static int queue = -1;
    static struct {
        long type;
        char text[8192];
    } message = {1, ""};
    if (i % 2 == 0) {
        queue = msgget(IPC_PRIVATE, 0600);
        if (queue < 0) return -1;
        ids[i / 2 & 0xffff] = queue;
    }
    return msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT);
}
static int make_segment(long i) {
    ids[i & 0xffff] = shmget(IPC_PRIVATE, 4096, 0600);
    return ids[i & 0xffff] < 0 ? -1 : 0;
}
static int make_posix_queue(long i) {
    struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = 8192};
    mqd_t queue = mq_open(numbered("/bomb", i), O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attributes);
    if (queue < 0) return -1;
    for (int n = 0; n < 10; n++)
        if (mq_send(queue, block, 8192, 0) < 0) return -1;
    return mq_close(queue);
}
static int make_key(long i) {
    if (i == 0) syscall(SYS_keyctl, 1, NULL, 0, 0, 0); // KEYCTL_JOIN_SESSION_KEYRING
    return syscall(SYS_add_key, "user", numbered("bomb:", i), block, 8000, -3) < 0 ? -1 : 0;
}
static int make_user_namespace(long i) {
    (void)i;
    // One after the other, each held by its file.
    pid_t child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child < 0) return -1;
    if (child == 0) {
        pause();
        _exit(0);
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", child);
    int fd = open(path, O_RDONLY);
    int error = errno;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    errno = error;
    return fd < 0 ? -1 : 0;
}
static int make_mount_namespace(long i) {
    (void)i;
    if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC) < 0) return -1;
    return open("/proc/thread-self/ns/mnt", O_RDONLY) < 0 || open("/proc/thread-self/ns/ipc", O_RDONLY) < 0 ? -1 : 0;
}
static int make_socket_name(long i) {
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0) return -1;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "bomb%ld", i);
    return bind(fd, (struct sockaddr *)&address, sizeof address);
}
// Files in messages that nobody receives.
static int make_in_flight(long i) {
    static int pair[2] = {-1, -1};
    if (i % 64 == 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) return -1;
    int file = open("/proc/self/status", O_RDONLY);
    if (file < 0) return -1;
    int result = send_file(pair[0], file);
    int error = errno;
    close(file);
    if (result < 0 && error == EAGAIN) return make_in_flight((i | 63) + 1);
    errno = error;
    return result < 0 ? -1 : 0;
}
static int make_timer(long i) {
    (void)i;
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    return timer_create(CLOCK_MONOTONIC, &event, &timer);
}
static int make_watch(long i) {
    static int instance = -1;
    if (instance < 0) instance = inotify_init1(0);
    if (instance < 0 || make_node(i) < 0) return -1;
    return inotify_add_watch(instance, name, IN_MODIFY) < 0 ? -1 : 0;
}
static int make_pending_signal(long i) {
    if (i == 0) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){1000, 1000});
    }
    return sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = (int)i});
}
static int make_lock(long i) {
    static int file = -1;
    if (file < 0) file = open("locked", O_CREAT | O_RDWR, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = i * 2, .l_len = 1};
    return fcntl(file, F_SETLK, &lock);
}
static int make_open_file(long i) {
    if (i == 0) setrlimit(RLIMIT_NOFILE, &(struct rlimit){1024, 1024});
    return open("/proc/self/status", O_RDONLY) < 0 ? -1 : 0;
}
static int make_listing(long i) {
    if (i < 2000) return make_node(i);
    static char buffer[1 << 20];
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    if (fd < 0) return -1;
    return syscall(SYS_getdents64, fd, buffer, 200) < 0 ? -1 : 0;
}
static int make_high_file(long i) {
    (void)i;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        for (int fd = limit.rlim_max - 1; fd > 100; fd -= 64)
            if (dup2(0, fd) < 0) break;
        pause();
        _exit(0);
    }
    return 0;
}
static int make_groups(long i) {
    static gid_t groups[65536];
    (void)i;
    for (int g = 0; g < 65536; g++) groups[g] = g;
    if (syscall(SYS_setgroups, 65536, groups) < 0) return -1;
    return open("/proc/self/status", O_RDONLY) < 0 ? -1 : 0;
}
static int make_process(long i) {
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        pause();
        _exit(0);
    }
    return 0;
}
// Names of the host's files, all of which are looked at.
static int make_known_name(long i) {
    static char (*paths)[256];
    static long count;
    if (i == 0) {
        paths = calloc(10000, sizeof *paths);
        FILE *list = popen("find /usr/share /etc -xdev 2>/dev/null", "r");
        while (count < 10000 && fgets(paths[count], sizeof *paths, list)) paths[count][strcspn(paths[count], "\n")] = 0, count++;
        pclose(list);
    }
    struct stat status;
    return count ? lstat(paths[i % count], &status) : -1;
}

static void drop_semaphores(long made) {
    for (long i = 0; i < made; i++) semctl(ids[i & 0xffff], 0, IPC_RMID);
}
static void drop_messages(long made) {
    for (long i = 0; i <= made / 2; i++) msgctl(ids[i & 0xffff], IPC_RMID, NULL);
}
static void drop_segments(long made) {
    for (long i = 0; i < made; i++) shmctl(ids[i & 0xffff], IPC_RMID, NULL);
}
static void drop_posix_queues(long made) {
    for (long i = 0; i <= made; i++) mq_unlink(numbered("/bomb", i));
}
static void drop_undo(long made) {
    (void)made;
    semctl(undo_set, 0, IPC_RMID);
}

const struct kind object_kinds[] = {
    {"files", .make = make_file, .most = 100000},
    {"inodes", .make = make_node, .most = 100000},
    {"directories", .make = make_directory, .most = 100000},
    {"symlinks", .make = make_symlink, .most = 100000},
    {"hard-links", .make = make_hard_link, .most = 100000},
    {"deep", .make = make_deep, .most = 8000},
    {"xattrs", .make = make_xattr, .most = 100000},
    {"small-xattrs", .make = make_small_xattr, .most = 100000},
    {"semaphores", .make = make_semaphores, .most = 65536, .drop = drop_semaphores},
    {"undo", .make = make_undo, .most = 2000, .drop = drop_undo},
    {"messages", .make = make_message, .most = 65536, .drop = drop_messages},
    {"segments", .make = make_segment, .most = 65536, .drop = drop_segments},
    {"posix-queues", .make = make_posix_queue, .most = 1000, .drop = drop_posix_queues},
    {"keys", .make = make_key, .most = 100000},
    {"user-namespaces", .make = make_user_namespace, .most = 10000},
    {"mount-namespaces", .make = make_mount_namespace, .most = 10000},
    {"socket-names", .make = make_socket_name, .most = 10000},
    {"in-flight", .make = make_in_flight, .most = 10000},
    {"timers", .make = make_timer, .most = 100000},
    {"watches", .make = make_watch, .most = 100000},
    {"pending-signals", .make = make_pending_signal, .most = 100000},
    {"locks", .make = make_lock, .most = 100000},
    {"open-files", .make = make_open_file, .most = 10000},
    {"listings", .make = make_listing, .most = 10000},
    {"high-files", .make = make_high_file, .most = 300},
    {"groups", .make = make_groups, .most = 1000},
    {"processes", .make = make_process, .most = 2000},
    {"known-names", .make = make_known_name, .most = 10000},
    {0},
};
