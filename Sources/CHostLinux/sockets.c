#define _GNU_SOURCE
#include "chost_sockets.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int fill(struct sockaddr_un *address, const char *path) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
    strcpy(address->sun_path, path);
    return 0;
}

int chost_unix_bind(int socket, const char *path) {
    struct sockaddr_un address;
    int error = fill(&address, path);
    if (error) return error;
    return bind(socket, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

int chost_pollable(const char *path) {
    int pollable = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pollable < 0) return -errno;
    int error = chost_unix_bind(pollable, path);
    // Without a name before it listens: nobody can have connected.
    if (!error && (unlink(path) < 0 || listen(pollable, 0) < 0)) error = -errno;
    if (!error) return pollable;
    close(pollable);
    return error;
}

int chost_unix_connect(int socket, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNSPEC};
    if (path) {
        int error = fill(&address, path);
        if (error) return error;
    }
    // An unconnected stream can neither be read nor written, so nobody notices the flag.
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0) return -errno;
    if (!(flags & O_NONBLOCK)) fcntl(socket, F_SETFL, flags | O_NONBLOCK);
    int result = connect(socket, (struct sockaddr *)&address, path ? sizeof address : sizeof(sa_family_t));
    int error = errno;
    if (!(flags & O_NONBLOCK)) fcntl(socket, F_SETFL, flags);
    return result < 0 ? -error : 0;
}

int chost_unix_accept(int socket, pid_t owner, int nonblocking) {
    for (;;) {
        // Only this process accepts, so what poll promises is still there.
        struct pollfd ready = {.fd = socket, .events = POLLIN};
        if (poll(&ready, 1, 0) < 0) return -errno;
        if (!ready.revents) return -EAGAIN;
        int accepted = accept4(socket, NULL, NULL, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0));
        if (accepted < 0) return -errno;
        struct ucred peer;
        socklen_t size = sizeof peer;
        if (getsockopt(accepted, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == owner) return accepted;
        close(accepted);
    }
}

ssize_t chost_unix_send(
    int socket, const void *data, size_t size, const char *path, const int *files, int file_count, int flags) {
    struct sockaddr_un address;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * CHOST_MESSAGE_FILES)];
    } control;
    struct iovec vector = {(void *)data, size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (file_count < 0 || file_count > CHOST_MESSAGE_FILES) return -EINVAL;
    if (path) {
        int error = fill(&address, path);
        if (error) return error;
        message.msg_name = &address;
        message.msg_namelen = sizeof address;
    }
    if (file_count) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * file_count);
        control.header.cmsg_len = CMSG_LEN(sizeof(int) * file_count);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(&control.header), files, sizeof(int) * file_count);
    }
    ssize_t sent = sendmsg(socket, &message, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

ssize_t chost_unix_receive(int socket, void *buffer, size_t size, int flags, chost_unix_message *out) {
    struct sockaddr_un address;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * CHOST_MESSAGE_FILES) + CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(64)];
    } control;
    struct iovec vector = {buffer, size};
    struct msghdr message = {
        .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &vector, .msg_iovlen = 1,
        .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    out->file_count = 0;
    out->sender = 0;
    out->name[0] = 0;
    out->timestamp_size = 0;
    memset(&address, 0, sizeof address);
    ssize_t got = recvmsg(socket, &message, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) return -errno;
    out->size = got;
    out->flags = message.msg_flags & ~MSG_CMSG_CLOEXEC;
    if (message.msg_namelen > sizeof(sa_family_t)) {
        memcpy(out->name, address.sun_path, sizeof address.sun_path);
        out->name[sizeof address.sun_path] = 0;
    }
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level != SOL_SOCKET) continue;
        size_t length = at->cmsg_len - CMSG_LEN(0);
        if (at->cmsg_type == SCM_RIGHTS) {
            int count = length / sizeof(int);
            if (count > CHOST_MESSAGE_FILES) count = CHOST_MESSAGE_FILES;
            memcpy(out->files, CMSG_DATA(at), count * sizeof(int));
            out->file_count = count;
        } else if (at->cmsg_type == SCM_CREDENTIALS) {
            struct ucred sender;
            memcpy(&sender, CMSG_DATA(at), sizeof sender);
            out->sender = sender.pid;
        } else if (length <= sizeof out->timestamp) {
            memcpy(out->timestamp, CMSG_DATA(at), length);
            out->timestamp_type = at->cmsg_type;
            out->timestamp_size = length;
        }
    }
    return got;
}

int chost_socket_option(int socket, int option) {
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(socket, SOL_SOCKET, option, &value, &size) < 0 ? -errno : value;
}

int chost_socket_set_option(int socket, int option, int value) {
    return setsockopt(socket, SOL_SOCKET, option, &value, sizeof value) < 0 ? -errno : 0;
}

uint64_t chost_socket_timeout(int socket, int sending) {
    struct timeval time = {0};
    socklen_t size = sizeof time;
    if (getsockopt(socket, SOL_SOCKET, sending ? SO_SNDTIMEO : SO_RCVTIMEO, &time, &size) < 0) return 0;
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

int chost_is_nonblocking(int file) { return (fcntl(file, F_GETFL) & O_NONBLOCK) != 0; }

int chost_token(uint64_t *inode) {
    int file = memfd_create("token", MFD_CLOEXEC);
    if (file < 0) return -errno;
    struct stat status;
    if (fstat(file, &status) < 0) {
        int error = errno;
        close(file);
        return -error;
    }
    *inode = status.st_ino;
    return file;
}

uint64_t chost_token_number(int file) {
    // Memory files all live in one mount of the kernel's own; anything else is no token, whatever its number.
    static dev_t device;
    struct stat status;
    if (!device) {
        int own = memfd_create("token", MFD_CLOEXEC);
        if (own < 0) return 0;
        if (fstat(own, &status) == 0) device = status.st_dev;
        close(own);
    }
    return fstat(file, &status) == 0 && status.st_dev == device ? status.st_ino : 0;
}

int chost_readiness_create(void) {
    int readiness = epoll_create1(EPOLL_CLOEXEC);
    return readiness < 0 ? -errno : readiness;
}

int chost_readiness_watch(int readiness, int slot, int socket, uint32_t events, uint64_t key) {
    struct epoll_event event = {.events = events | EPOLLONESHOT, .data.u64 = key};
    if (dup3(socket, slot, O_CLOEXEC) < 0) return -errno;
    int result = epoll_ctl(readiness, EPOLL_CTL_ADD, slot, &event);
    if (result < 0 && errno == EEXIST) result = epoll_ctl(readiness, EPOLL_CTL_MOD, slot, &event);
    int error = errno;
    // The registration belongs to the description and goes with its last descriptor, in whatever process. The slot
    // stays taken, so that no other file gets its number.
    dup3(readiness, slot, O_CLOEXEC);
    return result < 0 ? -error : 0;
}

int chost_readiness_wait(int readiness, uint64_t *keys, int capacity) {
    struct epoll_event events[16];
    if (capacity > 16) capacity = 16;
    int count = epoll_wait(readiness, events, capacity, -1);
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) keys[i] = events[i].data.u64;
    return count;
}
