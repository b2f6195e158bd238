// Rules:
// As: user
// sendmsg and recvmsg without control data, and recvfrom with an address: how they wait, and what they return in part.
#include "fixture.h"
#include <sys/un.h>

static void handler(int number) {}
static long receive(int fd, void *data, size_t size, int flags) {
    struct iovec vectors[] = {{data, size / 2}, {(char *)data + size / 2, size - size / 2}};
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = 2, .msg_flags = 0x7777};
    long got = recvmsg(fd, &message, flags);
    if (got >= 0) say("flags %#x, control %zu", message.msg_flags, message.msg_controllen);
    return got;
}
static long send_plain(int fd, const void *data, size_t size, int flags) {
    struct iovec vector = {(void *)data, size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    return sendmsg(fd, &message, flags);
}
static void limit(int fd, int option, int milliseconds) {
    struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    must(setsockopt(fd, SOL_SOCKET, option, &time, sizeof time));
}
static char big[3 << 20];

int main(void) {
    int pair[2];
    char data[64] = {0};
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));

    // MSG_WAITALL puts pieces together; a timeout, a signal and the end of the stream cut it.
    pid_t child;
    SPAWN(child) {
        for (int i = 0; i < 4; i++) { usleep(20000); must(write(pair[1], "abc", 3)); }
    }
    show("all", receive(pair[0], data, 12, MSG_WAITALL));
    say("%s", data);
    reap(child);
    must(write(pair[1], "part", 4));
    limit(pair[0], SO_RCVTIMEO, 60);
    show("all with a timeout", receive(pair[0], data, 12, MSG_WAITALL));
    show("nothing with a timeout", receive(pair[0], data, 12, MSG_WAITALL));
    limit(pair[0], SO_RCVTIMEO, 0);
    must(write(pair[1], "peek", 4));
    show("peek", receive(pair[0], data, 12, MSG_WAITALL | MSG_PEEK));
    show("not waiting", receive(pair[0], data, 12, MSG_WAITALL | MSG_DONTWAIT));
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    must(sigaction(SIGUSR1, &action, NULL));
    must(write(pair[1], "sig", 3));
    SPAWN(child) { usleep(50000); kill(getppid(), SIGUSR1); }
    show("all until a signal", receive(pair[0], data, 12, MSG_WAITALL));
    reap(child);
    int low = 6;
    must(setsockopt(pair[0], SOL_SOCKET, SO_RCVLOWAT, &low, sizeof low));
    SPAWN(child) {
        for (int i = 0; i < 3; i++) { usleep(20000); must(write(pair[1], "low", 3)); }
    }
    show("low water", receive(pair[0], data, 32, 0));
    reap(child);
    low = 1;
    must(setsockopt(pair[0], SOL_SOCKET, SO_RCVLOWAT, &low, sizeof low));
    show("rest", receive(pair[0], data, 32, 0));

    // More than fits: all of it, a part after a signal, a part after a timeout.
    memset(big, 'y', sizeof big);
    SPAWN(child) {
        char piece[50000];
        long total = 0, got;
        while (total < (long)sizeof big && (got = read(pair[0], piece, sizeof piece)) > 0) {
            for (long i = 0; i < got; i++) if (piece[i] != 'y') say("wrong byte");
            total += got;
        }
        say("read %ld", total);
    }
    long sent = send_plain(pair[1], big, sizeof big, 0);
    reap(child);
    say("sent %ld", sent);
    SPAWN(child) { usleep(50000); kill(getppid(), SIGUSR1); }
    sent = send_plain(pair[1], big, sizeof big, 0);
    yes("a part until a signal", sent > 0 && sent < (long)sizeof big);
    reap(child);
    limit(pair[1], SO_SNDTIMEO, 50);
    show("full", send_plain(pair[1], big, sizeof big, 0));
    show("full, not waiting", send_plain(pair[1], big, sizeof big, MSG_DONTWAIT));
    // How much fits is the same however it is taken out.
    long total = 0, got;
    while ((got = recv(pair[0], big, sizeof big, MSG_DONTWAIT)) > 0) total += got;
    yes("all of the part came", total == sent);
    must(shutdown(pair[1], SHUT_WR));
    show("end", receive(pair[0], data, 12, MSG_WAITALL));
    close(pair[1]);
    show("nobody", send_plain(pair[0], "x", 1, MSG_NOSIGNAL));

    // recvfrom with an address: of a stream it is left alone, of a datagram it is the sender's.
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    struct sockaddr_un name;
    memset(&name, 0x55, sizeof name);
    socklen_t size = sizeof name;
    SPAWN(child) { usleep(20000); must(write(pair[1], "late", 4)); }
    show("recvfrom", recvfrom(pair[0], data, sizeof data, 0, (struct sockaddr *)&name, &size));
    say("length %u", size);
    reap(child);
    // The sender takes a name while the receiver waits.
    SPAWN(child) {
        usleep(20000);
        struct sockaddr_un own = {AF_UNIX, "\0plain"};
        must(bind(pair[1], (struct sockaddr *)&own, 8));
        must(write(pair[1], "named", 5));
    }
    size = sizeof name;
    show("recvfrom of a named one", recvfrom(pair[0], data, sizeof data, 0, (struct sockaddr *)&name, &size));
    say("length %u, name %s", size, size > 3 ? name.sun_path + 1 : "");
    reap(child);

    // Datagrams larger than what is received, and several at once.
    must(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    must(write(pair[1], "0123456789", 10));
    show("true length", receive(pair[0], data, 4, MSG_TRUNC));
    must(write(pair[1], "0123456789", 10));
    show("cut", receive(pair[0], data, 4, MSG_WAITALL));
    int wide = 150000;
    must(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &wide, sizeof wide));
    show("large", send_plain(pair[1], big, 120000, 0));
    show("large received", receive(pair[0], big, sizeof big, 0));
    show("too large", send_plain(pair[1], big, sizeof big, 0));
    struct mmsghdr several[3];
    struct iovec vectors[3];
    memset(several, 0, sizeof several);
    for (int i = 0; i < 3; i++) {
        vectors[i] = (struct iovec){data + 8 * i, 8};
        several[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
    }
    SPAWN(child) {
        for (int i = 0; i < 3; i++) { usleep(20000); must(write(pair[1], "several", i + 1)); }
    }
    show("recvmmsg waits for each", recvmmsg(pair[0], several, 3, 0, NULL));
    say("%u %u %u", several[0].msg_len, several[1].msg_len, several[2].msg_len);
    reap(child);
    SPAWN(child) {
        for (int i = 0; i < 3; i++) { usleep(20000); must(write(pair[1], "several", i + 1)); }
    }
    show("recvmmsg waits for one", recvmmsg(pair[0], several, 3, MSG_WAITFORONE, NULL));
    reap(child);
    show("the others", recvmmsg(pair[0], several, 3, MSG_DONTWAIT, NULL));
    action.sa_flags = 0;
    must(sigaction(SIGUSR1, &action, NULL));
    SPAWN(child) { usleep(50000); kill(getppid(), SIGUSR1); }
    show("recvmmsg of nothing until a signal", recvmmsg(pair[0], several, 3, 0, NULL));
    reap(child);
    must(write(pair[1], "one", 3));
    SPAWN(child) { usleep(50000); kill(getppid(), SIGUSR1); }
    show("recvmmsg until a signal", recvmmsg(pair[0], several, 3, 0, NULL));
    reap(child);
    show("sendmmsg", sendmmsg(pair[1], several, 3, 0));
    return 0;
}
