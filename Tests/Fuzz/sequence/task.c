// A task: waits for a step, plays it, answers with a text. Also how a task sees itself.
#include "sequence.h"
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>

struct context here;
static char last_view[1024], last_namespaces[1024];

/// Reads a small file whole; returns its length or -1.
static long read_small(const char *path, char *out, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    long total = 0, n;
    while ((n = read(fd, out + total, size - 1 - total)) > 0) total += n;
    close(fd);
    out[total] = 0;
    return total;
}

static void read_peer(struct peer *peer) {
    char text[4096];
    memset(peer, 0, sizeof *peer);
    if (read_small("/proc/self/status", text, sizeof text) < 0) return;
    const char *line = strstr(text, "\nNSpid:");
    if (!line) return;
    line += 7;
    for (char *end; peer->levels < LEVELS; line = end) {
        while (*line == '\t' || *line == ' ') line++;
        long value = strtol(line, &end, 10);
        if (end == line) break;
        peer->number[peer->levels++] = (int)value;
    }
    peer->outer = peer->number[0];
}

int own_level(void) { return here.peers[here.slot].levels; }

/// The number by which this task may name another: the target's at this task's own level.
int number_of(int slot) {
    if (slot < 0) return 0;
    const struct peer *peer = &here.peers[slot];
    int level = own_level();
    return peer->outer && level > 0 && peer->levels >= level ? peer->number[level - 1] : ABSENT_PID;
}

/// A pid as the transcript shows it: a task's name in the outermost namespace, the number in a nested one.
const char *name_of_number(int number, char *buffer) {
    if (number > 0 && own_level() <= 1) {
        for (int i = 0; i < TASKS; i++)
            if (here.peers[i].outer == number) { sprintf(buffer, "%c", 'A' + i); return buffer; }
        return "someone";
    }
    sprintf(buffer, "%d", number);
    return buffer;
}

static void put_ids(struct text *text) {
    uid_t r, e, s;
    gid_t groups[64];
    getresuid(&r, &e, &s);
    put(text, "u=%u,%u,%u,%ld", r, e, s, syscall(SYS_setfsuid, -1));
    getresgid(&r, &e, &s);
    put(text, " g=%u,%u,%u,%ld G=", r, e, s, syscall(SYS_setfsgid, -1));
    int n = getgroups(64, groups);
    for (int i = 0; i < n; i++) put(text, "%s%u", i ? "," : "", groups[i]);
}

void put_view(struct text *text, bool always) {
    char view[1024], status[4096];
    struct text out = { view, sizeof view };
    put_ids(&out);
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { 0 };
    if (syscall(SYS_capget, &header, data) < 0) put(&out, " capget=%s", error_name(errno));
    put(&out, " P=%x:%08x E=%x:%08x I=%x:%08x", data[1].permitted, data[0].permitted, data[1].effective,
        data[0].effective, data[1].inheritable, data[0].inheritable);
    if (read_small("/proc/self/status", status, sizeof status) < 0) put(&out, " status=%s", error_name(errno));
    else {
        const char *b = strstr(status, "CapBnd:\t"), *a = strstr(status, "CapAmb:\t");
        put(&out, " B=%.16s A=%.16s", b ? b + 8 : "?", a ? a + 8 : "?");
    }
    put(&out, " sb=%d kc=%d nnp=%d d=%d", prctl(PR_GET_SECUREBITS), prctl(PR_GET_KEEPCAPS),
        prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_DUMPABLE));
    if (!always && !strcmp(view, last_view)) return;
    strcpy(last_view, view);
    put(text, "\n    %s", view);
}

void put_namespaces(struct text *text, bool always) {
    char view[1024], path[64], link[64];
    struct text out = { view, sizeof view };
    for (int i = 0; i < 10; i++) {
        sprintf(path, "/proc/self/ns/%s", namespace_names[i]);
        long n = readlink(path, link, sizeof link - 1);
        if (n < 0) put(&out, " %s=%s", namespace_names[i], error_name(errno));
        else put(&out, " %s%.*s", strstr(namespace_names[i], "children") ? "next-" : "", (int)n, link);
    }
    if (!always && !strcmp(view, last_namespaces)) return;
    strcpy(last_namespaces, view);
    put(text, "\n   %s", view);
}

static bool changes_namespaces(int op) {
    return op == OP_FORK || op == OP_UNSHARE || op == OP_SETNS || op == OP_SETNS_PATH || op == OP_EXEC;
}

static void send_reply(struct reply *reply, struct text *out) {
    reply->length = (int)(out->at - reply->text);
    size_t size = offsetof(struct reply, text) + reply->length;
    if (write(REPLY_WRITE + here.slot, reply, size) != (ssize_t)size) _exit(90);
}

/// Tells the controller who this task is: a new child, or the program after an exec.
void begin_task(int slot, bool after_exec) {
    static struct reply reply;
    struct text out = { reply.text, sizeof reply.text };
    here.slot = slot;
    struct peer peer;
    read_peer(&peer);
    here.peers[slot] = peer;
    put(&out, "%d", peer.levels);
    for (int i = 0; i < peer.levels; i++) put(&out, " %d", peer.number[i]);
    put(&out, ";");
    if (after_exec) put(&out, "0 AT_SECURE=%s", getenv("AT_SECURE"));
    put_view(&out, true);
    put_namespaces(&out, true);
    reply.created = 0;
    send_reply(&reply, &out);
}

static void play(const struct step *step, struct reply *reply) {
    struct text out = { reply->text, sizeof reply->text };
    int slot = here.slot;
    reply->created = 0;
    errno = 0;
    if (do_namespaces(step, &out, reply) || do_maps(step, &out) || do_credentials(step, &out)
        || do_files(step, &out) || do_processes(step, &out) || do_waiting(step, &out)) { }
    if (here.slot != slot) return;      // the child's side of a fork: it has already told about itself
    put_view(&out, false);
    if (changes_namespaces(step->op)) put_namespaces(&out, false);
    send_reply(reply, &out);
    if (step->op == OP_EXIT) _exit((int)step->a[0]);
}

void task_loop(int slot) {
    static struct command command;
    static struct reply reply;
    here.slot = slot;
    for (;;) {
        ssize_t n = read(COMMAND_READ + here.slot, &command, sizeof command);
        if (n < 0 && errno == EINTR) continue;
        if (n != sizeof command) _exit(91);
        memcpy(here.peers, command.peers, sizeof here.peers);
        play(&command.step, &reply);
    }
}
