// witness LOG UID DIRECTORY NAME GRANTED WORK…: a host process that a sandbox must not reach. It has a signal mask, an
// abstract socket NAME, path-name sockets in DIRECTORY, a TCP port on 127.0.0.1 and a word in its memory, and writes down
// whatever touches them. It says "PID PORT ADDRESS" when it is ready, and ends when its standard input does.
//
// WORK is what it does meanwhile: `locks` tries to lock GRANTED, which it can unless a guest's lock is the host's;
// `quotas` tries to get a timer and an inotify instance, which it can unless guests use up their host user's;
// `plant:PATH` swaps a directory with a link to a place outside, and a file with a FIFO, in a writable grant.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LARGE = 6000 };
static volatile char word[32] = "untouched";
static int log_file;

static void note(const char *format, ...) {
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (write(log_file, line, length) < 0) _exit(1);
}
static void die(const char *what) {
    fprintf(stderr, "witness: %s: %s\n", what, strerror(errno));
    _exit(125);
}
static int listening(const struct sockaddr *address, socklen_t size, int type) {
    int fd = socket(address->sa_family, type | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, address, size) < 0 || (type != SOCK_DGRAM && listen(fd, 64) < 0)) die("a socket");
    return fd;
}
static int unix_socket(const char *directory, const char *name, int type) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t size;
    if (directory) {
        snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", directory, name);
        size = sizeof address;
    } else {
        size = offsetof(struct sockaddr_un, sun_path) + 1 + snprintf(address.sun_path + 1, 100, "%s", name);
    }
    int fd = listening((struct sockaddr *)&address, size, type);
    if (directory) chmod(address.sun_path, 0777);
    return fd;
}
static int traced(void) {
    char text[4096];
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;
    char *at = strstr(text, "TracerPid:\t");
    return at ? atoi(at + 11) : 0;
}

/// Goes on in a child with a number that no guest's process has soon; the parent ends as the child does.
static void take_large_number(void) {
    for (int i = 0; i < 20000; i++) {
        pid_t pid = fork();
        if (pid < 0) die("fork");
        if (pid == 0) {
            if (getpid() < LARGE) _exit(0);
            return;
        }
        int status;
        if (waitpid(pid, &status, 0) < 0) die("waitpid");
        if (pid < LARGE) continue;
        if (WIFSIGNALED(status)) kill(getpid(), WTERMSIG(status));
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    die("no large process number");
}

int main(int argc, char **argv) {
    if (argc < 6) return 125;
    take_large_number();
    log_file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    int uid = atoi(argv[2]), granted = open(argv[5], O_RDWR | O_CLOEXEC);
    if (log_file < 0 || granted < 0) die("files");
    char dgram[128];
    snprintf(dgram, sizeof dgram, "%s.dgram", argv[4]);
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *names[] = {"standard input", "signals", "the abstract stream socket", "the abstract datagram socket",
                           "the path's stream socket", "the path's datagram socket", "the TCP port"};
    int all_signals = -1;
    sigset_t every;
    sigfillset(&every);
    sigprocmask(SIG_BLOCK, &every, NULL);
    all_signals = signalfd(-1, &every, SFD_CLOEXEC | SFD_NONBLOCK);
    struct pollfd fds[] = {{0, POLLIN}, {all_signals, POLLIN},
                           {unix_socket(NULL, argv[4], SOCK_STREAM), POLLIN}, {unix_socket(NULL, dgram, SOCK_DGRAM), POLLIN},
                           {unix_socket(argv[3], "stream.sock", SOCK_STREAM), POLLIN},
                           {unix_socket(argv[3], "dgram.sock", SOCK_DGRAM), POLLIN},
                           {listening((struct sockaddr *)&inet, sizeof inet, SOCK_STREAM), POLLIN}};
    socklen_t size = sizeof inet;
    getsockname(fds[6].fd, (struct sockaddr *)&inet, &size);
    if (uid > 0 && (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)) die("setresuid");
    prctl(PR_SET_DUMPABLE, 1);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    int locks = 0, quotas = 0;
    const char *plant = NULL;
    for (int i = 6; i < argc; i++) {
        if (!strcmp(argv[i], "locks")) locks = 1;
        if (!strcmp(argv[i], "quotas")) quotas = 1;
        if (!strncmp(argv[i], "plant:", 6)) plant = argv[i] + 6;
    }
    if (plant && chdir(plant) < 0) die(plant);
    printf("%d %d %lu\n", getpid(), ntohs(inet.sin_port), (unsigned long)word);
    fflush(stdout);
    for (;;) {
        poll(fds, 7, plant ? 0 : 10);
        for (int i = 1; i < 7; i++) {
            if (!fds[i].revents) continue;
            char bytes[256];
            if (i == 1) {
                struct signalfd_siginfo info;
                if (read(all_signals, &info, sizeof info) == sizeof info)
                    note("signal %d from %d", info.ssi_signo, info.ssi_pid);
                continue;
            }
            int fd = i == 3 || i == 5 ? -1 : accept(fds[i].fd, NULL, NULL);
            if (fd < 0) recv(fds[i].fd, bytes, sizeof bytes, MSG_DONTWAIT);
            else close(fd);
            note("reached %s", names[i]);
        }
        if (strcmp((char *)word, "untouched")) note("memory changed"), strcpy((char *)word, "untouched");
        if (!plant && traced()) note("traced by %d", traced());
        if (locks) {
            struct flock whole = {.l_type = F_WRLCK};
            if (flock(granted, LOCK_EX | LOCK_NB) < 0) note("locked by flock");
            else flock(granted, LOCK_UN);
            if (fcntl(granted, F_SETLK, &whole) < 0) note("locked by fcntl");
            whole.l_type = F_UNLCK;
            fcntl(granted, F_SETLK, &whole);
        }
        if (quotas) {
            timer_t timer;
            struct sigevent none = {.sigev_notify = SIGEV_NONE};
            if (timer_create(CLOCK_MONOTONIC, &none, &timer) < 0) note("no timer to be had");
            else timer_delete(timer);
            int watch = inotify_init1(IN_CLOEXEC);
            if (watch < 0) note("no inotify instance to be had");
            else close(watch);
        }
        if (plant) {
            syscall(316, AT_FDCWD, "swap", AT_FDCWD, "link", 2 /* RENAME_EXCHANGE */);
            syscall(316, AT_FDCWD, "entry", AT_FDCWD, "fifo", 2);
        }
        if (fds[0].revents) return 0;
    }
}
