// Rules:
// As: user
// dup, dup2, dup3, fcntl, close_range, limits, shared offsets, tables shared and copied.
#include "fixture.h"
#define TRY(call) show(#call, call)
static int table_child(void *fd) { close(*(int *)fd); return 0; }
int main(void) {
    make_file("f", "0123456789", 0644);
    int fd = must(open("f", O_RDWR));
    TRY(dup(fd));
    TRY(dup2(fd, 20));
    TRY(dup2(fd, fd));
    TRY(dup2(999, 5));
    TRY(dup2(999, 999));
    TRY(dup2(fd, -1));
    TRY(dup2(fd, 100000));
    TRY(dup3(fd, fd, 0));
    TRY(dup3(fd, 21, O_CLOEXEC));
    TRY(dup3(fd, 21, 1));
    TRY(fcntl(21, F_GETFD));
    TRY(fcntl(fd, F_DUPFD, 30));
    TRY(fcntl(fd, F_DUPFD_CLOEXEC, 30));
    TRY(fcntl(fd, F_DUPFD, 100000));
    TRY(fcntl(fd, F_GETFL) & O_ACCMODE);
    TRY(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_CREAT));
    TRY(fcntl(20, F_GETFL) & (O_APPEND | O_NONBLOCK | O_CREAT));
    TRY(fcntl(fd, F_SETFL, 0));
    TRY(fcntl(fd, F_SETFD, FD_CLOEXEC));
    TRY(fcntl(20, F_GETFD));
    TRY(fcntl(999, F_GETFD));
    TRY(fcntl(fd, 9999));
    TRY(dup(999));
    char text[11] = "";
    TRY(read(fd, text, 3));
    TRY(lseek(20, 0, SEEK_CUR));
    CHILD TRY(read(20, text, 2));
    TRY(lseek(fd, 0, SEEK_CUR));
    int other = must(open("f", O_RDONLY));
    TRY(lseek(other, 0, SEEK_CUR));
    TRY(close(-1));
    TRY(syscall(SYS_close_range, 40, 30, 0));
    TRY(syscall(SYS_close_range, 20, 21, 0));
    TRY(fcntl(20, F_GETFD));
    TRY(syscall(SYS_close_range, 30, ~0U, 4));
    TRY(fcntl(30, F_GETFD));
    TRY(syscall(SYS_close_range, 30, ~0U, 0));
    TRY(syscall(SYS_close_range, 30, 31, 64));
    pid_t pid;
    char *stack = malloc(65536);
    int victim = must(dup(fd));
    must(waitpid(must(clone(table_child, stack + 65536, SIGCHLD | CLONE_VM, &victim)), NULL, 0));
    show("closed in a copy", fcntl(victim, F_GETFD) >= 0 ? 0 : -1);
    must(waitpid(must(clone(table_child, stack + 65536, SIGCHLD | CLONE_VM | CLONE_FILES, &victim)), NULL, 0));
    show("closed in the shared table", fcntl(victim, F_GETFD));
    CHILD {
        must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){10, 10}));
        int n = 0;
        while (open("f", O_RDONLY) >= 0) n++;
        int e = errno;
        say("limit: %s, highest %d", errno_text(e), fcntl(9, F_GETFD) >= 0 && fcntl(10, F_GETFD) == -1);
        int fds[2];
        show("pipe", pipe(fds));
        show("dup", dup(0));
        show("dup2 to 9", dup2(0, 9));
        show("dup2 to 10", dup2(0, 10));
        show("socket", socket(AF_UNIX, SOCK_STREAM, 0));
        show("pidfd", pidfd_of(getpid()));
        close(5);
        show("after a close", open("f", O_RDONLY));
        close(6);
        show("one for a pipe", pipe(fds));
    }
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    int n = 0;
    while ((entry = readdir(dir))) n += entry->d_name[0] != '.';
    show("listed descriptors", n);
    closedir(dir);
    show_text("fdinfo flags", field(format_path("/proc/self/fdinfo/%d", fd), "flags"));
    show_text("fdinfo pos", field(format_path("/proc/self/fdinfo/%d", fd), "pos"));
    struct flock lock = {.l_type = F_WRLCK};
    TRY(fcntl(fd, F_SETLK, &lock));
    CHILD { struct flock l = {.l_type = F_WRLCK}; show("locked elsewhere", fcntl(fd, F_SETLK, &l)); show("who", fcntl(fd, F_GETLK, &l)); yes("the parent", l.l_pid == getppid()); }
    return 0;
}
