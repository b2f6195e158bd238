// What tasks see: their mountinfo and namespaces, read by the controller, and what they tell of themselves. Only changes
// are printed.
#include "mounts.h"

enum { LINES = 400 };
struct view { int count; char *line[LINES]; };

static struct { char info[60000]; struct view raw, shown, told; int mounts; bool fresh; } tasks[TASKS];

static void clear(struct view *view) {
    for (int i = 0; i < view->count; i++) free(view->line[i]);
    view->count = 0;
}

static void append(struct view *view, const char *line) {
    if (view->count < LINES) view->line[view->count++] = strdup(line);
}

static void put_optional(struct text *out, const char *word) {
    const char *colon = strchr(word, ':');
    if (colon) put(out, " %.*s={g:%s}", (int)(colon - word), word, colon + 1);
    else put(out, " %s", word);
}

/// "id parent device root point options optional - type source options", numbers still to be named.
static void read_mount(struct view *view, char *line) {
    char *words[40], shown[3000], *number;
    int count = 0, at = 6;
    for (char *next = line; next && count < 40; count++) {
        words[count] = next;
        if ((next = strchr(next, ' '))) *next++ = 0;
    }
    if (count < 9) { append(view, line); return; }
    struct text out = { shown, sizeof shown };
    put(&out, "{m:%s} on {m:%s} {d:%s} ", words[0], words[1], words[2]);
    if ((number = strstr(words[3], ":["))) {
        *number = 0;
        put(&out, "%s:{n:%.*s}", words[3], (int)strcspn(number + 2, "]"), number + 2);
    } else put(&out, "%s", words[3]);
    put(&out, " %s %s", words[4], words[5]);
    for (; at < count && strcmp(words[at], "-"); at++) put_optional(&out, words[at]);
    for (; at < count; at++) put(&out, " %s", words[at]);
    append(view, shown);
}

static void read_namespace(struct view *view, int pid, const char *name) {
    char path[64], link[64] = "", shown[80];
    snprintf(path, sizeof path, "%d/ns/%s", pid, name);
    ssize_t n = readlinkat(PROC, path, link, sizeof link - 1);
    if (n < 0) snprintf(shown, sizeof shown, "%s=%s", name, error_name(errno));
    else {
        char *number = strchr(link, '[');
        snprintf(shown, sizeof shown, "%s={n:%.*s}", name, number ? (int)strcspn(number + 1, "]") : 0, number ? number + 1 : "");
    }
    append(view, shown);
}

static long read_info(int pid, char *out, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "%d/mountinfo", pid);
    int fd = openat(PROC, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return snprintf(out, size, "mountinfo: %s\n", error_name(errno));
    long total = 0, n;
    while ((n = read(fd, out + total, size - 1 - total)) > 0) total += n;
    out[total] = 0;
    close(fd);
    return total;
}

static bool same(const struct view *a, const struct view *b) {
    if (a->count != b->count) return false;
    for (int i = 0; i < a->count; i++) if (strcmp(a->line[i], b->line[i])) return false;
    return true;
}

void look_at_all(const int32_t *pids, bool *changed) {
    for (int i = 0; i < TASKS; i++) {
        struct view old = tasks[i].raw;
        tasks[i].raw.count = 0;
        read_namespace(&tasks[i].raw, pids[i], "user");
        read_namespace(&tasks[i].raw, pids[i], "mnt");
        read_info(pids[i], tasks[i].info, sizeof tasks[i].info);
        tasks[i].mounts = 0;
        for (char *save, *line = strtok_r(tasks[i].info, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
            read_mount(&tasks[i].raw, line);
            tasks[i].mounts++;
        }
        changed[i] = !tasks[i].fresh || !same(&old, &tasks[i].raw);
        tasks[i].fresh = true;
        clear(&old);
    }
}

int most_mounts(void) {
    int most = 0;
    for (int i = 0; i < TASKS; i++) if (tasks[i].mounts > most) most = tasks[i].mounts;
    return most;
}

void mark_all_seen(void) {
    for (int i = 0; i < TASKS; i++)
        for (int j = 0; j < tasks[i].raw.count; j++) mark_seen(tasks[i].raw.line[j]);
}

static bool has(const struct view *view, const char *line) {
    for (int i = 0; i < view->count; i++) if (!strcmp(view->line[i], line)) return true;
    return false;
}

static void put_difference(struct text *out, struct view *old, struct view *new) {
    for (int i = 0; i < old->count; i++)
        if (!has(new, old->line[i])) put(out, "    - %s\n", old->line[i]);
    for (int i = 0; i < new->count; i++)
        if (!has(old, new->line[i])) put(out, "    + %s\n", new->line[i]);
    clear(old);
    *old = *new;
}

static void append_named(struct view *view, const char *line) {
    char shown[3000];
    struct text out = { shown, sizeof shown };
    put_named(&out, line);
    append(view, shown);
}

/// Tasks in one namespace see one thing: each change is printed once, for all of which it is.
static void print_once(int task, const char *difference, bool is_first) {
    static struct { int task; char *text; } printed[TASKS];
    static int count;
    for (; is_first && count > 0; count--) free(printed[count - 1].text);
    for (int i = 0; i < count; i++)
        if (!strcmp(printed[i].text, difference)) { printf("   %c as %c\n", 'A' + task, 'A' + printed[i].task); return; }
    printed[count].task = task;
    printed[count++].text = strdup(difference);
    if (*difference) printf("   %c\n%s", 'A' + task, difference);
}

void print_changes(int task, const char *seen, bool is_first) {
    static char difference[200000];
    struct text out = { difference, sizeof difference };
    struct view new = { 0 }, told = { 0 };
    *difference = 0;
    for (int i = 0; i < tasks[task].raw.count; i++) append_named(&new, tasks[task].raw.line[i]);
    put_difference(&out, &tasks[task].shown, &new);
    char copy[16100];
    snprintf(copy, sizeof copy, "%s", seen ? seen : "");
    for (char *save, *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) append_named(&told, line);
    if (seen) put_difference(&out, &tasks[task].told, &told);
    print_once(task, difference, is_first);
}
