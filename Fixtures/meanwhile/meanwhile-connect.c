// Rules: file-access-denied
// As: root user
// While connect waits for room: address, descriptor, timeout, name and mode of the server's file change; signals come.
#include "waiting.h"
#include <sys/un.h>
static struct sockaddr_un *address;
static int server, filler, client;
static int listener(const char *name) {
    int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    strcpy(own.sun_path, name);
    must(bind(fd, (struct sockaddr *)&own, sizeof own));
    must(listen(fd, 0));
    return fd;
}
static void stop(void) { for (const char **n = (const char *[]){"one", "two", "moved", NULL}; *n; n++) unlink(*n); }
/// A server with one connection waiting, which is all it holds.
static void start(void) {
    stop();
    server = listener("one");
    address = a_page();
    *address = (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "one"};
    filler = must(socket(AF_UNIX, SOCK_STREAM, 0));
    must(connect(filler, (struct sockaddr *)address, sizeof *address));
    must(send(filler, "filler", 6, 0));
    client = must(socket(AF_UNIX, SOCK_STREAM, 0));
}
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = (stop(), false))
#define CONNECT() begin(SYS_connect, client, address, (long)sizeof *address)
/// Accepts without waiting and shows who it is.
static void take(const char *label, int fd) {
    fcntl(fd, F_SETFL, O_NONBLOCK);
    int end = accept(fd, NULL, NULL);
    char text[16] = "";
    if (end == -1) { say("%s: %s", label, errno_text(errno)); return; }
    if (recv(end, text, 15, MSG_DONTWAIT) == -1) strcpy(text, "silent");
    say("%s: %s", label, text);
}
int main(void) {
    CASE("the address is changed") {
        int second = listener("two");
        struct waiter *w = CONNECT();
        strcpy(address->sun_path, "two");
        waits("changed", w);
        take("the first has", server);
        finish("connect", w);
        take("the first has", server);
        take("the second has", second);
    }
    CASE("the address is unmapped") {
        struct waiter *w = CONNECT();
        take_away(address);
        take("the first has", server);
        finish("connect", w);
    }
    CASE("the descriptor is replaced") {
        int kept = dup(client), other = must(socket(AF_UNIX, SOCK_STREAM, 0));
        struct waiter *w = CONNECT();
        must(dup2(other, client));
        take("the first has", server);
        finish("connect", w);
        show("send on the first", send(kept, "hello", 5, MSG_NOSIGNAL));
        show("send on the second", send(client, "hello", 5, MSG_NOSIGNAL));
        take("the first has", server);
    }
    CASE("the descriptor is closed") {
        struct waiter *w = CONNECT();
        must(close(client));
        waits("closed", w);
        take("the first has", server);
        finish("connect", w);
    }
    CASE("the name leads to another server") {
        struct waiter *w = CONNECT();
        must(rename("one", "moved"));
        int second = listener("one");
        waits("renamed", w);
        take("the first has", server);
        finish("connect", w);
        take("the first has", server);
        take("the second has", second);
    }
    CASE("the name is unlinked") {
        struct waiter *w = CONNECT();
        must(unlink("one"));
        waits("unlinked", w);
        take("the first has", server);
        finish("connect", w);
    }
    CASE("the server's file may no longer be written") {
        // The thread that connects must not be one that may do everything.
        if (geteuid() == 0) lower_effective(CAP_DAC_OVERRIDE);
        struct waiter *w = CONNECT();
        if (geteuid() == 0) raise_effective(CAP_DAC_OVERRIDE);
        must(chmod("one", 0400));
        waits("mode", w);
        take("the first has", server);
        finish("connect", w);
    }
    CASE("the server ends") {
        struct waiter *w = CONNECT();
        must(close(server));
        finish("connect", w);
    }
    CASE("the server is shut down") {
        struct waiter *w = CONNECT();
        must(shutdown(server, SHUT_RD));
        waits("shut down", w);
        take("the first has", server);
        finish("connect", w);
    }
    CASE("the server has more room") {
        struct waiter *w = CONNECT();
        must(listen(server, 5));
        finish("connect", w);
    }
    CASE("timeout and flags") {
        struct timeval limit = {0, 100000};
        must(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
        struct waiter *w = CONNECT();
        limit.tv_sec = 20;
        must(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
        finish("lengthened", w);
        w = CONNECT();
        limit = (struct timeval){0, 1000};
        must(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
        must(fcntl(client, F_SETFL, O_NONBLOCK));
        waits("shortened, and O_NONBLOCK", w);
        show("another", connect(client, (struct sockaddr *)address, sizeof *address));
        take("the first has", server);
        finish("connect", w);
    }
    CASE("the socket is connected meanwhile") {
        int second = listener("two");
        struct waiter *w = CONNECT();
        struct sockaddr_un other = {.sun_family = AF_UNIX, .sun_path = "two"};
        show("another", connect(client, (struct sockaddr *)&other, sizeof other));
        take("the first has", server);
        finish("connect", w);
        take("the second has", second);
    }
    CASE("signals") {
        struct waiter *w = CONNECT();
        interrupt(w, 0);
        finish("plain", w);
        w = CONNECT();
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        int second = listener("two");
        strcpy(address->sun_path, "two");
        interrupt(w, SA_RESTART);
        finish("the restarted call looks at the address again", w);
        take("the second has", second);
        client = must(socket(AF_UNIX, SOCK_STREAM, 0));
        strcpy(address->sun_path, "one");
        must(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){20, 0}, sizeof(struct timeval)));
        w = CONNECT();
        interrupt(w, SA_RESTART);
        finish("with a timeout", w);
    }
    return 0;
}
