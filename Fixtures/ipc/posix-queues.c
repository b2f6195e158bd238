// Rules: queue-attributes-limit
// As: root user
// POSIX message queues: opening, order, limits of one call, permission, notification.
#include "fixture.h"
#include <mqueue.h>
static mqd_t open_raw(const char *name, int flags, mode_t mode, struct mq_attr *attr) {
    return syscall(SYS_mq_open, name, flags, mode, attr);
}
static volatile sig_atomic_t came;
static siginfo_t seen;
static void handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    seen = *info;
    came++;
}
static void readiness(const char *label, mqd_t queue) {
    struct pollfd poller = {queue, POLLIN | POLLOUT, 0};
    int count = poll(&poller, 1, 0);
    say("%s: %d%s%s", label, count, poller.revents & POLLIN ? " in" : "", poller.revents & POLLOUT ? " out" : "");
}
static pid_t self;
/// The status, as a child reads it that opens the queue anew: closing it would end the own process's notification.
static void status(mqd_t queue) {
    CHILD {
        char path[64], text[128] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%d", queue);
        int fd = must(open(path, O_RDONLY));
        must(read(fd, text, sizeof text - 1));
        char *process = strstr(text, "NOTIFY_PID:");
        say("%.*s own %d, length %d", (int)(process - text), text, atoi(process + 11) == self, (int)strlen(text));
    }
}
int main(void) {
    char text[8192], name[300];
    unsigned priority;
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        umask(022);
        self = getpid();
        show("none", open_raw("a", O_RDWR, 0, NULL));
        show("empty name", open_raw("", O_RDWR | O_CREAT, 0600, NULL));
        show("slash", open_raw("a/b", O_RDWR | O_CREAT, 0600, NULL));
        show("leading slash", open_raw("/a", O_RDWR | O_CREAT, 0600, NULL));
        show("dot", open_raw(".", O_RDONLY, 0600, NULL));
        memset(name, 'n', 299), name[256] = 0;
        show("long name", open_raw(name, O_RDWR | O_CREAT, 0600, NULL));
        name[255] = 0;
        ok("longest name", open_raw(name, O_RDWR | O_CREAT, 0600, NULL));
        show("bad attributes", open_raw("a", O_RDWR | O_CREAT, 0600, (void *)8));
        struct mq_attr attr = {.mq_msgsize = 16};
        show("no messages", open_raw("a", O_RDWR | O_CREAT, 0600, &attr));
        attr.mq_maxmsg = 11;
        show("too many messages", open_raw("a", O_RDWR | O_CREAT, 0600, &attr));
        attr.mq_maxmsg = 3, attr.mq_msgsize = 8193;
        show("too long messages", open_raw("a", O_RDWR | O_CREAT, 0600, &attr));
        attr.mq_msgsize = 16;
        mqd_t queue = must(open_raw("a", O_RDWR | O_CREAT | O_NONBLOCK, 0666, &attr));
        show("exclusive", open_raw("a", O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
        show("access mode 3", open_raw("a", O_ACCMODE, 0600, NULL));
        show("close on exec", fcntl(queue, F_GETFD));
        say("flags %#x", fcntl(queue, F_GETFL));
        struct stat st;
        must(fstat(queue, &st));
        say("mode %o size %d links %d own %d", st.st_mode, (int)st.st_size, (int)st.st_nlink, st.st_uid == 0);
        readiness("empty", queue);
        show("receive from empty", mq_receive(queue, text, 16, NULL));
        show("send", mq_send(queue, "low", 3, 1));
        readiness("one", queue);
        show("send", mq_send(queue, "high", 5, 7));
        show("send", mq_send(queue, "also", 5, 7));
        readiness("full", queue);
        show("send to full", mq_send(queue, "x", 1, 0));
        show("too long", mq_send(queue, text, 17, 0));
        show("priority", mq_send(queue, "x", 1, 32768));
        show("bad pointer", syscall(SYS_mq_timedsend, queue, 8, 3, 0, NULL));
        status(queue);
        show("short buffer", mq_receive(queue, text, 15, NULL));
        show("receive", mq_receive(queue, text, 16, &priority));
        say("%s %u", text, priority);
        show("receive", mq_receive(queue, text, 16, &priority));
        say("%s %u", text, priority);
        readiness("one left", queue);
        show("getattr", mq_getattr(queue, &attr));
        say("%ld %ld %ld %ld", attr.mq_flags, attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs);
        show("receive", mq_receive(queue, text, 16, &priority));
        readiness("empty again", queue);
        attr.mq_flags = O_APPEND;
        show("other flag", mq_setattr(queue, &attr, NULL));
        attr.mq_flags = 0;
        struct mq_attr old;
        show("blocking", mq_setattr(queue, &attr, &old));
        say("was %#lx, is %#x", old.mq_flags, fcntl(queue, F_GETFL));
        show("past", mq_timedreceive(queue, text, 16, NULL, &(struct timespec){1, 0}));
        show("bad time", mq_timedreceive(queue, text, 16, NULL, &(struct timespec){1, 1000000000}));
        show("negative time", mq_timedreceive(queue, text, 16, NULL, &(struct timespec){-1, 0}));
        struct timespec soon;
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec += 20000000;
        if (soon.tv_nsec >= 1000000000) soon.tv_sec++, soon.tv_nsec -= 1000000000;
        show("soon", mq_timedreceive(queue, text, 16, NULL, &soon));
        show("write", write(queue, "x", 1));
        show("not a queue", mq_send(1, "x", 1, 0));
        mqd_t reader = must(open_raw("a", O_RDONLY, 0, NULL)), writer = must(open_raw("a", O_WRONLY, 0, NULL));
        show("send by reader", mq_send(reader, "x", 1, 0));
        show("receive by writer", mq_receive(writer, text, 16, NULL));

        // A receiver that waits gets the message; a sender that waits its place.
        pid_t child;
        SPAWN(child) { show("waited", mq_receive(queue, text, 16, &priority)); say("%s %u", text, priority); }
        usleep(50000);
        must(mq_send(queue, "for you", 8, 3));
        reap(child);
        for (int i = 0; i < 3; i++) must(mq_send(queue, "old", 4, 1));
        SPAWN(child) show("sent", mq_send(queue, "new", 4, 2));
        usleep(50000);
        must(mq_receive(queue, text, 16, NULL));
        reap(child);
        must(mq_receive(queue, text, 16, NULL));
        say("next is %s", text);
        must(mq_receive(queue, text, 16, NULL)), must(mq_receive(queue, text, 16, NULL));
        SPAWN(child) {
            struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
            sigaction(SIGALRM, &action, NULL);
            ualarm(30000, 0);
            show("interrupted", mq_receive(queue, text, 16, NULL));
        }
        reap(child);

        // Notification: once, from empty, not when somebody waits.
        struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
        sigaction(SIGUSR1, &action, NULL);
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
        show("notify", mq_notify(queue, &event));
        show("notify again", mq_notify(queue, &event));
        status(queue);
        CHILD { show("notify of another", mq_notify(queue, &event)); show("end another's", mq_notify(queue, NULL)); }
        SPAWN(child) must(mq_send(queue, "x", 1, 0));
        pid_t sender = child;
        reap(child);
        say("came %d: code %d value %d sender %d user %d", came, seen.si_code, seen.si_value.sival_int,
            seen.si_pid == sender, seen.si_uid);
        must(mq_send(queue, "x", 1, 0));
        say("came %d", came);
        show("notify", mq_notify(queue, &event));
        must(mq_send(queue, "x", 1, 0));
        say("not from empty: came %d", came);
        for (int i = 0; i < 3; i++) must(mq_receive(queue, text, 16, NULL));
        SPAWN(child) show("waited", mq_receive(queue, text, 16, NULL));
        usleep(50000);
        must(mq_send(queue, "x", 1, 0));
        reap(child);
        say("somebody waited: came %d", came);
        show("notify", mq_notify(queue, &event));
        must(close(dup(queue)));
        show("closed one of them", mq_notify(queue, &event));
        show("end", mq_notify(queue, NULL));
        event.sigev_notify = SIGEV_NONE;
        show("none", mq_notify(queue, &event));
        status(queue);
        event.sigev_notify = 9;
        show("other method", mq_notify(queue, &event));
        event.sigev_notify = SIGEV_SIGNAL, event.sigev_signo = 65;
        show("other signal", mq_notify(queue, &event));
        show("not a queue", mq_notify(1, NULL));
        event.sigev_notify = SIGEV_THREAD, event.sigev_value.sival_ptr = text;
        event.sigev_signo = -1;
        show("thread, no socket", syscall(SYS_mq_notify, queue, &event));
        event.sigev_signo = queue;
        show("thread, a queue", syscall(SYS_mq_notify, queue, &event));
        int pair[2];
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
        event.sigev_signo = pair[0];
        show("thread, another socket", syscall(SYS_mq_notify, queue, &event));

        char link[64], path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", queue);
        link[must(readlink(path, link, sizeof link - 1))] = 0;
        say("link %s", link);
        show("unlink", syscall(SYS_mq_unlink, "a"));
        show("unlink again", syscall(SYS_mq_unlink, "a"));
        link[must(readlink(path, link, sizeof link - 1))] = 0;
        say("link %s", link);
        must(fstat(queue, &st));
        say("links %d", (int)st.st_nlink);
        show("still there", mq_send(queue, "x", 1, 0));
        CHILD {
            must(unshare(CLONE_NEWIPC));
            show("another namespace", open_raw(name, O_RDWR, 0, NULL));
            show("an old queue there", mq_receive(queue, text, 16, NULL));
        }
        CHILD {
            mqd_t old = must(open_raw(name, O_RDWR, 0, NULL));
            int ns = must(open("/proc/self/ns/ipc", O_RDONLY));
            must(unshare(CLONE_NEWIPC));
            must(open_raw(name, O_RDWR | O_CREAT, 0600, NULL));
            must(setns(ns, CLONE_NEWIPC));
            mqd_t again = must(open_raw(name, O_RDWR, 0, NULL));
            must(mq_send(old, "same", 5, 0));
            show("the first namespace's", mq_receive(again, text, sizeof text, NULL));
        }
    }
    return 0;
}
