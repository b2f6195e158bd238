// The host's sockets by every name and by every call that takes one, and families that the sandbox does not have.
// Walls: first second
// Alone: yes
#include "hostile.h"
#include <netinet/in.h>
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>

static void try_address(const void *address, socklen_t size, int family) {
    for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++) {
        int fd = socket(family, type | SOCK_NONBLOCK, 0);
        if (fd < 0) continue;
        if (connect(fd, address, size) == 0) send(fd, "hello", 5, MSG_DONTWAIT | MSG_NOSIGNAL);
        sendto(fd, "hello", 5, MSG_DONTWAIT | MSG_NOSIGNAL, address, size);
        struct iovec data = {"hello", 5};
        struct mmsghdr messages[2] = {{.msg_hdr = {.msg_name = (void *)address, .msg_namelen = size, .msg_iov = &data, .msg_iovlen = 1}}};
        messages[1] = messages[0];
        sendmsg(fd, &messages[0].msg_hdr, MSG_DONTWAIT | MSG_NOSIGNAL);
        sendmmsg(fd, messages, 2, MSG_DONTWAIT | MSG_NOSIGNAL);
        sendto(fd, "hello", 5, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_FASTOPEN, address, size);
        close(fd);
        round_done();
    }
}
static void by_path(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return;
    strcpy(address.sun_path, path);
    try_address(&address, offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1, AF_UNIX);
    try_address(&address, offsetof(struct sockaddr_un, sun_path) + strlen(path), AF_UNIX);
    try_address(&address, sizeof address, AF_UNIX);
}

static void attack(void) {
    for (int dgram = 0; dgram < 2; dgram++) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int length = snprintf(address.sun_path + 1, 100, "%s%s", arena.name, dgram ? ".dgram" : "");
        try_address(&address, offsetof(struct sockaddr_un, sun_path) + 1 + length, AF_UNIX);
        int fd = socket(AF_UNIX, dgram ? SOCK_DGRAM : SOCK_STREAM, 0);
        if (bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 1 + length) < 0 && errno == EADDRINUSE)
            succeeded("learned that the host has this abstract name");
        close(fd);
    }
    const char *names[] = {"host/stream.sock", "host/dgram.sock"};
    char path[600];
    int root = open("/", O_PATH), granted = open("/granted", O_PATH);
    for (int i = 0; i < 2; i++) {
        by_path(host_path(names[i]));
        snprintf(path, sizeof path, "/proc/self/root%s", host_path(names[i])), by_path(path);
        snprintf(path, sizeof path, "/proc/self/fd/%d%s", root, host_path(names[i])), by_path(path);
        snprintf(path, sizeof path, "/proc/self/fd/%d/../%s", granted, names[i]), by_path(path);
        snprintf(path, sizeof path, "../../../../..%s", host_path(names[i])), by_path(path);
        unlink("/shared/s"), symlink(host_path(names[i]), "/shared/s");
        by_path("/shared/s");
        unlink("/shared/s");
        // Where the sentry keeps the sandbox's sockets is a directory of its own at some number.
        for (int fd = 3; fd < 30; fd++) {
            snprintf(path, sizeof path, "/proc/self/fd/%d/s1", fd), by_path(path);
            snprintf(path, sizeof path, "/proc/1/fd/%d/../..%s", fd, host_path(names[i])), by_path(path);
        }
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s.new", host_path(names[i]));
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        bind(fd, (struct sockaddr *)&address, sizeof address);
        close(fd);
    }
    by_path("/run/systemd/private"), by_path("/run/dbus/system_bus_socket"), by_path("/var/run/docker.sock");
    struct sockaddr_in inet = {AF_INET, htons(arena.port), {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 inet6 = {AF_INET6, htons(arena.port), 0, IN6ADDR_LOOPBACK_INIT, 0};
    struct sockaddr_vm vm = {.svm_family = AF_VSOCK, .svm_port = 1, .svm_cid = 2};
    try_address(&inet, sizeof inet, AF_INET), try_address(&inet6, sizeof inet6, AF_INET6), try_address(&vm, sizeof vm, AF_VSOCK);
    for (int family = 0; family < 46; family++) {
        if (family == AF_UNIX) continue;
        for (int type = 1; type < 11; type++) {
            int fd = socket(family, type, 0), pair[2];
            if (fd >= 0) succeeded("has a socket of family %d", family), close(fd);
            if (socketpair(family, type, 0, pair) == 0) succeeded("has a pair of sockets of family %d", family);
        }
    }
    // Two unconnected sockets, one call racing with another name is pointers.c's.
    close(root), close(granted);
    pause_us(20000);
}
