// Rules:
// As: user
// Calls that wait: accept, connect to a full queue, recvmsg, sendmsg of more than fits, with timeouts and signals.
#include "fixture.h"
#include <sys/un.h>
static void handler(int number) {}
static struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "s"};
static long receive(int fd, char *data, size_t size, int flags) {
    char control[256];
    struct iovec vector = {data, size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    return recvmsg(fd, &message, flags);
}
static void *sender(void *fd) {
    static char big[3000000];
    memset(big, 'x', sizeof big);
    struct iovec vectors[] = {{big, 1000000}, {big, 1500000}, {big, 500000}};
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = 3};
    return (void *)sendmsg(*(int *)fd, &message, 0);
}
int main(void) {
    int server = must(socket(AF_UNIX, SOCK_STREAM, 0));
    must(bind(server, (struct sockaddr *)&address, sizeof address));
    must(listen(server, 0));
    pid_t client;
    SPAWN(client) {
        close(server);
        usleep(50000);
        for (int i = 0; i < 3; i++) {
            int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
            must(connect(fd, (struct sockaddr *)&address, sizeof address));
            must(write(fd, "one", 3));
            usleep(20000);
            must(write(fd, "two", 3));
            close(fd);
        }
    }
    int ends[3];
    for (int i = 0; i < 3; i++) {
        ends[i] = must(accept(server, NULL, NULL));
        say("accepted");
        char data[8] = {0};
        show("first", receive(ends[i], data, 3, 0));
        say("%s", data);
        show("second", receive(ends[i], data, 3, 0));
        say("%s", data);
        show("end", receive(ends[i], data, 3, 0));
        usleep(30000);
    }
    reap(client);

    int pair[2];
    char data[8];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    show("nothing there", receive(pair[0], data, 3, MSG_DONTWAIT));
    struct timeval limit = {0, 50000};
    must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    show("timeout", receive(pair[0], data, 3, 0));
    limit.tv_usec = 0;
    must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    struct sigaction action = {.sa_handler = handler};
    must(sigaction(SIGUSR1, &action, NULL));
    pid_t self = getpid();
    CHILD {
        pid_t killer;
        SPAWN(killer) { usleep(50000); kill(getppid(), SIGUSR1); }
        show("interrupted", receive(pair[0], data, 3, 0));
        reap(killer);
    }
    action.sa_flags = SA_RESTART;
    must(sigaction(SIGUSR1, &action, NULL));
    CHILD {
        pid_t killer;
        SPAWN(killer) { usleep(50000); kill(getppid(), SIGUSR1); usleep(50000); must(write(pair[1], "abc", 3)); }
        show("restarted", receive(pair[0], data, 3, 0));
        reap(killer);
    }
    pthread_t thread;
    must(pthread_create(&thread, NULL, sender, &pair[1]));
    long total = 0, got;
    static char big[100000];
    while (total < 3000000 && (got = must(receive(pair[0], big, sizeof big, 0))) > 0) {
        for (long i = 0; i < got; i++) if (big[i] != 'x') { say("wrong byte"); break; }
        total += got;
    }
    say("received %ld", total);
    void *sent;
    pthread_join(thread, &sent);
    say("sent %ld", (long)sent);
    must(shutdown(pair[1], SHUT_WR));
    show("after shutdown", receive(pair[0], data, 3, 0));
    close(pair[1]);
    struct msghdr message = {.msg_iov = &(struct iovec){"x", 1}, .msg_iovlen = 1};
    show("no reader", sendmsg(pair[0], &message, MSG_NOSIGNAL));
    CHILD { sendmsg(pair[0], &message, 0); say("still here"); }
    CHILD {
        // As a thread among several, whose messages the sentry sends.
        must(pthread_create(&thread, NULL, (void *(*)(void *))pause, NULL));
        sendmsg(pair[0], &message, 0);
        say("still here");
    }
    return 0;
}
