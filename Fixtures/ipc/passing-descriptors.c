// Rules:
// As: user
// SCM_RIGHTS: files, pipes, namespace files and pidfds sent to another process and used there.
#include "fixture.h"
static int sockets[2];
static void send_fd(int fd) {
    char control[CMSG_SPACE(sizeof fd)] = {0}, byte = 'x';
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    ok("send", sendmsg(sockets[0], &message, 0));
}
static int receive_fd(int flags) {
    int fd = -1;
    char control[CMSG_SPACE(sizeof fd)] = {0}, byte;
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    show("receive", recvmsg(sockets[1], &message, flags));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header) { say("nothing came, flags %x", message.msg_flags); return -1; }
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}
int main(void) {
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    make_file("f", "contents", 0600);
    pid_t owner;
    struct gate end = gate_new();
    SPAWN_IN_USERNS(owner, CLONE_NEWUTS, own_uid_at(0), NULL) gate_wait(end);
    pid_t pid;
    struct gate sent = gate_new(), taken = gate_new();
    SPAWN(pid) {
        gate_wait(sent);
        int fd = receive_fd(0);
        char text[16] = "";
        show("read", read(fd, text, 15));
        show_text("text", text);
        show("cloexec", fcntl(fd, F_GETFD));
        gate_open(taken);
        gate_wait(sent);
        fd = receive_fd(MSG_CMSG_CLOEXEC);
        show("cloexec", fcntl(fd, F_GETFD));
        must(write(fd, "y", 1));
        gate_wait(sent);
        int user = receive_fd(0), pidfd = receive_fd(0);
        struct statfs fs;
        must(fstatfs(user, &fs));
        yes("an nsfs file", fs.f_type == 0x6e736673);
        show("type", ioctl(user, NSFS_NSTYPE) == CLONE_NEWUSER);
        show("signal by pidfd", syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
        show("setns", setns(user, 0));
        yes("there", ns_number(0, "user") == ns_number(owner, "user"));
    }
    int file = must(open("f", O_RDONLY)), pipe_fds[2];
    must(pipe(pipe_fds));
    send_fd(file);
    gate_open(sent);
    gate_wait(taken);
    show("offset is shared", lseek(file, 0, SEEK_CUR));
    send_fd(pipe_fds[1]);
    gate_open(sent);
    close(pipe_fds[1]);
    char byte;
    show("from the pipe", read(pipe_fds[0], &byte, 1));
    send_fd(must(ns_open(owner, "user")));
    send_fd(must(pidfd_of(owner)));
    gate_open(sent);
    reap(pid);
    show("end of the pipe", read(pipe_fds[0], &byte, 1));
    send_fd(999);
    gate_open(end);
    reap(owner);
    return 0;
}
