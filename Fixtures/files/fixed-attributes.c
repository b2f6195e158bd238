// Rules: file-access-denied file-noexec-mount nsfs-is-immutable open-noatime-not-owner utime-now-denied write-hint-not-owner xattr-security xattr-trusted xattr-trusted-hidden xattr-user-kind xattr-user-kind-hidden
// As: root user
// Who may change attributes of files that are not on a disk, and the order in which names of attributes are refused.
#include "fixture.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
static void attributes(const char *who, int fd) {
    static const char *const names[] = {"user.x", "user.", "trusted.x", "security.x", "security.", "system.x", "bogus.x", "plain"};
    char value[64];
    for (int i = 0; i < 8; i++) {
        show(format_path("%s set %s", who, names[i]), fsetxattr(fd, names[i], "v", 1, 0));
        show(format_path("%s get %s", who, names[i]), fgetxattr(fd, names[i], value, sizeof value));
        show(format_path("%s remove %s", who, names[i]), fremovexattr(fd, names[i]));
    }
}
static void change(const char *who, int fd) {
    struct stat st;
    must(fstat(fd, &st));
    say("%s mode %o by root %d", who, st.st_mode, st.st_uid == 0);
    show(format_path("%s chmod", who), fchmod(fd, 0644));
    show(format_path("%s chown nothing", who), fchown(fd, -1, -1));
    show(format_path("%s chown to self", who), fchown(fd, geteuid(), -1));
    show(format_path("%s chown", who), fchown(fd, 7, 7));
    show(format_path("%s touch", who), futimens(fd, NULL));
    show(format_path("%s times", who), futimens(fd, (struct timespec[]){{1, 0}, {2, 0}}));
    show(format_path("%s executable", who), access(format_path("/proc/self/fd/%d", fd), X_OK));
    attributes(who, fd);
}
static void all(void) {
    sigset_t none;
    sigemptyset(&none);
    int event = must(eventfd(0, 0)), epoll = must(epoll_create1(0)), self = pidfd_of(getpid());
    change("eventfd", event);
    change("epoll", epoll);
    change("pidfd", self);
    change("nsfs", must(ns_open(0, "user")));
    yes("one inode for all", same_file(event, epoll) && same_file(event, must(signalfd(-1, &none, 0)))
        && same_file(event, must(timerfd_create(CLOCK_MONOTONIC, 0))) && same_file(event, must(inotify_init1(0))));
    must(fsetxattr(self, "trusted.kept", "v", 1, 0) == -1 && geteuid() == 0 ? -1 : 0);
    char value[8];
    show("a pidfd's size", ftruncate(self, 0));
    show("another pidfd's attribute", fgetxattr(pidfd_of(getpid()), "trusted.kept", value, 8));
    attributes("memfd", must(memfd_create("m", 0)));
    attributes("file", must(open("mine", O_CREAT | O_RDWR, 0600)));
    attributes("other's file", must(open("/usr/bin/env", O_RDONLY)));
}
int main(void) {
    all();
    int fd = must(open("mine", O_RDWR)), other = must(open("/usr/bin/env", O_RDONLY));
    uint64_t hint = 3;
    show("set a write hint", fcntl(fd, F_SET_RW_HINT, &hint));
    hint = 0;
    show("get it", fcntl(must(open("mine", O_RDONLY)), F_GET_RW_HINT, &hint));
    show("hint", hint);
    hint = 6;
    show("unknown hint", fcntl(fd, F_SET_RW_HINT, &hint));
    show("no hint", fcntl(fd, F_SET_RW_HINT, NULL));
    show("O_NOATIME", fcntl(fd, F_SETFL, O_NOATIME | O_APPEND));
    yes("is set", (fcntl(fd, F_GETFL) & (O_NOATIME | O_APPEND)) == (O_NOATIME | O_APPEND));
    int copy = must(dup(fd));
    show("same description", fcntl(fd, 1027, copy));
    show("another one", fcntl(fd, 1027, other));
    show("none", fcntl(fd, 1027, 999));
    show("made by open", fcntl(fd, 1028));
    int made = must(open("made", O_CREAT | O_RDWR, 0600));
    show("made now", fcntl(made, 1028));
    show("made now, copied", fcntl(must(dup(made)), 1028));
    show("made before", fcntl(must(open("made", O_CREAT | O_RDWR, 0600)), 1028));
    show("unnamed", fcntl(must(open(".", O_TMPFILE | O_RDWR, 0600)), 1028));
    show("of a path", fcntl(must(open("mine", O_PATH)), 1027, fd));
    CHILD {
        if (geteuid() == 0) become(2000, 2000);
        show("another's write hint", fcntl(geteuid() == 2000 ? fd : other, F_SET_RW_HINT, &hint));
        show("another's O_NOATIME", fcntl(other, F_SETFL, O_NOATIME));
    }
}
