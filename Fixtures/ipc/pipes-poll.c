// Rules:
// As: user
// Pipes, FIFOs, poll, epoll, eventfd, timerfd, signalfd and socket pairs.
#include "fixture.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#define TRY(call) show(#call, call)
int main(void) {
    int fds[2];
    TRY(pipe2(fds, 1));
    TRY(pipe2((void *)8, 0));
    TRY(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
    char buffer[70000] = "";
    TRY(read(fds[0], buffer, 1));
    TRY(write(fds[1], buffer, sizeof buffer));
    TRY(write(fds[1], buffer, 1));
    TRY(ioctl(fds[0], FIONREAD, buffer) == 0 ? *(int *)buffer : -1);
    TRY(read(fds[0], buffer, sizeof buffer));
    TRY(fcntl(fds[0], F_GETPIPE_SZ));
    struct pollfd polls[2] = {{fds[0], POLLIN}, {fds[1], POLLOUT}};
    TRY(poll(polls, 2, 0));
    say("events %x %x", polls[0].revents, polls[1].revents);
    close(fds[1]);
    TRY(poll(polls, 1, 0));
    say("events %x", polls[0].revents);
    TRY(read(fds[0], buffer, 1));
    must(pipe(fds));
    close(fds[0]);
    signal(SIGPIPE, SIG_IGN);
    TRY(write(fds[1], "x", 1));
    signal(SIGPIPE, SIG_DFL);
    CHILD must(write(fds[1], "x", 1));
    must(mkfifo("fifo", 0600));
    TRY(open("fifo", O_WRONLY | O_NONBLOCK));
    int reader = ok("fifo reader", open("fifo", O_RDONLY | O_NONBLOCK));
    int writer = ok("fifo writer", open("fifo", O_WRONLY | O_NONBLOCK));
    TRY(write(writer, "abc", 3));
    TRY(read(reader, buffer, 10));
    close(writer);
    TRY(read(reader, buffer, 10));
    pid_t pid;
    SPAWN(pid) { int w = must(open("fifo", O_WRONLY)); must(write(w, "from child", 10)); }
    fcntl(reader, F_SETFL, 0);
    usleep(50000);
    TRY(read(reader, buffer, 64));
    reap(pid);
    int event = must(eventfd(3, EFD_NONBLOCK));
    uint64_t value;
    TRY(read(event, &value, 8));
    TRY((long)value);
    TRY(read(event, &value, 8));
    int poller = must(epoll_create1(EPOLL_CLOEXEC));
    struct epoll_event interest = {EPOLLIN, {.u64 = 77}}, ready[4];
    TRY(epoll_ctl(poller, EPOLL_CTL_ADD, event, &interest));
    TRY(epoll_ctl(poller, EPOLL_CTL_ADD, event, &interest));
    TRY(epoll_ctl(poller, EPOLL_CTL_ADD, 999, &interest));
    int regular = must(open("/proc/self/status", O_RDONLY)), file = must(open("f", O_CREAT | O_RDWR, 0600));
    TRY(epoll_ctl(poller, EPOLL_CTL_ADD, file, &interest));
    TRY(epoll_wait(poller, ready, 4, 0));
    value = 1;
    must(write(event, &value, 8));
    TRY(epoll_wait(poller, ready, 4, 1000));
    TRY((long)ready[0].data.u64);
    TRY(epoll_ctl(poller, EPOLL_CTL_DEL, event, NULL));
    int timer = must(timerfd_create(CLOCK_MONOTONIC, 0));
    must(timerfd_settime(timer, 0, &(struct itimerspec){{0, 0}, {0, 20000000}}, NULL));
    TRY(read(timer, &value, 8));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = must(signalfd(-1, &set, SFD_CLOEXEC));
    SPAWN(pid) kill(getppid(), SIGUSR1);
    struct signalfd_siginfo info;
    TRY(read(signals, &info, sizeof info) == sizeof info);
    say("signal %u sender %d uid %d", info.ssi_signo, info.ssi_pid == (uint32_t)pid, info.ssi_uid == getuid());
    reap(pid);
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
    TRY(send(pair[0], "packet", 6, 0));
    TRY(recv(pair[1], buffer, 3, 0));
    TRY(recv(pair[1], buffer, 3, MSG_DONTWAIT));
    TRY(shutdown(pair[0], SHUT_WR));
    TRY(recv(pair[1], buffer, 3, 0));
    TRY(write(file, "0123456789", 10));
    must(pipe(fds));
    off_t offset = 2;
    TRY(sendfile(fds[1], file, &offset, 5));
    TRY(read(fds[0], buffer, 64));
    say("%.5s offset %ld", buffer, (long)offset);
    TRY(splice(file, &(loff_t){0}, fds[1], NULL, 4, 0));
    TRY(copy_file_range(file, &(loff_t){0}, file, &(loff_t){20}, 4, 0));
    return 0;
}
