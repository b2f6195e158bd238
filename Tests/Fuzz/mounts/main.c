// mounts [--as root|user] [--print] [--skip KINDS] [SEED[:KEEP]]... — without seeds, reads them from standard input, one a line.
// KINDS are steps' kinds to leave out, as mounts.h names them. KEEP names the steps to play ("0,3,7-12"), all without it.
#include "mounts.h"
#include <sys/wait.h>

static bool as_root = true, only_print;
static const char *skipped = "";

static void read_keep(const char *text, bool *keep) {
    memset(keep, text ? 0 : 1, STEPS);
    while (text && *text) {
        char *end;
        long from = strtol(text, &end, 10), to = from;
        if (end == text) break;
        if (*end == '-') to = strtol(end + 1, &end, 10);
        for (long i = from; i <= to && i < STEPS; i++) if (i >= 0) keep[i] = true;
        text = *end == ',' ? end + 1 : end;
    }
}

/// Whether the name is one of the words in a list with commas.
static bool is_listed(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && (!at[length] || at[length] == ',')) return true;
    return false;
}

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
    read_keep(colon ? colon + 1 : NULL, keep);
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
