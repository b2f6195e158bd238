// Rules:
// As: root user
// Handles of processes: who has one finds the process again, while it is not reaped and has a number here.
#include "fixture.h"
#define PIDFS_ROOT (-10002)
#define NSFS_ROOT (-10003)
struct named { struct file_handle handle; unsigned char room[128]; };
static struct named handle_of(int pidfd) {
    struct named h = {.handle.handle_bytes = 128};
    int mount;
    must(name_to_handle_at(pidfd, "", &h.handle, &mount, AT_EMPTY_PATH));
    return h;
}
static int opened(const char *label, struct named *h, int flags) {
    int fd = open_by_handle_at(PIDFS_ROOT, &h->handle, flags);
    if (fd == -1) say("%s: %s", label, errno_text(errno));
    else say("%s: status flags %x, close-on-exec %d", label, fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
    return fd;
}
int main(void) {
    int self = must(pidfd_of(getpid())), mount;
    struct named h = {.handle.handle_bytes = 7};
    show("7 bytes", name_to_handle_at(self, "", &h.handle, &mount, AT_EMPTY_PATH));
    say("wanted %u, type %#x", h.handle.handle_bytes, h.handle.handle_type);
    show("without AT_EMPTY_PATH", name_to_handle_at(self, "", &h.handle, &mount, 0));
    h = handle_of(self);
    say("%u bytes, type %#x", h.handle.handle_bytes, h.handle.handle_type);
    struct stat status;
    must(fstat(self, &status));
    yes("it is the inode number", !memcmp(h.room, &status.st_ino, 8));
    h.handle.handle_bytes = 128;
    show("connectable", name_to_handle_at(self, "", &h.handle, &mount, AT_EMPTY_PATH | 2));
    show("to tell apart", name_to_handle_at(self, "", &h.handle, &mount, AT_EMPTY_PATH | 0x200));

    static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK, O_CLOEXEC, O_EXCL, O_EXCL | O_NONBLOCK, O_PATH, O_DIRECTORY, O_TRUNC,
                                O_CREAT, O_APPEND, O_NOFOLLOW, O_SYNC, O_NOATIME, O_ASYNC, 0x800000};
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) opened(format_path("flags %x", flags[i]), &h, flags[i]);
    int again = opened("again", &h, 0);
    yes("the same process", same_file(self, again));
    show("it takes signals", syscall(SYS_pidfd_send_signal, again, 0, NULL, 0));
    show("anchored by a pidfd", open_by_handle_at(again, &h.handle, 0) >= 0 ? 0 : -1);
    show("anchored in nsfs", open_by_handle_at(NSFS_ROOT, &h.handle, 0));
    struct named bad = h;
    bad.handle.handle_type = 1;
    opened("another type", &bad, 0);
    bad = h;
    bad.handle.handle_bytes = 4;
    opened("too short", &bad, 0);
    bad.handle.handle_bytes = 12;
    yes("too long", open_by_handle_at(PIDFS_ROOT, &bad.handle, 0) >= 0);
    bad = h;
    memset(bad.room, 0x55, 8);
    opened("nobody's", &bad, 0);
    bad = h;
    bad.handle.handle_type |= 0x20000;
    opened("as directory", &bad, 0);
    bad = h;
    bad.handle.handle_type |= 0x10000;
    show("below the anchor", open_by_handle_at(again, &bad.handle, 0) >= 0 ? 0 : -1);

    pid_t pid;
    struct gate end = gate_new();
    SPAWN(pid) gate_wait(end);
    int pidfd = must(pidfd_of(pid));
    struct named child = handle_of(pidfd);
    close(pidfd);
    pidfd = opened("without a pidfd left", &child, 0);
    close(pidfd);
    gate_open(end);
    must(waitid(P_PID, pid, NULL, WEXITED | WNOWAIT));
    pidfd = opened("zombie", &child, 0);
    show("signal", syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
    reap(pid);
    opened("reaped", &child, 0);
    h = handle_of(pidfd);
    yes("its pidfd still gives the handle", !memcmp(&h, &child, sizeof h));

    // Numbers do not reach up from a PID namespace.
    h = handle_of(self);
    USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        opened("an outer process", &h, 0);
        h = handle_of(must(pidfd_of(getpid())));
        opened("oneself", &h, 0);
    }
    return 0;
}
