// Helpers for the fixtures of receiving calls that wait.
#pragma once
#include "waiting.h"
static int pair[2];
static char *first, *second;
static struct msghdr *header;
static struct iovec *vector;
static void open_pair(int type) {
    must(socketpair(AF_UNIX, type, 0, pair));
    first = a_page();
    second = a_page();
    header = a_page();
    vector = a_page();
    vector[0] = (struct iovec){first, 8};
    header->msg_iov = vector;
    header->msg_iovlen = 1;
}
static void post(int fd, const char *text) { must(send(fd, text, strlen(text), MSG_NOSIGNAL)); }
static void take(const char *label, int fd) {
    char text[32];
    long got = recv(fd, text, 31, MSG_DONTWAIT);
    if (got == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: %.*s.", label, (int)got, text);
}
static void buffers(void) { say("first %.16s, second %.16s", *first ? first : "-", *second ? second : "-"); }
#define RECVMSG(flags) begin(SYS_recvmsg, pair[0], header, (long)(flags))
#define CASE(type, label) CHILD for (bool once_ = (open_pair(type), say("-- %s", label), true); once_; once_ = false)
