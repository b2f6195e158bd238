// Rules:
// As: root user
// While accept waits: its descriptor, address buffer, flags, limits change; the listener ends; signals come.
#include "waiting.h"
#include <sys/un.h>
static struct sockaddr_un address_of(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, name);
    return address;
}
static int listener(const char *name) {
    int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un address = address_of(name);
    must(bind(fd, (struct sockaddr *)&address, sizeof address));
    must(listen(fd, 5));
    return fd;
}
static bool silent;
/// Connects, bound to a name of its own, and says so.
static int client(const char *name, const char *to) {
    int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un own = address_of(name), address = address_of(to);
    must(bind(fd, (struct sockaddr *)&own, sizeof own.sun_family + strlen(name) + 1));
    show("connect", connect(fd, (struct sockaddr *)&address, sizeof address));
    if (!silent) send(fd, name, strlen(name), MSG_NOSIGNAL);
    return fd;
}
static void greeting(struct waiter *w, const char *label) {
    char text[16] = "";
    long fd = finish(label, w);
    if (fd >= 0) recv(fd, text, 15, MSG_DONTWAIT);
    if (fd >= 0) say("from %s", text);
}
static void stop(void) { for (const char **n = (const char *[]){"one", "two", "c", "d", NULL}; *n; n++) unlink(*n); }
static int one, two;
static void start(void) {
    stop();
    one = listener("one");
    two = listener("two");
}
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = (stop(), false))
#define ACCEPT() begin(SYS_accept4, one, 0L, 0L, 0L)
int main(void) {
    CASE("the descriptor is replaced") {
        struct waiter *w = ACCEPT();
        int kept = dup(one);
        must(dup2(two, one));
        client("c", "two");
        waits("a connection to the second", w);
        client("d", "one");
        greeting(w, "accept");
        say("left in the first: %d", poll(&(struct pollfd){kept, POLLIN}, 1, 0));
        say("left in the second: %d", poll(&(struct pollfd){two, POLLIN}, 1, 0));
    }
    CASE("the descriptor is closed") {
        struct waiter *w = ACCEPT();
        must(close(one));
        waits("closed", w);
        client("c", "one");
        greeting(w, "accept");
        struct sockaddr_un address = address_of("one");
        show("the listener is gone", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address));
    }
    CASE("the listener is shut down") {
        struct waiter *w = ACCEPT();
        show("shutdown for writing", shutdown(one, SHUT_WR));
        waits("for writing", w);
        show("shutdown for reading", shutdown(one, SHUT_RD));
        finish("accept", w);
    }
    CASE("the flags and the timeout are changed") {
        struct waiter *w = ACCEPT();
        must(fcntl(one, F_SETFL, O_NONBLOCK));
        must(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 10000}, sizeof(struct timeval)));
        waits("changed", w);
        show("another", accept(one, NULL, NULL));
        client("c", "one");
        greeting(w, "accept");
        must(fcntl(one, F_SETFL, 0));
        show("with the timeout", accept(one, NULL, NULL));
        must(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 100000}, sizeof(struct timeval)));
        w = ACCEPT();
        must(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){20, 0}, sizeof(struct timeval)));
        finish("lengthened", w);
    }
    CASE("the address's length is changed") {
        struct sockaddr_un *address = a_page();
        socklen_t *length = a_page();
        *length = 0;
        struct waiter *w = begin(SYS_accept4, one, address, length, (long)SOCK_CLOEXEC);
        *length = sizeof *address;
        client("c", "one");
        greeting(w, "accept");
        say("length %u, family %d, %s", *length, address->sun_family, address->sun_path);
        memset(address, 0, sizeof *address);
        *length = sizeof *address;
        w = begin(SYS_accept4, one, address, length, 0L);
        *length = 3;
        client("d", "one");
        greeting(w, "accept");
        say("length %u, family %d, %s", *length, address->sun_family, address->sun_path);
    }
    CASE("the address is unmapped") {
        struct sockaddr_un *address = a_page();
        socklen_t *length = a_page();
        *length = sizeof *address;
        struct waiter *w = begin(SYS_accept4, one, address, length, 0L);
        take_away(address);
        silent = true;
        int fd = client("c", "one");
        finish("accept", w);
        char byte;
        show("the client sees", recv(fd, &byte, 1, 0));
        show("the number is free", dup(one) - fd);
        w = begin(SYS_accept4, one, a_page(), length, 0L);
        take_away(length);
        client("d", "one");
        finish("the length is unmapped", w);
    }
    CASE("the number is taken at the start") {
        struct waiter *w = ACCEPT();
        int next = must(dup(one));
        show("one number is missing", next - two);
        show("dup2 on it", dup2(one, next - 1));
        show("close it", close(next - 1));
        show("look at it", fcntl(next - 1, F_GETFD));
        must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){2, 4096}));
        show("another", dup(one));
        show("another accept", accept(one, NULL, NULL));
        must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){next + 2, 4096}));
        pid_t connecting;
        SPAWN(connecting) client("c", "one");
        finish("accept", w);
        reap(connecting);
    }
    CASE("two wait") {
        struct waiter *a = ACCEPT(), *b = ACCEPT();
        client("c", "one");
        greeting(a, "first");
        waits("second", b);
        client("d", "one");
        greeting(b, "second");
    }
    CASE("signals") {
        struct waiter *w = ACCEPT();
        interrupt(w, 0);
        finish("plain", w);
        w = ACCEPT();
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        must(dup2(two, one));
        waits("replaced", w);
        interrupt(w, SA_RESTART);
        client("c", "two");
        greeting(w, "the restarted call looks at the descriptor again");
        must(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){20, 0}, sizeof(struct timeval)));
        w = ACCEPT();
        interrupt(w, SA_RESTART);
        finish("with a timeout", w);
        must(setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 0}, sizeof(struct timeval)));
        w = ACCEPT();
        must(close(one));
        interrupt(w, SA_RESTART);
        finish("closed and restarted", w);
    }
    return 0;
}
