// Rules: queue-attributes-limit queue-bytes-limit queue-count-limit
// As: root user
// What message queues may cost: fs.mqueue of the IPC namespace, RLIMIT_MSGQUEUE of the user, and the limit that the
// maker of a user namespace had, for all in it together.
#include "fixture.h"
#include <mqueue.h>
static mqd_t make(const char *name, long messages, long size) {
    struct mq_attr attr = {.mq_maxmsg = messages, .mq_msgsize = size};
    return syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0600, messages ? &attr : NULL);
}
static void limit(rlim_t bytes) {
    struct rlimit limit;
    must(getrlimit(RLIMIT_MSGQUEUE, &limit));
    limit.rlim_cur = bytes;
    must(setrlimit(RLIMIT_MSGQUEUE, &limit));
}
static void set(const char *file, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "/proc/sys/fs/mqueue/%s", file);
    int fd = must(open(path, O_WRONLY));
    show(file, write(fd, text, strlen(text)));
    close(fd);
}
/// The queue is gone again at once: what it costs is counted beyond this fixture's namespaces.
static void shape(const char *label, long messages, long size) {
    struct mq_attr attr;
    mqd_t queue = must(make("shape", messages, size));
    must(syscall(SYS_mq_unlink, "shape"));
    must(mq_getattr(queue, &attr));
    say("%s: %ld of %ld", label, attr.mq_maxmsg, attr.mq_msgsize);
    must(close(queue));
}
int main(void) {
    // A queue of one message of a kilobyte costs this much.
    enum { COST = 1024 + 48 + 48 };
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        shape("default", 0, 0);
        set("msg_max", "4");
        set("msg_default", "7");
        set("msgsize_default", "300");
        shape("lower of both", 0, 0);
        show("above msg_max", make("x", 5, 16));
        set("msgsize_max", "200");
        show("above msgsize_max", make("x", 1, 201));
        set("msgsize_max", "127");
        set("msgsize_max", "16777217");
        set("msg_max", "0");
        set("msg_max", "70");
        set("msgsize_max", "1024");
        shape("higher", 70, 1024);
        for (char name[] = "1"; *name < '4'; ++*name) must(make(name, 1, 1));
        set("queues_max", "4");
        mqd_t fourth = must(make("fourth", 1, 1));
        show("fifth", make("fifth", 1, 1));
        must(syscall(SYS_mq_unlink, "fourth"));
        show("while it is open", make("fifth", 1, 1));
        must(close(fourth));
        ok("afterwards", make("fifth", 1, 1));
        set("queues_max", "0");
        ok("of what is there", syscall(SYS_mq_open, "fifth", O_RDWR | O_CREAT, 0600, NULL));
        CHILD {
            must(unshare(CLONE_NEWIPC));
            shape("a new namespace's default", 0, 0);
        }
    }
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        limit(2 * COST);
        ok("first", make("1", 1, 1024));
        show("second, one byte too large", make("2", 1, 1025));
        ok("second", make("2", 1, 1024));
        show("third", make("3", 1, 1));
        must(syscall(SYS_mq_unlink, "2"));
        show("third, the second is open", make("3", 1, 1));
        CHILD { show("by another process", make("3", 1, 1)); }
        CHILD {
            // What counts is the user's sum here, and above it the sum of the namespace's maker.
            must(unshare(CLONE_NEWUSER));
            show("in another user namespace", make("3", 1, 1));
            limit(16 * COST);
            show("there, with a higher limit", make("3", 1, 1));
        }
        CHILD {
            limit(3 * COST);
            USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
                limit(16 * COST);
                ok("up to its maker's limit", make("3", 1, 1024));
                show("beyond it", make("4", 1, 1));
            }
        }
    }
    return 0;
}
