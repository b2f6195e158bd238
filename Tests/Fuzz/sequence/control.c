// The controller: hands out steps one by one, collects the answers, names what they show, writes the transcript.
#include "sequence.h"
#include <poll.h>
#include <time.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <linux/capability.h>

enum { PATIENCE = 5000, NAMES = 400 };

static struct peer peers[TASKS];
static bool alive[TASKS];
static struct { char type[12]; char number[20]; int index; } names[NAMES];
static int name_count;
static struct reply answer;

/// Whether the process has ended (a zombie, or gone).
static bool has_ended(int pid) {
    char path[40], text[256];
    sprintf(path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return true;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return true;
    text[n] = 0;
    const char *end = strrchr(text, ')');
    return !end || end[2] == 'Z' || end[2] == 'X';
}

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/// Waits for an answer of the task in this slot. A word for the transcript when there is none, else NULL.
static const char *listen_to(int slot, int pid) {
    long start = now();
    struct pollfd ready = { REPLY_READ + slot, POLLIN, 0 };
    for (int wait = 50;; wait = 200) {
        int n = poll(&ready, 1, wait);
        if (n > 0) break;
        if (pid && has_ended(pid) && poll(&ready, 1, 0) <= 0) return "DIED";
        if (now() - start > PATIENCE) return "TIMEOUT";
    }
    size_t head = offsetof(struct reply, text);
    if (read(REPLY_READ + slot, &answer, head) != (ssize_t)head) return "GARBLED";
    if (answer.length < 0 || answer.length >= (int)sizeof answer.text) return "GARBLED";
    if (answer.length && read(REPLY_READ + slot, answer.text, answer.length) != answer.length) return "GARBLED";
    answer.text[answer.length] = 0;
    return NULL;
}

/// Namespaces found for the first time are held open, so that their numbers are not given out again.
static void hold_namespaces(void) {
    char path[64];
    for (int i = 0; i < TASKS; i++)
        for (int t = 0; alive[i] && t < 10; t++) {
            snprintf(path, sizeof path, "/proc/%d/ns/%s", peers[i].outer, namespace_names[t]);
            if (open(path, O_RDONLY | O_CLOEXEC) < 0) continue;
        }
}

static int name_namespace(const char *type, size_t type_length, const char *number, size_t length) {
    int next = 0;
    for (int i = 0; i < name_count; i++) {
        if (strlen(names[i].type) != type_length || memcmp(names[i].type, type, type_length)) continue;
        if (strlen(names[i].number) == length && !memcmp(names[i].number, number, length)) return names[i].index;
        next++;
    }
    if (name_count == NAMES || type_length > 11 || length > 19) return 999;
    memcpy(names[name_count].type, type, type_length);
    memcpy(names[name_count].number, number, length);
    names[name_count].index = next;
    name_count++;
    return next;
}

/// Prints text with each "type:[number]" as "type#index".
static void print_named(const char *text) {
    int before = name_count;
    for (const char *at = text; *at; at++) {
        if (at[0] == ':' && at[1] == '[' && at[2] >= '0' && at[2] <= '9') {
            const char *type = at, *end = strchr(at, ']');
            while (type > text && type[-1] >= 'a' && type[-1] <= 'z') type--;
            if (end) {
                printf("#%d", name_namespace(type, (size_t)(at - type), at + 2, (size_t)(end - at - 2)));
                at = end;
                continue;
            }
        }
        putchar(*at);
    }
    if (name_count != before) hold_namespaces();
}

/// Takes a task's word about its pids; returns what follows.
static const char *note_peer(int slot) {
    char *at = answer.text;
    struct peer *peer = &peers[slot];
    memset(peer, 0, sizeof *peer);
    peer->levels = (int)strtol(at, &at, 10);
    if (peer->levels > LEVELS) peer->levels = LEVELS;
    for (int i = 0; i < peer->levels; i++) peer->number[i] = (int)strtol(at, &at, 10);
    peer->outer = peer->number[0];
    alive[slot] = true;
    return *at == ';' ? at + 1 : at;
}

static void after_exit(int slot) {
    for (long start = now(); !has_ended(peers[slot].outer) && now() - start < PATIENCE;) usleep(200);
    alive[slot] = false;
    // The end of a PID namespace's init ends its members.
    for (int i = 0; i < TASKS; i++)
        if (alive[i] && has_ended(peers[i].outer)) {
            alive[i] = false;
            printf("    %c ended\n", 'A' + i);
        }
}

/// Plays one step; false when the sequence cannot go on.
static bool play_step(int index, const struct step *s) {
    static struct command command;
    char call[600];
    render(s, call, sizeof call);
    printf("%3d %c %s", index, 'A' + s->task, call);
    if (!alive[s->task]) { printf(" = no task\n"); return true; }
    if (s->op == OP_FORK && peers[s->target].outer) { printf(" = taken\n"); return true; }
    command.step = *s;
    memcpy(command.peers, peers, sizeof peers);
    if (write(COMMAND_WRITE + s->task, &command, sizeof command) != sizeof command) return false;
    const char *trouble = listen_to(s->task, peers[s->task].outer);
    if (trouble) {
        printf(" = %s\n", trouble);
        alive[s->task] = false;
        return !strcmp(trouble, "DIED");
    }
    printf(" = ");
    const char *text = s->op == OP_EXEC && strchr(answer.text, ';') ? note_peer(s->task) : answer.text;
    bool created = answer.created;
    print_named(text);
    putchar('\n');
    if (created) {
        trouble = listen_to(s->target, 0);
        if (trouble) { printf("    %c %s\n", 'A' + s->target, trouble); return false; }
        text = note_peer(s->target);
        printf("  %c:", 'A' + s->target);
        print_named(text);
        putchar('\n');
    }
    if (s->op == OP_EXIT) after_exit(s->task);
    return true;
}

static void lay_pipes(void) {
    for (int i = 0; i < TASKS; i++) {
        int pair[2];
        if (pipe(pair) < 0) exit(80);
        dup2(pair[0], COMMAND_READ + i); dup2(pair[1], COMMAND_WRITE + i);
        close(pair[0]); close(pair[1]);
        if (pipe(pair) < 0) exit(80);
        dup2(pair[0], REPLY_READ + i); dup2(pair[1], REPLY_WRITE + i);
        close(pair[0]); close(pair[1]);
    }
}

static void copy_program(const char *from, const char *to) {
    char buffer[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0755);
    if (in < 0 || out < 0) { printf("cannot copy the program: %s\n", error_name(errno)); exit(81); }
    for (ssize_t n; (n = read(in, buffer, sizeof buffer)) > 0;)
        if (write(out, buffer, n) != n) exit(81);
    close(in);
    close(out);
}

static void lay_files(const char *base, int number, const struct plan *plan, bool as_root) {
    static const struct { uid_t uid; gid_t gid; mode_t mode; } made[FILES + 1] = {
        { 0, 0, 0644 }, { 1000, 1000, 0640 }, { 1001, 1000, 0660 }, { 100000, 100000, 0606 }, { 1000, 0, 02755 },
        { 1000, 1000, 0755 },
    };
    char path[256];
    umask(0);
    snprintf(here.scratch, sizeof here.scratch, "%s/%d", base, number);
    mkdir(here.scratch, 0777);
    chown(here.scratch, as_root ? 0 : 1000, as_root ? 0 : 1000);
    umask(022);
    for (int i = 0; i <= FILES; i++) {
        file_path(i < FILES ? i : FILES + COPIES, path, sizeof path);
        if (i < FILES) {
            int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
            if (fd < 0 || write(fd, "data\n", 5) != 5) exit(82);
            close(fd);
        } else mkdir(path, 0700);
        chown(path, made[i].uid, made[i].gid);
        chmod(path, made[i].mode);
    }
    char program[232];
    snprintf(program, sizeof program, "%s/program", base);
    for (int i = 0; plan->exec_copies && i < COPIES; i++) {
        file_path(FILES + i, path, sizeof path);
        copy_program(program, path);
        if (!as_root && i == 0) chown(path, 1000, 1000);
    }
}

static void remove_files(void) {
    char path[256];
    for (int i = 0; i < FILES + COPIES + 6; i++) {
        file_path(i, path, sizeof path);
        if (unlink(path) < 0) rmdir(path);
    }
    rmdir(here.scratch);
}

/// Makes the world the same on every host: no CAP_SYS_RESOURCE (some hosts' root lacks it), known limits and names.
static void level_ground(void) {
    struct rlimit files = { 1024, 4096 }, core = { 0, 0 };
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct d[2];
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setsid();
    setrlimit(RLIMIT_CORE, &core);
    setrlimit(RLIMIT_NOFILE, &files);
    setgroups(0, NULL);
    unshare(CLONE_NEWUTS | CLONE_NEWIPC);
    sethostname("fuzz", 4);
    prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE);
    if (syscall(SYS_capget, &header, d) == 0) {
        uint32_t bit = 1u << CAP_SYS_RESOURCE;
        d[0].effective &= ~bit; d[0].permitted &= ~bit; d[0].inheritable = d[1].inheritable = 0;
        syscall(SYS_capset, &header, d);
    }
}

int control(uint64_t seed, const struct plan *plan, const bool *keep, bool as_root, const char *base, int number) {
    (void)seed;
    lay_pipes();
    lay_files(base, number, plan, as_root);
    level_ground();
    fflush(stdout);
    pid_t first = fork();
    if (first == 0) {
        if (!as_root && (setresgid(1000, 1000, 1000) < 0 || setresuid(1000, 1000, 1000) < 0)) _exit(83);
        if (!as_root) prctl(PR_SET_DUMPABLE, 1);
        begin_task(0, false);
        task_loop(0);
    }
    bool good = first > 0 && !listen_to(0, first);
    if (good) {
        const char *text = note_peer(0);
        printf("  A:");
        print_named(text);
        putchar('\n');
        for (int i = 0; i < plan->steps && good; i++) {
            if (!keep[i]) continue;
            good = play_step(i, &plan->step[i]);
            if (getenv("FUZZ_FLUSH")) fflush(stdout);
        }
    } else printf("no first task\n");
    if (!good) printf("    stopped\n");
    for (int i = 0; i < TASKS; i++) if (peers[i].outer) kill(peers[i].outer, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0) { }
    remove_files();
    return good ? 0 : 1;
}
