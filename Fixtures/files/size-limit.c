// Rules:
// As: root user
// RLIMIT_FSIZE: EFBIG and SIGXFSZ from each call that would make a file larger, and from none that does not.
#include "fixture.h"
#include <sys/sendfile.h>
#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1
#endif
static volatile sig_atomic_t signals;
static int sender_is_self, code;
static void note(int signal, siginfo_t *info, void *context) {
    signals++;
    sender_is_self = info->si_pid == getpid() && info->si_uid == getuid();
    code = info->si_code;
}
static void tell(const char *what, long result) {
    int error = errno;
    say("%s: %ld %s, %d signals", what, result, result < 0 ? errno_text(error) : "", (int)signals);
    signals = 0;
}
static char buffer[40000];
static void limit(rlim_t value) { must(setrlimit(RLIMIT_FSIZE, &(struct rlimit){value, RLIM_INFINITY})); }
static void on(const char *name, int fd) {
    say("%s", name);
    limit(1000);
    tell("write", write(fd, buffer, 3000));
    tell("write at the end", write(fd, buffer, 1));
    tell("long write at the end", write(fd, buffer, sizeof buffer));
    tell("nothing", write(fd, buffer, 0));
    tell("anew", pwrite(fd, buffer, 1000, 0));
    tell("across", pwrite(fd, buffer, 1000, 500));
    tell("beyond", pwrite(fd, buffer, 1, 5000));
    struct iovec pieces[2] = {{buffer, 400}, {buffer, 800}};
    tell("pwritev", pwritev(fd, pieces, 2, 0));
    tell("pwritev beyond", pwritev(fd, pieces, 2, 1000));
    tell("ftruncate", ftruncate(fd, 5000));
    tell("ftruncate to the limit", ftruncate(fd, 1000));
    tell("ftruncate below", ftruncate(fd, 800));
    tell("fallocate", fallocate(fd, 0, 0, 9000));
    tell("fallocate in it", fallocate(fd, 0, 0, 500));
    int other = must(memfd_create("from", 0));
    limit(RLIM_INFINITY);
    must(write(other, buffer, 9000));
    must(ftruncate(fd, 2000));
    limit(1000);
    off_t from = 0;
    must(lseek(fd, 600, SEEK_SET));
    tell("sendfile", sendfile(fd, other, &from, 9000));
    tell("sendfile at the end", sendfile(fd, other, &from, 1000));
    tell("shorter, and above the limit", ftruncate(fd, 1500));
    struct stat status;
    must(fstat(fd, &status));
    say("size %ld", (long)status.st_size);
    limit(RLIM_INFINITY);
    tell("without limit", pwrite(fd, buffer, 1, 5000));
    close(fd);
    close(other);
}
int main(void) {
    must(sigaction(SIGXFSZ, &(struct sigaction){.sa_sigaction = note, .sa_flags = SA_SIGINFO}, NULL));
    on("file", must(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600)));
    yes("sent as by itself", sender_is_self && code == SI_USER);
    on("memory", must(memfd_create("m", MFD_CLOEXEC)));
    limit(1000);
    int fd = must(open("g", O_RDWR | O_CREAT | O_APPEND | O_TRUNC, 0600));
    tell("truncate", truncate("g", 5000));
    tell("truncate to the limit", truncate("g", 1000));
    tell("append", write(fd, buffer, 1));
    int copied = must(open("f", O_RDWR));
    off_t from = 0, to = 500;
    tell("copy_file_range", copy_file_range(copied, &from, fd, &to, 10, 0));
    close(fd);
    fd = must(open("g", O_RDWR));
    from = 0, to = 500;
    tell("copy up to the limit", copy_file_range(copied, &from, fd, &to, 2000, 0));
    tell("copy beyond", copy_file_range(copied, &from, fd, &to, 2000, 0));
    signal(SIGXFSZ, SIG_IGN);
    tell("ignored", ftruncate(fd, 5000));
    tell("ignored", pwrite(fd, buffer, 1, 5000));
    signal(SIGXFSZ, SIG_DFL);
    pid_t pid;
    SPAWN(pid) truncate("g", 5000);
    report_status("truncate", wait_status(pid));
    SPAWN(pid) pwrite(fd, buffer, 1, 5000);
    report_status("pwrite", wait_status(pid));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    sigprocmask(SIG_BLOCK, &set, NULL);
    tell("blocked", ftruncate(fd, 5000));
    tell("blocked", pwrite(fd, buffer, 1, 5000));
    siginfo_t info;
    show("waits", sigtimedwait(&set, &info, &(struct timespec){1, 0}));
    show("waits no more", sigtimedwait(&set, &info, &(struct timespec){0, 0}));
    // Other files have no size.
    int ends[2];
    must(pipe(ends));
    limit(0);
    show("pipe", write(ends[1], buffer, 10));
    unlink("f");
    unlink("g");
    return 0;
}
