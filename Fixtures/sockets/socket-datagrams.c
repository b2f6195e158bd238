// Rules: socket-peer-connected-elsewhere
// As: user
// Datagrams: addresses of senders, connections that exclude others, several messages in one call.
#include "fixture.h"
#include <sys/un.h>
static struct sockaddr_un address_of(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, name);
    return address;
}
static int bound(const char *name) {
    struct sockaddr_un address = address_of(name);
    int fd = must(socket(AF_UNIX, SOCK_DGRAM, 0));
    if (*name) must(bind(fd, (struct sockaddr *)&address, sizeof address));
    return fd;
}
static long send_to(int fd, const char *name, const char *text) {
    struct sockaddr_un address = address_of(name);
    return sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address, sizeof address);
}
static void receive(const char *label, int fd) {
    struct sockaddr_un from = {0};
    socklen_t size = sizeof from;
    char data[64] = {0};
    long got = recvfrom(fd, data, sizeof data - 1, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
    if (got == -1) say("%s: %s", label, errno_text(errno));
    else say("%s: \"%s\" from %s (%u)", label, data, size ? from.sun_path : "nobody", size);
}
int main(void) {
    int a = bound("a"), b = bound("b"), none = bound("");
    show("send", send_to(b, "a", "from b"));
    receive("a", a);
    show("send", send_to(none, "a", "from none"));
    receive("a", a);
    receive("a, empty", a);
    show("to nowhere", send_to(b, "nowhere", "x"));
    show("without address", send(b, "x", 1, 0));
    show("to a bad address", sendto(b, "x", 1, 0, (void *)8, 10));
    // An address whose low 32 bits are 0 is an address all the same.
    struct sockaddr_un *far = mmap((void *)0x100000000, 4096, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (far == MAP_FAILED) say("no place at 4 GiB");
    *far = address_of("a");
    show("address at 4 GiB", sendto(b, "far", 3, 0, (struct sockaddr *)far, sizeof *far));
    receive("a", a);
    memset(far, 0, sizeof *far);
    show("receive there", (send_to(b, "a", "back"), recvfrom(a, (char[8]){0}, 8, 0, (struct sockaddr *)far, &(socklen_t){sizeof *far})));
    say("%s", far->sun_path);
    CHILD {
        int c = bound("c");
        show("send and go", send_to(c, "a", "last words"));
    }
    receive("a", a);
    struct sockaddr_un address = address_of("b");
    show("connect a to b", connect(a, (struct sockaddr *)&address, sizeof address));
    show("b still sends", send_to(b, "a", "peer"));
    receive("a", a);
    show("another one", send_to(none, "a", "stranger"));
    address = address_of("a");
    show("another one connects", connect(none, (struct sockaddr *)&address, sizeof address));
    show("a sends plainly", send(a, "to b", 4, 0));
    receive("b", b);
    show("peer's name", getpeername(a, (struct sockaddr *)&address, &(socklen_t){sizeof address}));
    say("%s", address.sun_path);
    struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
    show("dissolve", connect(a, &unspecified, sizeof unspecified));
    show("send plainly", send(a, "x", 1, 0));
    show("peer's name", getpeername(a, (struct sockaddr *)&address, &(socklen_t){sizeof address}));
    show("another one", send_to(none, "a", "welcome"));
    receive("a", a);

    say("several");
    struct mmsghdr messages[3] = {0};
    address = address_of("a");
    struct iovec vectors[3] = {{"first", 5}, {"second", 6}, {"third", 5}};
    for (int i = 0; i < 3; i++)
        messages[i].msg_hdr = (struct msghdr){.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &vectors[i], .msg_iovlen = 1};
    show("sendmmsg", sendmmsg(b, messages, 3, 0));
    say("%u %u %u", messages[0].msg_len, messages[1].msg_len, messages[2].msg_len);
    char data[3][16] = {0};
    struct sockaddr_un names[3] = {0};
    for (int i = 0; i < 3; i++) {
        vectors[i] = (struct iovec){data[i], 5};
        messages[i] = (struct mmsghdr){.msg_hdr = {.msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &vectors[i], .msg_iovlen = 1}};
    }
    show("recvmmsg", recvmmsg(a, messages, 3, MSG_DONTWAIT, NULL));
    for (int i = 0; i < 3; i++)
        say("%s %u flags %x from %s (%u)", data[i], messages[i].msg_len, messages[i].msg_hdr.msg_flags, names[i].sun_path, messages[i].msg_hdr.msg_namelen);
    show("recvmmsg", recvmmsg(a, messages, 3, MSG_DONTWAIT, NULL));
    show("long name", send_to(b, "a", "0123456789"));
    struct msghdr message = {.msg_name = &names[0], .msg_namelen = 3, .msg_iov = vectors, .msg_iovlen = 1};
    memset(names, 0, sizeof names);
    show("recvmsg", recvmsg(a, &message, MSG_TRUNC));
    say("%.5s flags %x name length %u", data[0], message.msg_flags, message.msg_namelen);
    message.msg_iovlen = 1025;
    show("too many vectors", recvmsg(a, &message, 0));
    message.msg_iovlen = 1;
    message.msg_namelen = -1;
    show("negative name length", sendmsg(b, &message, 0));
    static char big[2 << 20];
    show("too long", sendto(b, big, sizeof big, 0, (struct sockaddr *)&address, sizeof address));

    say("full queue");
    int flags = fcntl(none, F_SETFL, O_NONBLOCK), sent = 0;
    while (send_to(none, "a", "x") == 1) sent++;
    say("stopped by %s", errno_text(errno));
    pid_t child;
    SPAWN(child) {
        must(fcntl(none, F_SETFL, 0));
        show("one more", send_to(none, "a", "y"));
    }
    usleep(30000);
    char byte;
    for (int i = 0; i < sent + 1; i++) must(recv(a, &byte, 1, 0));
    reap(child);
    say("last is %c", byte);
    return 0;
}
