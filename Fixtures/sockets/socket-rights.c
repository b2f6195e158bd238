// Rules:
// As: user root
// SCM_RIGHTS: what is passed is the same open file; cut control buffers, close-on-exec, peeking, reading past them.
#include "fixture.h"
static long send_fds(int socket, const char *data, size_t size, const int *fds, int count) {
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int) * 300)]; } control;
    struct iovec vector = {(void *)data, size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    control.header = (struct cmsghdr){CMSG_LEN(sizeof(int) * count), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * count);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}
static int received[8], received_count;
static long receive(const char *label, int socket, size_t room, int flags) {
    char data[64] = {0};
    union { struct cmsghdr header; char bytes[512]; } control;
    struct iovec vector = {data, sizeof data - 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = room};
    errno = 0;
    long got = recvmsg(socket, &message, flags);
    received_count = 0;
    if (got == -1) { say("%s: %s", label, errno_text(errno)); return got; }
    say("%s: %ld \"%s\", control %zu, flags %x", label, got, data, message.msg_controllen, message.msg_flags);
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        int count = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        say("  level %d type %d length %zu", at->cmsg_level, at->cmsg_type, at->cmsg_len);
        if (at->cmsg_type == SCM_RIGHTS) { memcpy(received, CMSG_DATA(at), count * sizeof(int)); received_count = count; }
    }
    return got;
}
static void close_received(void) { while (received_count) close(received[--received_count]); }
int main(void) {
    int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (int i = 0; i < 3; i++) {
        say("type %d", types[i]);
        int pair[2], fds[2];
        must(socketpair(AF_UNIX, types[i], 0, pair));
        must(pipe(fds));
        CHILD {
            must(send_fds(pair[1], "take", 4, &fds[1], 1));
        }
        close(fds[1]);
        receive("received", pair[0], 512, 0);
        show("close on exec", fcntl(received[0], F_GETFD));
        show("write", write(received[0], "through", 7));
        char data[16] = {0};
        show("read", read(fds[0], data, sizeof data));
        close_received();
        show("end of file", read(fds[0], data, sizeof data));

        must(send_fds(pair[1], "a", 1, (int[]){fds[0], 1, 2}, 3));
        receive("with close on exec", pair[0], 512, MSG_CMSG_CLOEXEC);
        for (int j = 0; j < received_count; j++) say("  %d", fcntl(received[j], F_GETFD));
        yes("same file", same_file(received[0], fds[0]));
        close_received();
        size_t rooms[] = {0, 8, 16, 19, 20, 24, 27, 28, 32};
        for (unsigned j = 0; j < sizeof rooms / sizeof *rooms; j++) {
            must(send_fds(pair[1], "b", 1, (int[]){fds[0], 1, 2}, 3));
            char label[32];
            sprintf(label, "room for %zu", rooms[j]);
            receive(label, pair[0], rooms[j], 0);
            close_received();
        }
        must(send_fds(pair[1], "peek", 4, (int[]){fds[0], 1}, 2));
        receive("peeked", pair[0], 512, MSG_PEEK);
        yes("same file", received_count == 2 && same_file(received[0], fds[0]));
        close_received();
        receive("then taken", pair[0], 512, 0);
        close_received();
        must(send_fds(pair[1], "skip", 4, fds, 1));
        must(send_fds(pair[1], "next", 4, (int[]){1}, 1));
        show("read past", recv(pair[0], data, 4, 0));
        receive("and the next", pair[0], 512, 0);
        yes("is the second", received_count == 1 && same_file(received[0], 1));
        close_received();
        show("bad fd", send_fds(pair[1], "x", 1, (int[]){1, 99}, 2));
        show("too many", send_fds(pair[1], "x", 1, (int[300]){0}, 254));
        show("none", send_fds(pair[1], "x", 1, fds, 0));
        receive("none", pair[0], 512, 0);
        // Objects of every kind.
        int here = must(open(".", O_RDONLY)), directory = must(open("/", O_RDONLY)), name = must(open("/", O_PATH)), space = must(ns_open(0, "user"));
        make_file("regular", "text", 0600);
        int regular = must(open("regular", O_RDONLY)), process = must(pidfd_of(getpid()));
        int sent[] = {directory, name, space, regular, process, pair[0]};
        must(send_fds(pair[1], "all", 3, sent, 6));
        receive("all kinds", pair[0], 512, 0);
        for (int j = 0; j < received_count; j++) {
            yes("same file", same_file(sent[j], received[j]));
            say("  flags %x", fcntl(received[j], F_GETFL) & ~O_LARGEFILE);
        }
        if (received_count == 6) {
            show("directory", fchdir(received[0]));
            must(fchdir(here));
            show("namespace type", ioctl(received[2], NSFS_NSTYPE) == CLONE_NEWUSER);
            show("regular", read(received[3], data, 2));
            show("shared offset", lseek(regular, 0, SEEK_CUR));
            show("signal by pidfd", syscall(SYS_pidfd_send_signal, received[4], 0, NULL, 0));
        }
        close_received();
        struct rlimit limit, usual;
        must(getrlimit(RLIMIT_NOFILE, &usual));
        limit = usual;
        limit.rlim_cur = process + 3;
        must(setrlimit(RLIMIT_NOFILE, &limit));
        must(send_fds(pair[1], "full", 4, sent, 6));
        receive("few fds left", pair[0], 512, 0);
        say("  %d arrived", received_count);
        close_received();
        must(setrlimit(RLIMIT_NOFILE, &usual));
        close(pair[1]);
        receive("closed", pair[0], 512, MSG_DONTWAIT);
        show("send to nobody", send_fds(pair[0], "x", 1, fds, 1));
        for (int j = 3; j < 30; j++) close(j);
    }
    // A socket that nobody but a message holds.
    int outer[2], inner[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, outer));
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, inner));
    must(send_fds(outer[0], "x", 1, &inner[1], 1));
    close(inner[1]);
    must(write(inner[0], "kept", 4));
    receive("socket", outer[1], 512, 0);
    char data[8] = {0};
    show("its data", read(received[0], data, 8));
    return 0;
}
