// launch root|user PROGRAM [ARGUMENT…]: runs a fixture in a known state, as a child, so that it is not process 1 of a
// sandbox (the init of a PID namespace is immune to most signals). The state is the same on the host and under nsentry:
// no open files but 0, 1, 2; an empty environment; a fresh working directory; a session of its own; default limits.
//
// root: all ids 0 and every capability but CAP_SYS_RESOURCE, which some virtual machines and containers withhold.
// user: all ids 1000, no groups, no capabilities, the same bounding set.
#include "fixture.h"

static void die(const char *what) {
    say("launch: %s: %s", what, errno_text(errno));
    _exit(125);
}

/// Kills what the fixture left behind: as the subreaper (or process 1) we are its parent now.
static void sweep(void) {
    if (getpid() == 1) return;
    for (int round = 0; round < 50; round++) {
        char *text = get(format_path("/proc/%d/task/%d/children", getpid(), getpid()));
        if (*text == '!' || *text == 0) return;
        for (char *at = text; *at;) {
            pid_t pid = strtol(at, &at, 10);
            if (pid > 1) kill(pid, SIGKILL);
            while (*at == ' ') at++;
        }
        usleep(2000);
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) {}
    }
}

static void become_identity(bool root) {
    if (geteuid() != 0) {
        if (root) die("not root");
        return;
    }
    prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0);
    if (syscall(SYS_setgroups, 0, NULL) == -1) die("setgroups");
    uid_t id = root ? 0 : 1000;
    if (syscall(SYS_setresgid, id, id, id) == -1 || syscall(SYS_setresuid, id, id, id) == -1) die("setresuid");
    if (root) caps_set(caps_permitted() & ~BIT(CAP_SYS_RESOURCE), caps_permitted() & ~BIT(CAP_SYS_RESOURCE), 0);
}

static volatile pid_t fixture;

/// The runner's patience is at an end: nothing may be left behind.
static void on_terminate(int number) {
    kill(-fixture, SIGKILL);
    sweep();
    _exit(124);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        say("usage: launch root|user PROGRAM [ARGUMENT…]");
        return 125;
    }
    bool root = !strcmp(argv[1], "root");
    char program[PATH_MAX];
    if (!realpath(argv[2], program)) die(argv[2]);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    syscall(SYS_close_range, 3, ~0U, 0);
    char directory[] = "/tmp/fixture.XXXXXX";
    if (!mkdtemp(directory)) die("mkdtemp");
    if (geteuid() == 0 && !root && chown(directory, 1000, 1000) == -1) die("chown");
    if (chmod(directory, 0755) == -1 || chdir(directory) == -1) die("chdir");
    umask(022);

    pid_t pid = fork();
    if (pid == -1) die("fork");
    if (pid == 0) {
        setsid();
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        for (int i = 1; i < 65; i++) signal(i, SIG_DFL);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){1024, 4096});
        become_identity(root);
        char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
        execve(program, argv + 2, environment);
        die("exec");
    }
    fixture = pid;
    signal(SIGTERM, on_terminate);
    int status = wait_status(pid);
    sweep();
    if (chdir("/") == 0 && fork() == 0) {
        execl("/bin/rm", "rm", "-rf", directory, NULL);
        _exit(1);
    }
    wait(NULL);
    if (WIFSIGNALED(status)) {
        say("fixture killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
        return 128 + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
}
