// Makes one kind of kernel object until it is refused or time is up, then lets all go:
//   model-bombs KIND SECONDS
// waits for a line, prints "made N ERRNO", waits for a line, releases, prints "released", waits for a line, and makes ten more: "again ERRNO".
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

// Each makes object number `i`: 0, or -1 with errno.
typedef int (*maker)(long i);

static char name[128], block[65536];
static int ids[1 << 16];
static int directory = -1;

static const char *numbered(const char *prefix, long i) {
    snprintf(name, sizeof name, "%s%ld", prefix, i);
    return name;
}

static int make_file(long i) {
    int fd = openat(directory, numbered("f", i), O_CREAT | O_EXCL | O_WRONLY, 0600);
    return fd < 0 ? -1 : close(fd);
}
static int make_node(long i) { return mknodat(directory, numbered("n", i), S_IFREG | 0600, 0); }
static int make_directory(long i) { return mkdirat(directory, numbered("d", i), 0700); }
static int make_symlink(long i) {
    static char target[4001];
    memset(target, 'x', 4000);
    return symlinkat(target, directory, numbered("s", i));
}
static int make_hard_link(long i) {
    if (i == 0 && mknodat(directory, "first", S_IFREG | 0600, 0) < 0) return -1;
    return linkat(directory, "first", directory, numbered("l", i), 0);
}
// Ever deeper: each directory is the only reference to the next.
static int make_deep(long i) {
    (void)i;
    static int here = -1;
    if (i == 0 || here < 0) here = dup(directory);
    if (mkdirat(here, "d", 0700) < 0) return -1;
    int next = openat(here, "d", O_DIRECTORY | O_PATH);
    if (next < 0) return -1;
    close(here);
    here = next;
    return 0;
}
static int make_xattr(long i) {
    static int file = -1;
    if (file < 0) file = openat(directory, "x", O_CREAT | O_RDWR, 0600);
    if (file < 0) return -1;
    return fsetxattr(file, numbered("user.a", i), block, sizeof block, 0);
}
static int make_small_xattr(long i) {
    static int file = -1;
    if (file < 0) file = openat(directory, "y", O_CREAT | O_RDWR, 0600);
    return fsetxattr(file, numbered("user.a", i), "1", 1, 0);
}
static int make_semaphores(long i) {
    ids[i & 0xffff] = semget(IPC_PRIVATE, i % 2 ? 1 : 32000, 0600);
    return ids[i & 0xffff] < 0 ? -1 : 0;
}
// What processes want undone: one process for each set.
static int make_undo(long i) {
    static int set = -1;
    (void)i;
    if (set < 0) set = semget(IPC_PRIVATE, 32000, 0600);
    struct sembuf up = {0, 1, SEM_UNDO};
    int wake[2];
    if (pipe(wake) < 0) return -1;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        int error = semop(set, &up, 1) < 0 ? errno : 0;
        if (write(wake[1], &error, sizeof error) < 0 || error) _exit(1);
        pause();
        _exit(0);
    }
    ids[i & 0xffff] = child;
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
    static int inside;
    (void)i;
    // One after the other, each held by its file.
    pid_t child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child < 0) return -1;
    if (child == 0) {
        pause();
        _exit(inside);
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
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(header), &file, sizeof file);
    int result = sendmsg(pair[0], &message, MSG_DONTWAIT);
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
    char path[160];
    snprintf(path, sizeof path, "/tmp/bomb/%s", name);
    return inotify_add_watch(instance, path, IN_MODIFY) < 0 ? -1 : 0;
}
static int make_pending_signal(long i) {
    if (i == 0) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
    }
    return sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = (int)i});
}
static int make_lock(long i) {
    static int file = -1;
    if (file < 0) file = openat(directory, "locked", O_CREAT | O_RDWR, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = i * 2, .l_len = 1};
    return fcntl(file, F_SETLK, &lock);
}
static int make_open_file(long i) {
    (void)i;
    return open("/proc/self/status", O_RDONLY) < 0 ? -1 : 0;
}
static int make_listing(long i) {
    if (i < 2000) return make_node(i);
    static char buffer[1 << 20];
    int fd = open("/tmp/bomb", O_RDONLY | O_DIRECTORY);
    if (fd < 0) return -1;
    return syscall(SYS_getdents64, fd, buffer, 200) < 0 ? -1 : 0;
}
static int make_high_file(long i) {
    (void)i;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        for (int fd = limit.rlim_max - 1; fd > 100; fd -= 64)
            if (dup2(0, fd) < 0) break;
        pause();
        _exit(0);
    }
    ids[i & 0xffff] = child;
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
    ids[i & 0xffff] = child;
    return 0;
}
// Names of the host's files, all of which are looked at.
static int make_known_name(long i) {
    static char (*paths)[256];
    static long count;
    if (i == 0) {
        paths = calloc(200000, sizeof *paths);
        FILE *list = popen("find /usr /etc /bin -xdev 2>/dev/null", "r");
        while (count < 200000 && fgets(paths[count], sizeof *paths, list)) paths[count][strcspn(paths[count], "\n")] = 0, count++;
        pclose(list);
    }
    struct stat status;
    return count ? lstat(paths[i % count], &status) : -1;
}

static const struct {
    const char *kind;
    maker make;
    long most;
} kinds[] = {
    {"files", make_file, LONG_MAX}, {"inodes", make_node, LONG_MAX}, {"directories", make_directory, LONG_MAX},
    {"symlinks", make_symlink, LONG_MAX}, {"hard-links", make_hard_link, LONG_MAX}, {"deep", make_deep, 8000},
    {"xattrs", make_xattr, LONG_MAX}, {"small-xattrs", make_small_xattr, LONG_MAX},
    {"semaphores", make_semaphores, 65536}, {"undo", make_undo, 2000}, {"messages", make_message, 131072},
    {"segments", make_segment, 65536}, {"posix-queues", make_posix_queue, LONG_MAX}, {"keys", make_key, LONG_MAX},
    {"user-namespaces", make_user_namespace, LONG_MAX}, {"mount-namespaces", make_mount_namespace, LONG_MAX},
    {"socket-names", make_socket_name, LONG_MAX}, {"in-flight", make_in_flight, LONG_MAX}, {"timers", make_timer, LONG_MAX},
    {"watches", make_watch, LONG_MAX}, {"pending-signals", make_pending_signal, LONG_MAX}, {"locks", make_lock, LONG_MAX},
    {"open-files", make_open_file, LONG_MAX}, {"listings", make_listing, LONG_MAX}, {"high-files", make_high_file, 300},
    {"groups", make_groups, LONG_MAX}, {"processes", make_process, 300}, {"known-names", make_known_name, LONG_MAX},
};

static void empty(int folder) {
    DIR *list = fdopendir(folder);
    struct dirent *entry;
    while ((entry = readdir(list))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (unlinkat(dirfd(list), entry->d_name, 0) == 0) continue;
        if (unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR) == 0) continue;
        // A deep tree: what is below is renamed beside it, so that it is never deeper than two.
        int below = openat(dirfd(list), entry->d_name, O_DIRECTORY | O_RDONLY);
        renameat(below, "d", dirfd(list), "next");
        close(below);
        unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR);
        renameat(dirfd(list), "next", dirfd(list), "d");
        rewinddir(list);
    }
    closedir(list);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

// The maker runs in a process of its own: what only lives in a process goes with it.
int main(int count, char **arguments) {
    maker make = NULL;
    long most = 0;
    for (size_t i = 0; count > 2 && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].kind, arguments[1])) make = kinds[i].make, most = kinds[i].most;
    if (!make) {
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) puts(kinds[i].kind);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir("/tmp/bomb", 0700);
    getchar();
    for (int again = 0; again < 2; again++) {
        int gate[2];
        if (pipe(gate) < 0) return 1;
        pid_t child = fork();
        if (child == 0) {
            close(gate[1]);
            struct rlimit files;
            getrlimit(RLIMIT_NOFILE, &files);
            files.rlim_cur = files.rlim_max;
            setrlimit(RLIMIT_NOFILE, &files);
            directory = open("/tmp/bomb", O_DIRECTORY | O_RDONLY);
            double end = now() + atof(arguments[2]);
            long made = 0;
            errno = 0;
            if (again) most = 10;
            while (made < most && now() < end && make(made) == 0)
                // What the first one had to prepare does not count.
                if (made++ == 0) end = now() + atof(arguments[2]);
            printf("%s %ld %s\n", again ? "again" : "made", made, made >= most || now() >= end ? "-" : strerrorname_np(errno));
            char byte;
            if (read(gate[0], &byte, 1) < 0) return 1;
            for (int i = 0; i < 65536; i++) {
                if (!ids[i]) continue;
                if (!strcmp(arguments[1], "semaphores")) semctl(ids[i], 0, IPC_RMID);
                if (!strcmp(arguments[1], "messages")) msgctl(ids[i], IPC_RMID, NULL);
                if (!strcmp(arguments[1], "segments")) shmctl(ids[i], IPC_RMID, NULL);
                if (make == make_undo || make == make_high_file || make == make_process) kill(ids[i], SIGKILL);
            }
            for (long i = 0; make == make_posix_queue && i <= made; i++) mq_unlink(numbered("/bomb", i));
            while (wait(NULL) > 0) {}
            _exit(0);
        }
        close(gate[0]);
        if (!again) getchar();
        close(gate[1]);
        waitpid(child, NULL, 0);
        empty(open("/tmp/bomb", O_DIRECTORY | O_RDONLY));
        if (!again) {
            puts("released");
            getchar();
        }
    }
    return 0;
}
