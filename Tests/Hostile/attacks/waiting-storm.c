// Calls that wait, in all their kinds, while other threads close, replace and unshare the descriptors that they began with, send
// signals, execute or kill. Afterwards no number is kept for a call that is gone, no lock is held, and a waiter is woken.
// Seconds: 2
#include "hostile.h"
#include <mqueue.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>

static int listener, semaphores, messages, queue, locked, pair[2];

static void ignore(int number) {}
static void nothing(int argc, char **argv) {}
void prepare(void) { again = nothing; }

static void wait_somehow(void) {
    struct sembuf down = {0, -1, SEM_UNDO};
    struct timespec soon = {0, (long)(random_word() % 3000000)};
    struct flock lock = {.l_type = F_WRLCK, .l_start = (long)(random_word() % 3), .l_len = 2};
    char bytes[64], control[64];
    struct iovec piece = {bytes, sizeof bytes};
    struct msghdr header = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct mmsghdr several[2] = {{header, 0}, {header, 0}};
    switch (random_word() % 11) {
    case 0: accept(listener, NULL, NULL); break;
    case 1: open("fifo", random_word() & 1 ? O_RDONLY : O_WRONLY); break;
    case 2: semtimedop(semaphores, &down, 1, random_word() & 1 ? &soon : NULL); break;
    case 3: msgrcv(messages, bytes, 8, 7, 0); break;
    case 4: fcntl(locked, random_word() & 1 ? F_SETLKW : F_OFD_SETLKW, &lock); break;
    case 5: flock(locked, LOCK_EX); break;
    case 6: recvmsg(pair[0], &header, MSG_CMSG_CLOEXEC); break;
    case 7: RAW(SYS_recvmmsg, pair[1], several, 2, 0, 0); break;
    case 8: mq_receive(queue, bytes, sizeof bytes, NULL); break;
    case 9: RAW(SYS_wait4, -1, 0, 0x40000000, 0); break;
    case 10: {
        struct sockaddr_un name = {AF_UNIX, "listener"};
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        connect(fd, (struct sockaddr *)&name, sizeof name);
        if (random_word() & 1) close(fd);
    }
    }
}

static void interfere(void) {
    static int *const files[] = {&listener, &locked, &pair[0], &pair[1], &queue};
    int fd = *files[random_word() % 5];
    struct sembuf up = {0, 1, 0};
    struct { long type; char text[8]; } message = {7, "text"};
    switch (random_word() % 12) {
    case 0: dup2(*files[random_word() % 5], fd); break;
    case 1: if (random_word() % 4 == 0) close(fd); break;
    case 2: RAW(SYS_unshare, CLONE_FILES); break;
    case 3: semop(semaphores, &up, 1); break;
    case 4: msgsnd(messages, &message, 8, IPC_NOWAIT); break;
    case 5: send(pair[random_word() & 1], "text", 4, MSG_DONTWAIT | MSG_NOSIGNAL); break;
    case 6: mq_send(queue, "text", 4, 1); break;
    case 7: kill(getpid(), SIGUSR1); break;
    case 8: dup2(locked, 20 + (int)(random_word() % 50)); break;
    case 9: close(20 + (int)(random_word() % 50)); break;
    case 10: close(open("fifo", O_RDWR | O_NONBLOCK)); break;
    case 11: if (random_word() % 64 == 0) semctl(semaphores, 0, IPC_RMID), msgctl(messages, IPC_RMID, NULL); break;
    }
}

static void *waiter(void *unused) {
    while (1) wait_somehow();
}
static void *interferer(void *unused) {
    while (1) interfere();
}

static void storm(void) {
    signal(SIGUSR1, ignore);
    signal(SIGPIPE, SIG_IGN);
    semaphores = semget(IPC_PRIVATE, 1, 0600), messages = msgget(IPC_PRIVATE, 0600);
    queue = mq_open("/storm", O_RDWR | O_CREAT | O_NONBLOCK * (int)(random_word() & 1), 0600, NULL);
    socketpair(AF_UNIX, random_word() & 1 ? SOCK_STREAM : SOCK_SEQPACKET, 0, pair);
    locked = open("locked", O_RDWR | O_CREAT, 0600);
    struct sockaddr_un name = {AF_UNIX, "listener"};
    unlink("listener");
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&name, sizeof name);
    listen(listener, 1);
    for (int i = 0; i < 5; i++) thread_start(waiter, NULL);
    for (int i = 0; i < 2; i++) thread_start(interferer, NULL);
    pause_us(1000 + random_word() % 40000);
    switch (random_word() % 3) {
    case 0: execl("/proc/self/exe", "waiting-storm", "again", NULL); break;
    case 1: raise(SIGKILL);
    }
    _exit(0);
}

static void *accepting(void *fd) { return (void *)(long)accept((int)(long)fd, NULL, NULL); }

/// What a call that was ended by a signal kept is free again.
static void look(void) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), number = dup(fd);
    close(number);
    struct sockaddr_un name = {AF_UNIX};
    socklen_t size = sizeof name;
    bind(fd, (struct sockaddr *)&name, 2);
    getsockname(fd, (struct sockaddr *)&name, &size);
    listen(fd, 1);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGALRM, SIG_DFL);
        struct sigaction action = {.sa_handler = ignore};
        sigaction(SIGUSR1, &action, NULL);
        pthread_t thread;
        pthread_create(&thread, NULL, accepting, (void *)(long)fd);
        pause_us(2000);
        int taken = dup(fd);
        pthread_kill(thread, SIGUSR1);
        pthread_join(thread, NULL);
        int next = dup(fd);
        // On a busy machine it may not have waited yet.
        if (taken != number && (taken != number + 1 || next != number)) say("STUCK: a number is kept: %d %d %d", number, taken, next);
        close(next), close(taken);
        pthread_create(&thread, NULL, accepting, (void *)(long)fd);
        int client = socket(AF_UNIX, SOCK_STREAM, 0);
        alarm(5);
        connect(client, (struct sockaddr *)&name, size);
        pthread_join(thread, NULL);
        struct flock lock = {.l_type = F_WRLCK};
        int file = open("locked", O_RDWR | O_CREAT, 0600);
        if (fcntl(file, F_SETLK, &lock) != 0 || flock(file, LOCK_EX | LOCK_NB) != 0) say("STUCK: a lock is held by nobody");
        _exit(0);
    }
    int status;
    if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status)) say("STUCK: a call that waits is not woken");
    close(fd);
}

static void attack(void) {
    if (chdir("/tmp") != 0) _exit(0);
    mkfifo("fifo", 0600);
    while (left() > 0) {
        pid_t pid = fork();
        if (pid == 0) storm();
        int status;
        for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
            if (i == 500) kill(pid, SIGKILL);
            if (i > 5000) { say("STUCK: a killed process with waiting threads cannot be waited for"); break; }
            pause_us(1000);
        }
        look();
        round_done();
    }
}
