// Rules:
// As: user
// Blocking calls and handlers: EINTR, SA_RESTART, calls that never restart.
#include "fixture.h"
static void handler(int number) {}
static void setup(int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    must(sigaction(SIGALRM, &action, NULL));
    struct itimerval timer = {{0, 0}, {0, 40000}};
    must(setitimer(ITIMER_REAL, &timer, NULL));
}
int main(void) {
    for (int restart = 0; restart < 2; restart++) {
        int flags = restart ? SA_RESTART : 0;
        say("%s", restart ? "SA_RESTART" : "plain");
        int fds[2];
        must(pipe(fds));
        pid_t pid;
        char byte;
        if (restart) SPAWN(pid) { usleep(120000); must(write(fds[1], "x", 1)); }
        setup(flags);
        show("read of a pipe", read(fds[0], &byte, 1));
        if (restart) reap(pid);
        SPAWN(pid) usleep(120000);
        setup(flags);
        int status;
        long result = waitpid(pid, &status, 0);
        say("waitpid: %s", result == pid ? "the child" : errno_text(errno));
        if (result != pid) reap(pid);
        SPAWN(pid) usleep(120000);
        setup(flags);
        siginfo_t info;
        show("waitid", waitid(P_PID, pid, &info, WEXITED));
        waitpid(pid, &status, 0);
        setup(flags);
        show("pause", pause());
        setup(flags);
        show("nanosleep", nanosleep(&(struct timespec){0, 200000000}, NULL));
        setup(flags);
        show("poll", poll(NULL, 0, 200));
        setup(flags);
        show("select", select(0, NULL, NULL, NULL, &(struct timeval){0, 200000}));
        sigset_t none;
        sigemptyset(&none);
        setup(flags);
        show("sigsuspend", sigsuspend(&none));
        // Opening a FIFO blocks until the other end is opened.
        unlink("fifo");
        must(mkfifo("fifo", 0600));
        if (restart) SPAWN(pid) { usleep(120000); must(open("fifo", O_WRONLY)); }
        setup(flags);
        int fd = open("fifo", O_RDONLY);
        say("open of a FIFO: %s", fd >= 0 ? "ok" : errno_text(errno));
        if (restart) reap(pid);
        // A file lock.
        int lock = must(open("lock", O_RDWR | O_CREAT, 0600));
        struct gate held = gate_new();
        SPAWN(pid) {
            struct flock whole = {.l_type = F_WRLCK};
            must(fcntl(lock, F_SETLK, &whole));
            gate_open(held);
            usleep(150000);
        }
        gate_wait(held);
        setup(flags);
        struct flock whole = {.l_type = F_WRLCK};
        show("record lock", fcntl(lock, F_SETLKW, &whole));
        reap(pid);
    }
    return 0;
}
