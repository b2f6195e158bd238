// Rules: file-access-denied
// As: user root
// Names of sockets: paths with their permission, abstract names, autobind; and who may connect.
#include "fixture.h"
#include <sys/un.h>
static socklen_t unix_address(struct sockaddr_un *address, const char *name) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (*name == '@') {
        memcpy(address->sun_path + 1, name + 1, strlen(name) - 1);
        return offsetof(struct sockaddr_un, sun_path) + strlen(name);
    }
    strcpy(address->sun_path, name);
    return offsetof(struct sockaddr_un, sun_path) + strlen(name) + 1;
}
static long bind_to(int fd, const char *name) {
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, name);
    return bind(fd, (struct sockaddr *)&address, size);
}
static long connect_to(int fd, const char *name) {
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, name);
    return connect(fd, (struct sockaddr *)&address, size);
}
static void print_name(const char *label, int result, struct sockaddr_un *address, socklen_t size) {
    if (result == -1) { say("%s: %s", label, errno_text(errno)); return; }
    if (size > 2 && !address->sun_path[0])
        say("%s: %u bytes, abstract %.8s", label, size, address->sun_path + 1);
    else say("%s: %u bytes, %s", label, size, size > 2 ? address->sun_path : "unnamed");
}
static void names(int fd) {
    struct sockaddr_un address = {0};
    socklen_t size = sizeof address;
    int result = getsockname(fd, (struct sockaddr *)&address, &size);
    print_name("  own name", result, &address, size);
    size = sizeof address;
    memset(&address, 0, sizeof address);
    result = getpeername(fd, (struct sockaddr *)&address, &size);
    print_name("  peer's name", result, &address, size);
}
// The host has one space of abstract names for all who run this at once.
static char own_name[32];
static int new_socket(int type) { return must(socket(AF_UNIX, type, 0)); }
int main(void) {
    sprintf(own_name, "@fixture-%08d", getpid());
    int server = new_socket(SOCK_STREAM);
    show("listen without a name", listen(server, 1));
    names(server);
    show("bind", bind_to(server, "a"));
    names(server);
    struct stat st;
    must(stat("a", &st));
    say("mode %o owner %u", st.st_mode, st.st_uid);
    show("bind again", bind_to(server, "b"));
    show("was b made", access("b", F_OK));
    show("bind to what exists, bound", bind_to(server, "a"));
    int other = new_socket(SOCK_STREAM);
    show("bind to what exists", bind_to(other, "a"));
    show("bind into nowhere", bind_to(other, "none/a"));
    show("bind with a slash", bind_to(other, "x/"));
    show("connect before listen", connect_to(other, "a"));
    show("connect to no name", connect_to(other, "none"));
    make_file("file", "", 0666);
    show("connect to a file", connect_to(other, "file"));
    show("listen", listen(server, 1));
    show("connect itself", connect_to(server, "a"));
    int datagram = new_socket(SOCK_DGRAM);
    show("connect another type", connect_to(datagram, "a"));
    show("listen on datagrams", listen(datagram, 1));
    show("accept datagrams", accept(datagram, NULL, NULL));
    show("accept unlistened", accept(other, NULL, NULL));
    must(fcntl(server, F_SETFL, O_NONBLOCK));
    show("accept nothing", accept(server, NULL, NULL));
    show("connect", connect_to(other, "a"));
    show("connect again", connect_to(other, "a"));
    names(other);
    struct sockaddr_un peer = {0};
    socklen_t size = sizeof peer;
    int end = accept4(server, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
    show("accepted", end >= 0);
    say("peer address of %u bytes", size);
    names(end);
    show("fd flags", fcntl(end, F_GETFD));
    show("status flags", fcntl(end, F_GETFL));
    show("send", send(other, "hello", 5, 0));
    char buffer[64] = {0};
    show("receive", recv(end, buffer, sizeof buffer, 0));
    say("%s", buffer);
    size = sizeof peer;
    must(write(end, "answer", 6));
    show("receive with address", recvfrom(other, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &size));
    print_name("from", 0, &peer, size);
    show("send with address", sendto(other, "x", 1, 0, (struct sockaddr *)&peer, size));
    close(end);
    show("read after close", recv(other, buffer, sizeof buffer, 0));
    show("send after close", send(other, "x", 1, MSG_NOSIGNAL));
    names(other);
    close(other);

    say("backlog");
    for (int i = 0; i < 4; i++) {
        int client = must(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
        show("connect", connect_to(client, "a"));
    }
    close(server);
    int late = new_socket(SOCK_STREAM);
    show("connect to what was closed", connect_to(late, "a"));
    must(unlink("a"));
    show("and removed", connect_to(late, "a"));

    say("abstract");
    int one = new_socket(SOCK_STREAM), two = new_socket(SOCK_STREAM), three = new_socket(SOCK_DGRAM);
    show("bind", bind_to(one, own_name));
    names(one);
    show("bind the same", bind_to(two, own_name));
    show("bind the same as datagram", bind_to(three, own_name));
    show("connect before listen", connect_to(two, own_name));
    must(listen(one, 5));
    show("connect", connect_to(two, own_name));
    show("connect to no name", connect_to(new_socket(SOCK_STREAM), "@fixture-none"));
    CHILD {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1) say("unshare: %s", errno_text(errno));
        // A socket looks for names where it was made.
        show("old socket in a new network namespace", connect_to(new_socket(SOCK_STREAM), own_name));
    }
    close(one);
    one = new_socket(SOCK_STREAM);
    show("bind again after close", bind_to(one, own_name));
    int automatic = new_socket(SOCK_DGRAM);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    show("autobind", bind(automatic, (struct sockaddr *)&address, 2));
    size = sizeof address;
    must(getsockname(automatic, (struct sockaddr *)&address, &size));
    say("%u bytes, first %d, digits %d", size, address.sun_path[0], (int)strspn(address.sun_path + 1, "0123456789abcdef"));
    show("autobind again", bind(automatic, (struct sockaddr *)&address, 2));
    show("bind with a short address", bind(new_socket(SOCK_DGRAM), (struct sockaddr *)&address, 1));
    show("bind with a long address", bind(new_socket(SOCK_DGRAM), (struct sockaddr *)&address, 111));
    show("bind with a huge address", bind(new_socket(SOCK_DGRAM), (struct sockaddr *)&address, 200));
    address.sun_family = AF_INET;
    show("bind another family", bind(new_socket(SOCK_DGRAM), (struct sockaddr *)&address, 10));
    show("connect without a name", (address.sun_family = AF_UNIX, connect(new_socket(SOCK_STREAM), (struct sockaddr *)&address, 2)));
    size = 4;
    memset(&address, 0, sizeof address);
    show("short getsockname", getsockname(one, (struct sockaddr *)&address, &size));
    say("true length %u, got %s", size, address.sun_path[0] ? "?" : "two bytes");
    show("negative getsockname", (size = -1, getsockname(one, (struct sockaddr *)&address, &size)));

    say("permission");
    int guarded = new_socket(SOCK_STREAM);
    umask(0277);
    must(bind_to(guarded, "guarded"));
    must(stat("guarded", &st));
    say("mode %o", st.st_mode);
    must(listen(guarded, 5));
    CHILD {
        if (geteuid() == 0) become(1000, 1000);
        show("connect without write permission", connect_to(new_socket(SOCK_STREAM), "guarded"));
    }
    must(chmod("guarded", 0222));
    CHILD {
        if (geteuid() == 0) become(1000, 1000);
        show("connect with it", connect_to(new_socket(SOCK_STREAM), "guarded"));
    }
    return 0;
}
