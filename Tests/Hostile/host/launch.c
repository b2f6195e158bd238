// launch REPORT SECONDS UID LIMITS COMMAND…: starts a sandbox as `UID` (−1: as it is) in a session with a
// terminal of its own, waits for its end, and reports how it ended and what it left behind, a line each. LIMITS are pairs
// like "nproc=40,stack=512"; core dumps are off unless core=1, and after kill=N milliseconds nsentry is killed.
//
//   exit N | signal N        how nsentry ended
//   hang                     it did not within SECONDS and was killed
//   left PID NAME            a process that was there three seconds after the end
//   typed N                  bytes that somebody put into the terminal's input
//   foreground PID           another process group has become the terminal's
//
// It is a subreaper: whatever outlives the sandbox becomes its child. What it leaves is killed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}
static void die(const char *what) {
    fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
    _exit(125);
}
static void limit(const char *limits, const char *name, int resource, long unit) {
    const char *at = strstr(limits, name);
    if (!at && resource != RLIMIT_CORE) return;
    rlim_t value = at ? strtoul(at + strlen(name), NULL, 10) * unit : 0;
    if (at && resource == RLIMIT_CORE) value = RLIM_INFINITY;
    if (setrlimit(resource, &(struct rlimit){value, value}) < 0) die("setrlimit");
}
static void nap(void) { nanosleep(&(struct timespec){0, 2000000}, NULL); }

/// The names and numbers of this process's living children; kills them all.
static int sweep(FILE *report) {
    char path[64], text[8192] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    int fd = open(path, O_RDONLY | O_CLOEXEC), count = 0;
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0) return 0;
    close(fd);
    for (char *at = text; *at;) {
        char *next;
        pid_t pid = strtol(at, &next, 10);
        if (next == at) break;
        at = next + strspn(next, " ");
        char name[32] = "?";
        snprintf(path, sizeof path, "/proc/%d/comm", pid);
        if ((fd = open(path, O_RDONLY | O_CLOEXEC)) >= 0) {
            ssize_t n = read(fd, name, sizeof name - 1);
            name[n > 0 ? n - 1 : 0] = 0;
            close(fd);
        }
        if (report && count < 5) fprintf(report, "left %d %s\n", pid, name);
        kill(pid, SIGKILL);
        count++;
    }
    return count;
}
static void drain(int master) {
    char bytes[4096];
    while (read(master, bytes, sizeof bytes) > 0) {}
}

int main(int argc, char **argv) {
    if (argc < 6) return 125;
    FILE *report = fopen(argv[1], "we");
    if (!report) die(argv[1]);
    double patience = atof(argv[2]);
    int uid = atoi(argv[3]);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    signal(SIGHUP, SIG_IGN), signal(SIGTTOU, SIG_IGN), signal(SIGINT, SIG_IGN);
    if (setsid() < 0 && getsid(0) != getpid()) die("setsid");
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) die("posix_openpt");
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (terminal < 0) die("the terminal");
    struct termios settings;
    tcgetattr(terminal, &settings);
    cfmakeraw(&settings);
    tcsetattr(terminal, TCSANOW, &settings);
    if (uid > 0 && fchown(terminal, uid, -1) < 0) die("fchown");
    if (ioctl(terminal, TIOCSCTTY, 0) < 0) die("TIOCSCTTY");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        setpgid(0, 0);
        tcsetpgrp(terminal, getpid());
        signal(SIGHUP, SIG_DFL), signal(SIGTTOU, SIG_DFL), signal(SIGINT, SIG_DFL);
        dup2(terminal, 0);
        if (terminal > 2) close(terminal);
        if (uid > 0 && (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0))
            die("setresuid");
        limit(argv[4], "core=", RLIMIT_CORE, 1);
        limit(argv[4], "nproc=", RLIMIT_NPROC, 1);
        limit(argv[4], "sigpending=", RLIMIT_SIGPENDING, 1);
        limit(argv[4], "stack=", RLIMIT_STACK, 1024);
        execv(argv[5], argv + 5);
        die(argv[5]);
    }
    setpgid(pid, pid);
    tcsetpgrp(terminal, pid);
    double end = now() + patience, death = 0;
    const char *killing = strstr(argv[4], "kill=");
    if (killing) death = now() + atoi(killing + 5) / 1000.0;
    int status, ended = 0;
    while (now() < end) {
        pid_t got = waitpid(-1, &status, WNOHANG | __WALL);
        if (got == pid) {
            ended = 1;
            break;
        }
        drain(master);
        if (death && now() > death) kill(pid, SIGKILL);
        if (got <= 0) nap();
    }
    if (ended && WIFEXITED(status)) fprintf(report, "exit %d\n", WEXITSTATUS(status));
    if (ended && WIFSIGNALED(status) && !(death && WTERMSIG(status) == SIGKILL)) fprintf(report, "signal %d\n", WTERMSIG(status));
    if (!ended) {
        fprintf(report, "hang\n");
        kill(pid, SIGKILL);
    }
    // What is being killed may take a moment.
    for (end = now() + 3; now() < end;) {
        pid_t got = waitpid(-1, &status, WNOHANG | __WALL);
        if (got < 0 && errno == ECHILD) break;
        if (got <= 0) nap();
    }
    for (int round = 0; round < 50 && sweep(round == 0 ? report : NULL); round++) {
        while (waitpid(-1, &status, WNOHANG | __WALL) > 0) {}
        nap();
    }
    int typed = 0;
    ioctl(terminal, FIONREAD, &typed);
    if (typed) fprintf(report, "typed %d\n", typed);
    pid_t front = tcgetpgrp(terminal);
    if (front >= 0 && front != pid && front != getpgrp()) fprintf(report, "foreground %d\n", front);
    fclose(report);
    return 0;
}
