// The controller: makes a world, hands out steps one by one, and prints the answers and how views changed.
#include "mounts.h"
#include <grp.h>
#include <poll.h>
#include <time.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { PATIENCE = 5000 };

static struct command command;
static struct reply answers[TASKS];

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/// Waits for a task's answer. A word for the transcript when there is none, else NULL.
static const char *listen_to(int slot) {
    struct reply *reply = &answers[slot];
    struct pollfd ready = { REPLY_READ + slot, POLLIN, 0 };
    for (long start = now(); poll(&ready, 1, 100) <= 0;) {
        int status;
        if (waitpid(command.pids[slot], &status, WNOHANG) > 0) return "DIED";
        if (now() - start > PATIENCE) return "TIMEOUT";
    }
    if (read(REPLY_READ + slot, &reply->length, sizeof reply->length) != sizeof reply->length) return "GARBLED";
    if (reply->length < 0 || reply->length >= (int)sizeof reply->text) return "GARBLED";
    for (int got = 0; got < reply->length;) {
        ssize_t n = read(REPLY_READ + slot, reply->text + got, reply->length - got);
        if (n <= 0) return "GARBLED";
        got += n;
    }
    reply->text[reply->length] = 0;
    return NULL;
}

static const char *ask(int slot, const struct step *s) {
    command.step = *s;
    if (write(COMMAND_WRITE + slot, &command, sizeof command) != sizeof command) return "DIED";
    return listen_to(slot);
}

/// Prints how the acting task's view changed, and then the others'.
static const char *print_views(int acting) {
    bool changed[TASKS];
    const char *seen[TASKS] = { 0 };
    look_at_all(command.pids, changed);
    for (int i = 0; i < TASKS; i++) {
        if (i != acting && changed[i]) {
            const char *trouble = ask(i, &(struct step){ .op = OP_VIEW, .task = (uint8_t)i });
            if (trouble) return trouble;
        }
        if (i != acting && !changed[i]) continue;
        if ((seen[i] = strchr(answers[i].text, '\n'))) mark_seen(++seen[i]);
    }
    mark_all_seen();
    forget_unseen();
    if (acting >= 0) print_changes(acting, seen[acting], true);
    for (int i = 0; i < TASKS; i++) if (i != acting && changed[i]) print_changes(i, seen[i], acting < 0 && i == 0);
    return NULL;
}

static bool adds_mounts(int op) {
    return op == OP_MOUNT || op == OP_BIND || op == OP_MOVE || op == OP_BIND_NS || op == OP_MOVE_MOUNT || op == OP_OPEN_TREE
        || op == OP_FSMOUNT;
}

/// Plays one step; false when the sequence cannot go on.
static bool play_step(int index, const struct step *s) {
    char call[600];
    render(s, call, sizeof call);
    printf("%3d %c %s = ", index, 'A' + s->task, call);
    if (adds_mounts(s->op) && most_mounts() > MOUNTS) { printf("full\n"); return true; }
    const char *trouble = ask(s->task, s);
    if (!trouble) {
        char *text = answers[s->task].text;
        printf("%.*s\n", (int)strcspn(text, "\n"), text);
        trouble = print_views(s->task);
    }
    if (trouble) printf("%s\n", trouble);
    return !trouble;
}

static void must(long result, const char *what) {
    if (result >= 0) return;
    printf("cannot %s: %s\n", what, error_name(errno));
    fflush(stdout);
    _exit(80);
}

static void lay_pipes(void) {
    for (int i = 0; i < TASKS; i++) {
        int pair[2];
        must(pipe(pair), "make a pipe");
        dup2(pair[0], COMMAND_READ + i); dup2(pair[1], COMMAND_WRITE + i);
        close(pair[0]); close(pair[1]);
        must(pipe(pair), "make a pipe");
        dup2(pair[0], REPLY_READ + i); dup2(pair[1], REPLY_WRITE + i);
        close(pair[0]); close(pair[1]);
    }
}

/// Numbers of namespaces are handed out for each CPU: on one they follow the order in which the namespaces were made.
static void stay_on_one_cpu(void) {
    cpu_set_t set;
    int cpu = sched_getcpu();
    CPU_ZERO(&set);
    CPU_SET(cpu < 0 ? 0 : cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/// Goes into a copy of the mount namespace in which nothing can be taken away, as if it came from one of more privilege: below `/`
/// lies the host's first root file system, which must not come to light.
static void lock_mounts(void) {
    int made[2], copied[2];
    char byte = 0, path[40];
    must(pipe(made), "make a pipe");
    must(pipe(copied), "make a pipe");
    pid_t pid = fork();
    must(pid, "fork");
    if (pid == 0) {
        close(copied[1]);
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) write(made[1], &byte, 1);
        read(copied[0], &byte, 1);
        _exit(0);
    }
    close(made[1]);
    must(read(made[0], &byte, 1) == 1 ? 0 : -1, "make a user namespace");
    snprintf(path, sizeof path, "%d/ns/mnt", pid);
    int fd = openat(PROC, path, O_RDONLY | O_CLOEXEC);
    must(fd, "open a mount namespace");
    must(setns(fd, CLONE_NEWNS), "setns");
    close(fd);
    close(copied[0]); close(copied[1]); close(made[0]);
    must(waitpid(pid, NULL, 0), "wait");
    must(unshare(CLONE_NEWNS), "unshare");
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make / private");
    must(umount2("/", MNT_DETACH) < 0 && errno == EINVAL ? 0 : -1, "lock /");
}

/// A mount namespace with nothing but a furnished tmpfs as `/` and a /proc, and another /proc that nobody can reach.
static void make_world(bool as_root) {
    static const char *const directories[] = { "a", "b", "c", "a/x", "a/y", "b/x", "b/y", "c/x", "a/x/x", "b/x/x", "proc" };
    static const char *const files[] = { "f", "a/f", "b/f" };
    must(unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS), "unshare");
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make / private");
    must(mount("world", "/tmp", "tmpfs", 0, "mode=755"), "mount a tmpfs");
    must(chdir("/tmp"), "chdir");
    for (unsigned i = 0; i < sizeof directories / sizeof *directories; i++) must(mkdir(directories[i], 0755), "mkdir");
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        int fd = open(files[i], O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        must(fd, "create");
        close(fd);
    }
    must(symlink("a/x", "l"), "symlink");
    must(symlink("../f", "a/l"), "symlink");
    for (unsigned i = 0; !as_root && i < sizeof directories / sizeof *directories; i++) chown(directories[i], USER, USER);
    for (unsigned i = 0; !as_root && i < sizeof files / sizeof *files; i++) chown(files[i], USER, USER);
    if (!as_root) chown(".", USER, USER);
    must(mount("proc", "proc", "proc", 0, NULL), "mount proc");
    int proc = open("proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    must(proc, "open proc");
    must(dup2(proc, PROC), "dup2");
    close(proc);
    must(umount2("proc", MNT_DETACH), "umount proc");
    must(mount("proc", "proc", "proc", 0, NULL), "mount proc");
    must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    must(umount2(".", MNT_DETACH), "umount the old root");
    must(chdir("/"), "chdir");
    lock_mounts();
}

static void begin_task(int slot, bool as_root) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!as_root && (setresgid(USER, USER, USER) < 0 || setresuid(USER, USER, USER) < 0)) _exit(83);
    if (!as_root) prctl(PR_SET_DUMPABLE, 1);
    task_loop(slot);
}

int control(const struct plan *plan, const bool *keep, bool as_root) {
    setgroups(0, NULL);
    umask(022);
    stay_on_one_cpu();
    lay_pipes();
    make_world(as_root);
    fflush(stdout);
    for (int i = 0; i < TASKS; i++) {
        command.pids[i] = fork();
        if (command.pids[i] == 0) begin_task(i, as_root);
        must(command.pids[i], "fork");
    }
    const char *trouble = print_views(-1);
    bool good = !trouble;
    for (int i = 0; i < plan->steps && good; i++) {
        if (keep[i]) good = play_step(i, &plan->step[i]);
        if (getenv("FUZZ_FLUSH")) fflush(stdout);
    }
    if (!good) printf("    stopped %s\n", trouble ? trouble : "");
    for (int i = 0; i < TASKS; i++) kill(command.pids[i], SIGKILL);
    while (waitpid(-1, NULL, 0) > 0) { }
    return good ? 0 : 1;
}
