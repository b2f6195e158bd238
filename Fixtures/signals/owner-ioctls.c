// Rules:
// As: user
// A socket's owner by ioctl, which is F_SETOWN's, and the mark out of band.
#include "fixture.h"
#include <sys/ioctl.h>
#include <sys/socket.h>
static volatile int got;
static void handler(int number) { got++; }
static int set(int fd, unsigned long request, int owner) { return ioctl(fd, request, &owner); }
static void tell(const char *label, int fd) {
    int first = 1, second = 1;
    must(ioctl(fd, 0x8903, &first));   // FIOGETOWN
    must(ioctl(fd, 0x8904, &second));  // SIOCGPGRP
    int own = fcntl(fd, F_GETOWN);
    say("%s: self %d group %d none %d, as F_GETOWN %d", label, first == getpid(), first == -getpgrp(), first == 0,
        first == second && own == first);
}
int main(void) {
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    tell("new", pair[0]);
    show("FIOSETOWN", set(pair[0], 0x8901, getpid()));
    tell("set", pair[0]);
    show("SIOCSPGRP of the group", set(pair[0], 0x8902, -getpgrp()));
    tell("group", pair[0]);
    show("unknown", set(pair[0], 0x8901, 4000000));
    show("INT_MIN", set(pair[0], 0x8901, INT_MIN));
    show("no memory", ioctl(pair[0], 0x8901, 8));
    tell("still", pair[0]);
    signal(SIGIO, handler);
    must(set(pair[0], 0x8902, getpid()));
    must(fcntl(pair[0], F_SETFL, O_ASYNC));
    must(write(pair[1], "x", 1));
    usleep(20000);
    say("signals %d", got);
    show("take away", set(pair[0], 0x8901, 0));
    tell("nobody", pair[0]);
    int pipes[2];
    must(pipe(pipes));
    show("a pipe's", set(pipes[0], 0x8901, getpid()));
    show("a pipe's question", set(pipes[0], 0x8903, 0));
    int file = must(open(".", O_RDONLY | O_DIRECTORY));
    show("a directory's", set(file, 0x8902, getpid()));
    char byte;
    int mark = -1;
    show("mark", ioctl(pair[0], 0x8905, &mark));  // SIOCATMARK
    say("%d", mark);
    must(read(pair[0], &byte, 1));
    must(send(pair[1], "ab", 2, MSG_OOB));
    must(ioctl(pair[0], 0x8905, &mark));
    say("before the byte in band %d", mark);
    must(read(pair[0], &byte, 1));
    must(ioctl(pair[0], 0x8905, &mark));
    say("before the mark %d", mark);
    show("byte out of band", recv(pair[0], &byte, 1, MSG_OOB));
    say("%c", byte);
    show("a pipe's mark", ioctl(pipes[0], 0x8905, &mark));
    return 0;
}
