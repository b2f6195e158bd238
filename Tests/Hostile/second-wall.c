// What a task can do to the host once the first wall is gone: `nsentry run --without-wall first` lets these calls run
// natively. One line a try: "wall" and "host" lines have to be stopped, the latter by what the host's kernel asks of anybody;
// "open" lines show what Landlock does not cover.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *directory;
static char buffers[4][4096];

// A name in the victim's directory.
static const char *in(const char *name) {
    static int next;
    char *buffer = buffers[next++ % 4];
    snprintf(buffer, sizeof *buffers, "%s/%s", directory, name);
    return buffer;
}

static void report(const char *kind, const char *what, long result) {
    int error = errno;
    if (result < 0)
        printf("%s %s: stopped (%s)\n", kind, what, strerrorname_np(error));
    else
        printf("%s %s: SUCCEEDED\n", kind, what);
    fflush(stdout);
}
#define WALL(what, call) report("wall", what, (long)(call))
#define HOST(what, call) report("host", what, (long)(call))
#define OPEN(what, call) report("open", what, (long)(call))

// Opens by the raw call: the C library would always use openat.
static long opens(const char *path, int flags) {
    long fd = syscall(SYS_openat, AT_FDCWD, path, flags, 0666);
    if (fd >= 0) close(fd);
    return fd;
}

static long opens2(const char *path, int flags) {
    struct open_how how = {.flags = flags};
    long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    if (fd >= 0) close(fd);
    return fd;
}

static void files(void) {
    WALL("read a file", opens(in("file"), O_RDONLY));
    WALL("write a file", opens(in("file"), O_WRONLY));
    WALL("write a file by openat2", opens2(in("file"), O_RDWR));
    WALL("truncate a file by opening", opens(in("file"), O_WRONLY | O_TRUNC));
    WALL("list a directory", opens(directory, O_RDONLY | O_DIRECTORY));
    WALL("open a directory for a file without a name", opens(directory, O_TMPFILE | O_RDWR));
    WALL("create a file", opens(in("new"), O_CREAT | O_EXCL | O_RDWR));
    WALL("creat", syscall(SYS_creat, in("new"), 0666));
    WALL("truncate", truncate(in("file"), 0));
    WALL("unlink", unlink(in("file")));
    WALL("rmdir", rmdir(in("sub")));
    WALL("mkdir", mkdir(in("new"), 0777));
    WALL("make a FIFO", mknod(in("new"), S_IFIFO | 0666, 0));
    WALL("make a regular file by mknod", mknod(in("new"), S_IFREG | 0666, 0));
    WALL("rename", rename(in("file"), in("renamed")));
    WALL("rename to another directory", rename(in("file"), in("sub/renamed")));
    WALL("exchange", syscall(SYS_renameat2, AT_FDCWD, in("file"), AT_FDCWD, in("other"), 2 /* RENAME_EXCHANGE */));
    WALL("link", link(in("file"), in("linked")));
    WALL("symlink", symlink("file", in("symlink")));
    WALL("link standard input by /proc", linkat(AT_FDCWD, "/proc/self/fd/0", AT_FDCWD, in("linked"), AT_SYMLINK_FOLLOW));
    HOST("write a read-only descriptor", write(0, "x", 1));
    HOST("truncate a read-only descriptor", ftruncate(0, 0));
    WALL("reopen a read-only descriptor for writing", opens("/proc/self/fd/0", O_RDWR));
    WALL("reopen it for reading", opens("/proc/self/fd/0", O_RDONLY));
    int path = open(in("file"), O_PATH);
    OPEN("an O_PATH descriptor of a file", path);
    char own[64];
    snprintf(own, sizeof own, "/proc/self/fd/%d", path);
    WALL("open an O_PATH descriptor for writing", opens(own, O_RDWR));
    OPEN("climb above the root", chdir("../../../../../../../..") | access("etc", F_OK));
    WALL("read /etc/passwd", opens("/etc/passwd", O_RDONLY));
    HOST("read /proc/1/environ", opens("/proc/1/environ", O_RDONLY));
    WALL("open one's own memory by /proc", opens("/proc/self/mem", O_RDWR));
    WALL("open the terminal", opens("/dev/tty", O_RDWR));
    WALL("open /dev/null", opens("/dev/null", O_RDWR));
    WALL("open a pseudo-terminal", opens("/dev/ptmx", O_RDWR));
}

static void attributes(void) {
    struct stat status;
    OPEN("stat", stat(in("attributes"), &status));
    OPEN("access", access(in("attributes"), R_OK));
    OPEN("chdir", chdir(directory));
    char text[64];
    OPEN("readlink", readlink(in("a-symlink"), text, sizeof text));
    OPEN("chmod of one's own", chmod(in("attributes"), 0600));
    OPEN("utimensat of one's own", utimensat(AT_FDCWD, in("attributes"), NULL, 0));
    OPEN("setxattr of one's own", setxattr(in("attributes"), "user.test", "x", 1, 0));
    OPEN("chown to oneself", chown(in("attributes"), getuid(), -1));
    OPEN("watch by inotify", inotify_add_watch(inotify_init1(O_CLOEXEC), directory, IN_OPEN));
    OPEN("chmod of standard input", fchmod(0, 0666));
    OPEN("flock of standard input", syscall(SYS_flock, 0, 2 | 4 /* LOCK_EX | LOCK_NB */));
}

static long connects(int type, const void *address, socklen_t size) {
    int fd = socket(((const struct sockaddr *)address)->sa_family, type, 0);
    long result = fd < 0 ? fd : connect(fd, address, size);
    if (result >= 0) result = write(fd, "attack", 6);
    int error = errno;
    if (fd >= 0) close(fd);
    errno = error;
    return result;
}

static long binds(const void *address, socklen_t size) {
    int fd = socket(((const struct sockaddr *)address)->sa_family, SOCK_STREAM, 0);
    long result = fd < 0 ? fd : bind(fd, address, size);
    int error = errno;
    if (fd >= 0) close(fd);
    errno = error;
    return result;
}

static void sockets(const char *name, int port) {
    struct sockaddr_un abstract = {.sun_family = AF_UNIX}, path = {.sun_family = AF_UNIX};
    snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1, "%s", name);
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
    WALL("connect to an abstract socket", connects(SOCK_STREAM, &abstract, size));
    snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1, "%s-datagrams", name);
    size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(abstract.sun_path + 1);
    WALL("send to an abstract socket", connects(SOCK_DGRAM, &abstract, size));
    snprintf(path.sun_path, sizeof path.sun_path, "%s/new-socket", directory);
    WALL("bind a path", binds(&path, sizeof path));
    snprintf(path.sun_path, sizeof path.sun_path, "%s/socket", directory);
    OPEN("connect to a path-name socket", connects(SOCK_STREAM, &path, sizeof path));
    struct sockaddr_in internet = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    WALL("connect by TCP", connects(SOCK_STREAM, &internet, sizeof internet));
    OPEN("send by UDP", connects(SOCK_DGRAM, &internet, sizeof internet));
    internet.sin_port = htons(port + 1);
    WALL("bind a TCP port", binds(&internet, sizeof internet));
}

static long remote(pid_t pid, int writes) {
    char word[8];
    struct iovec local = {word, sizeof word}, there = {(void *)0x10000, sizeof word};
    // EFAULT would mean that only the address was wrong.
    long result = writes ? process_vm_writev(pid, &local, 1, &there, 1, 0) : process_vm_readv(pid, &local, 1, &there, 1, 0);
    return result < 0 && errno == EFAULT ? 0 : result;
}

static void process(const char *who, pid_t pid, int isVictim) {
    char text[128];
#define NAMED(what) (snprintf(text, sizeof text, "%s %s", what, who), text)
    WALL(NAMED("probe by kill"), kill(pid, 0));
    if (isVictim) {
        WALL(NAMED("kill"), kill(pid, SIGKILL));
        WALL(NAMED("tkill"), syscall(SYS_tkill, pid, SIGKILL));
        WALL(NAMED("tgkill"), syscall(SYS_tgkill, pid, pid, SIGKILL));
        int pidfd = syscall(SYS_pidfd_open, pid, 0);
        OPEN(NAMED("pidfd_open of"), pidfd);
        WALL(NAMED("pidfd_send_signal to"), syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0));
        WALL(NAMED("take a descriptor of"), syscall(SYS_pidfd_getfd, pidfd, 0, 0));
        siginfo_t info = {.si_signo = SIGKILL, .si_code = SI_QUEUE};
        WALL(NAMED("queue a signal to"), syscall(SYS_rt_sigqueueinfo, pid, SIGKILL, &info));
        OPEN(NAMED("setpriority of"), setpriority(PRIO_PROCESS, pid, 19));
        struct rlimit limit;
        OPEN(NAMED("read a limit of"), prlimit(pid, RLIMIT_CORE, NULL, &limit));
        cpu_set_t set;
        sched_getaffinity(0, sizeof set, &set);
        OPEN(NAMED("sched_setaffinity of"), sched_setaffinity(pid, sizeof set, &set));
    }
    WALL(NAMED("attach to"), ptrace(PTRACE_SEIZE, pid, 0, 0));
    WALL(NAMED("read the memory of"), remote(pid, 0));
    WALL(NAMED("write the memory of"), remote(pid, 1));
}

static void others(void) {
    int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    OPEN("make a System V segment", segment);
    if (segment >= 0) shmctl(segment, IPC_RMID, NULL);
    OPEN("find the user's keyring", syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -4 /* KEY_SPEC_USER_KEYRING */, 0));
    HOST("push a character into the terminal", ioctl(0, TIOCSTI, "x"));
    HOST("mount", mount("none", "/", "tmpfs", 0, NULL));
    OPEN("make a user namespace", unshare(CLONE_NEWUSER | CLONE_NEWNS));
    WALL("mount in it", mount("none", "/tmp", "tmpfs", 0, NULL));
    WALL("change a mount in it", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    directory = arguments[1];
    pid_t sentry = getppid();
    files();
    attributes();
    sockets(arguments[2], atoi(arguments[3]));
    process("the victim", atoi(arguments[4]), 1);
    process("the sentry", sentry, 0);
    others();
    return 0;
}
