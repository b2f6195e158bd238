// Rules: socket-family-absent socket-option-absent
// As: user root
// Which AF_UNIX sockets can be made, and what they say of themselves.
#include "fixture.h"
#include <sys/un.h>
static void option(int fd, const char *name, int number) {
    int value = -1;
    socklen_t size = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, number, &value, &size) == -1) say("  %s: %s", name, errno_text(errno));
    else say("  %s: %d (%u bytes)", name, value, size);
}
int main(void) {
    int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW, SOCK_RDM, 0, 10, 11, 15};
    for (unsigned i = 0; i < sizeof types / sizeof *types; i++) {
        int fd = socket(AF_UNIX, types[i], 0);
        say("type %d: %s", types[i], fd == -1 ? errno_text(errno) : "ok");
        if (fd == -1) continue;
        option(fd, "type", SO_TYPE);
        option(fd, "domain", SO_DOMAIN);
        option(fd, "protocol", SO_PROTOCOL);
        option(fd, "error", SO_ERROR);
        option(fd, "passcred", SO_PASSCRED);
        option(fd, "acceptconn", SO_ACCEPTCONN);
        struct stat st;
        must(fstat(fd, &st));
        say("  mode %o, owner %u:%u, links %lu", st.st_mode, st.st_uid, st.st_gid, (unsigned long)st.st_nlink);
        char link[64] = "";
        must(readlink(format_path("/proc/self/fd/%d", fd), link, sizeof link - 1));
        yes("  its link names its inode", !strcmp(link, format_path("socket:[%lu]", st.st_ino)));
        close(fd);
    }
    show("protocol 1", socket(AF_UNIX, SOCK_STREAM, 1) >= 0);
    show("protocol 2", socket(AF_UNIX, SOCK_STREAM, 2));
    show("family 0", socket(0, SOCK_STREAM, 0));
    show("family 999", socket(999, SOCK_STREAM, 0));
    show("family -1", socket(-1, SOCK_STREAM, 0));
    show("bad flag", socket(AF_UNIX, SOCK_STREAM | 0x100, 0));
    int fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    show("fd flags", fcntl(fd, F_GETFD));
    show("status flags", fcntl(fd, F_GETFL));
    int pair[2] = {-1, -1};
    show("pair of no family", socketpair(999, SOCK_STREAM, 0, pair));
    yes("numbers were written before", pair[0] == fd + 1 && pair[1] == fd + 2);
    show("pair at a bad address", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 8));
    show("pair with a bad flag", socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, pair));
    show("level", setsockopt(fd, 999, 1, &(int){1}, 4));
    show("level", getsockopt(fd, 999, 1, &(int){1}, &(socklen_t){4}));
    show("option", setsockopt(fd, SOL_SOCKET, 999, &(int){1}, 4));
    show("option", getsockopt(fd, SOL_SOCKET, 999, &(int){1}, &(socklen_t){4}));
    show("short passcred", setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(char){1}, 1));
    show("no socket", getsockopt(1, SOL_SOCKET, SO_TYPE, &(int){1}, &(socklen_t){4}));
    show("no fd", bind(99, NULL, 0));
    int path = must(open(".", O_PATH));
    show("O_PATH", listen(path, 1));
    return 0;
}
