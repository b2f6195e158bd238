#define _GNU_SOURCE
#include "chost.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS _IOW('!', 4, __u64)
#endif

int chost_notification_receive(int listener, chost_notification *out) {
    struct seccomp_notif request;
    memset(&request, 0, sizeof request);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0) return -errno;
    out->id = request.id;
    out->tid = request.pid;
    out->number = (uint32_t)request.data.nr;
    out->instruction_pointer = request.data.instruction_pointer;
    for (int i = 0; i < 6; i++) out->arguments[i] = request.data.args[i];
    return 0;
}

int chost_notification_answer(int listener, uint64_t id, int64_t value, int32_t error) {
    struct seccomp_notif_resp response = {.id = id, .val = value, .error = error, .flags = 0};
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 ? -errno : 0;
}

int chost_notification_continue(int listener, uint64_t id) {
    struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 ? -errno : 0;
}

int chost_notification_install(int listener, uint64_t id, int source, int target, int close_on_exec, int answers) {
    struct seccomp_notif_addfd request = {
        .id = id,
        .flags = SECCOMP_ADDFD_FLAG_SETFD | (answers ? SECCOMP_ADDFD_FLAG_SEND : 0),
        .srcfd = (uint32_t)source,
        .newfd = (uint32_t)target,
        .newfd_flags = close_on_exec ? O_CLOEXEC : 0,
    };
    int fd = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &request);
    return fd < 0 ? -errno : fd;
}

int chost_notification_wake_on_same_cpu(int listener) {
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1ul /* SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP */) < 0 ? -errno : 0;
}

int chost_notification_is_valid(int listener, uint64_t id) {
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

int chost_notification_is_hung_up(int listener) {
    struct pollfd state = {.fd = listener, .events = POLLIN};
    return poll(&state, 1, 0) > 0 && state.revents & POLLHUP;
}
