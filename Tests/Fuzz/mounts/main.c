// mounts [--as root|user] [--print] [--skip KINDS] [SEED[:KEEP]]... — without seeds, reads them from standard input, one a line.
// KINDS are steps' kinds to leave out, as mounts.h names them. KEEP names the steps to play ("0,3,7-12"), all without it.
#include "mounts.h"
#include "../common/arguments.h"
#include <sys/wait.h>

static bool as_root = true, only_print;
static const char *skipped = "";

static void print_plan(const struct plan *plan, const bool *keep) {
    char call[600];
    for (int i = 0; i < plan->steps; i++) {
        if (!keep[i]) continue;
        render(&plan->step[i], call, sizeof call);
        printf("%3d %c %s\n", i, 'A' + plan->step[i].task, call);
    }
}

static void play(const char *spec) {
    char copy[2048];
    static bool keep[STEPS];
    static struct plan plan;
    snprintf(copy, sizeof copy, "%s", spec);
    copy[strcspn(copy, "\r\n")] = 0;
    char *colon = strchr(copy, ':');
    if (colon) *colon = 0;
    make_plan(strtoull(copy, NULL, 0), as_root, &plan);
    read_keep(colon ? colon + 1 : NULL, keep, STEPS);
    for (int i = 0; i < plan.steps; i++) if (is_listed(skipped, operation_name(plan.step[i].op))) keep[i] = false;
    printf("=== %s%s%s\n", copy, colon ? ":" : "", colon ? colon + 1 : "");
    if (only_print) { print_plan(&plan, keep); return; }
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        int status = control(&plan, keep, as_root);
        fflush(stdout);
        _exit(status);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0) printf("no controller: %s\n", error_name(errno));
    else if (WIFSIGNALED(status)) printf("controller killed by %d\n", WTERMSIG(status));
    fflush(stdout);
}

int main(int count, char **arguments) {
    int i = 1;
    for (; i < count && arguments[i][0] == '-'; i++) {
        if (!strcmp(arguments[i], "--print")) only_print = true;
        else if (!strcmp(arguments[i], "--as") && i + 1 < count) as_root = !strcmp(arguments[++i], "root");
        else if (!strcmp(arguments[i], "--skip") && i + 1 < count) skipped = arguments[++i];
        else { fprintf(stderr, "unknown option %s\n", arguments[i]); return 2; }
    }
    char line[2048];
    if (i < count) for (; i < count; i++) play(arguments[i]);
    else while (fgets(line, sizeof line, stdin)) play(line);
    printf("=== end\n");
    return 0;
}
