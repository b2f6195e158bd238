// sequence [--as root|user] [--print] [--raw] [--skip KINDS] [SEED[:KEEP]]... — without seeds, reads them from standard input, one a line.
// KINDS are steps' kinds to leave out, as sequence.h names them. KEEP names the steps to play ("0,3,7-12"), all without it. Each seed is played in a subtree of its own.
#include "sequence.h"
#include "../common/arguments.h"
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char base[64];
static bool as_root = true, only_print;
static int number;
static const char *skipped = "";

/// Kinds are operations, and O_PATH for whatever opens so.
static bool is_skipped(const struct step *s) {
    bool by_path = (s->op == OP_EXEC && s->a[1]) || ((s->op == OP_OPEN_NS || s->op == OP_SETNS_PATH) && s->a[2] & O_PATH);
    return is_listed(skipped, operation_name(s->op)) || (by_path && is_listed(skipped, "O_PATH"));
}

static void print_plan(const struct plan *plan, const bool *keep) {
    char call[600];
    for (int i = 0; i < plan->steps; i++) {
        if (!keep[i]) continue;
        render(&plan->step[i], call, sizeof call);
        printf("%3d %c %s\n", i, 'A' + plan->step[i].task, call);
    }
}

static void prepare(void) {
    const char *parent = getenv("FUZZ_DIRECTORY");
    snprintf(base, sizeof base, "%.40s/fuzz.XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(base)) { printf("cannot make a directory: %s\n", error_name(errno)); exit(1); }
    chmod(base, 0755);
    char path[80], buffer[65536];
    snprintf(path, sizeof path, "%s/program", base);
    int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), out = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
    if (in < 0 || out < 0) { printf("cannot copy the program: %s\n", error_name(errno)); exit(1); }
    for (ssize_t n; (n = read(in, buffer, sizeof buffer)) > 0;) if (write(out, buffer, n) != n) exit(1);
    close(in);
    close(out);
    chmod(path, 0755);
}

static void play(const char *spec) {
    char copy[2048];
    static bool keep[STEPS];
    static struct plan plan;
    snprintf(copy, sizeof copy, "%s", spec);
    copy[strcspn(copy, "\r\n")] = 0;
    char *colon = strchr(copy, ':');
    if (colon) *colon = 0;
    uint64_t seed = strtoull(copy, NULL, 0);
    make_plan(seed, as_root, &plan);
    read_keep(colon ? colon + 1 : NULL, keep, STEPS);
    for (int i = 0; i < plan.steps; i++) if (is_skipped(&plan.step[i])) keep[i] = false;
    printf("=== %s%s%s\n", copy, colon ? ":" : "", colon ? colon + 1 : "");
    if (raw_steps) printf("copies %d\n", plan.exec_copies);
    if (only_print) { print_plan(&plan, keep); return; }
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        int status = control(seed, &plan, keep, as_root, base, number);
        fflush(stdout);
        _exit(status);
    }
    number++;
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0) printf("no controller: %s\n", error_name(errno));
    else if (WIFSIGNALED(status)) printf("controller killed by %d\n", WTERMSIG(status));
    fflush(stdout);
}

/// After an exec by a step: the program goes on as the task it was.
static int go_on(void) {
    const char *slot = getenv("FUZZ_SLOT"), *scratch = getenv("FUZZ_SCRATCH");
    setenv("AT_SECURE", getauxval(AT_SECURE) ? "1" : "0", 1);
    snprintf(here.scratch, sizeof here.scratch, "%s", scratch ? scratch : "");
    begin_task(slot ? atoi(slot) : 0, true);
    task_loop(slot ? atoi(slot) : 0);
}

int main(int count, char **arguments) {
    if (count > 1 && !strcmp(arguments[1], "--task")) return go_on();
    int i = 1;
    for (; i < count && arguments[i][0] == '-'; i++) {
        if (!strcmp(arguments[i], "--print")) only_print = true;
        else if (!strcmp(arguments[i], "--raw")) raw_steps = true;
        else if (!strcmp(arguments[i], "--as") && i + 1 < count) as_root = !strcmp(arguments[++i], "root");
        else if (!strcmp(arguments[i], "--skip") && i + 1 < count) skipped = arguments[++i];
        else { fprintf(stderr, "unknown option %s\n", arguments[i]); return 2; }
    }
    if (!only_print) prepare();
    char line[2048];
    if (i < count) for (; i < count; i++) play(arguments[i]);
    else while (fgets(line, sizeof line, stdin)) play(line);
    if (!only_print) {
        char path[80];
        snprintf(path, sizeof path, "%s/program", base);
        unlink(path);
        rmdir(base);
    }
    printf("=== end\n");
    return 0;
}
