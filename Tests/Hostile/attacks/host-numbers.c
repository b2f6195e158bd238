// The host's process numbers, wherever the kernel tells one: in messages, siginfo, /proc texts, locks, terminals, IPC.
// The guest's own are small, the host's are not.
// Alone: yes
#include "hostile.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/file.h>

enum { GUEST = 400 };
static void number(long value, const char *where) {
    if (value > GUEST && value < 4194304) succeeded("the host's number %ld in %s", value, where);
    round_done();
}
/// Numbers after certain words in a file.
static void text(const char *path, const char *const *words) {
    char *bytes = malloc(65536);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, 65535);
    if (fd >= 0) close(fd);
    if (n > 0) {
        bytes[n] = 0;
        for (int i = 0; words[i]; i++) {
            char *at = strstr(bytes, words[i]);
            if (at) number(strtol(at + strlen(words[i]), NULL, 10), path);
        }
        // A bind's source is named in the lists of mounts, as it is in containers.
        if (strstr(bytes, arena.dir) && !strstr(path, "mount")) succeeded("a host path in %s", path);
    }
    free(bytes);
}
static volatile pid_t seen;
static void handler(int signal, siginfo_t *info, void *context) { seen = info->si_pid; }

static void signals(void) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    for (int i = 0; i < 3; i++) {
        int signal = (int[]){SIGUSR1, SIGCHLD, 36}[i];
        sigaction(signal, &action, NULL);
        seen = 0;
        kill(getpid(), signal);
        number(seen, "a handler's siginfo after kill");
        sigqueue(getpid(), signal, (union sigval){0});
        number(seen, "a handler's siginfo after sigqueue");
        raise(signal);
        number(seen, "a handler's siginfo after tgkill");
    }
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    siginfo_t info = {0};
    waitid(P_PID, pid, &info, WEXITED);
    number(info.si_pid, "waitid");
    number(seen, "SIGCHLD's siginfo");
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    kill(getpid(), SIGUSR2);
    sigwaitinfo(&all, &info);
    number(info.si_pid, "sigwaitinfo");
    int fd = signalfd(-1, &all, SFD_NONBLOCK);
    struct signalfd_siginfo record = {0};
    kill(getpid(), SIGUSR2);
    if (read(fd, &record, sizeof record) > 0) number(record.ssi_pid, "a signalfd");
    close(fd);
}
static void births(void) {
    pid_t parent = 0, child = 0;
    long pid = RAW(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &parent, &child, 0);
    if (pid == 0) {
        number(child, "CLONE_CHILD_SETTID");
        number(getpid(), "getpid");
        number(RAW(SYS_gettid), "gettid");
        number(RAW(SYS_set_tid_address, &child), "set_tid_address");
        number(getppid(), "getppid"), number(getsid(0), "getsid"), number(getpgrp(), "getpgrp");
        _exit(0);
    }
    number(pid, "clone"), number(parent, "CLONE_PARENT_SETTID");
    waitpid(pid, NULL, 0);
}
static void sockets(void) {
    int pair[2], on = 1;
    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
        socketpair(AF_UNIX, type, 0, pair);
        setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
        send(pair[0], "x", 1, 0);
        char control[256], byte;
        struct iovec data = {&byte, 1};
        struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        if (recvmsg(pair[1], &message, MSG_DONTWAIT) > 0)
            for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head))
                if (head->cmsg_type == SCM_CREDENTIALS) number(((struct ucred *)CMSG_DATA(head))->pid, "SCM_CREDENTIALS");
        struct ucred peer = {0};
        socklen_t size = sizeof peer;
        if (getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) number(peer.pid, "SO_PEERCRED");
        fcntl(pair[0], F_SETOWN, getpid());
        number(abs(fcntl(pair[0], F_GETOWN)), "F_GETOWN");
        int pidfd = -1;
        size = sizeof pidfd;
        getsockopt(pair[0], SOL_SOCKET, 77 /* SO_PEERPIDFD */, &pidfd, &size);
        if (pidfd >= 0) {
            char path[64];
            snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
            text(path, (const char *[]){"Pid:\t", "NSpid:\t", NULL});
            close(pidfd);
        }
        close(pair[0]), close(pair[1]);
    }
}
static void processes(void) {
    char path[64];
    const char *words[] = {"\nPid:\t", "\nTgid:\t", "\nPPid:\t", "\nTracerPid:\t", "\nNSpid:\t", "\nNgid:\t", NULL};
    text("/proc/self/status", words), text("/proc/thread-self/status", words), text("/proc/1/status", words);
    const char *nothing[] = {NULL};
    for (int i = 0; i < 12; i++) {
        const char *names[] = {"maps", "smaps", "mountinfo", "mounts", "cgroup", "environ", "cmdline", "auxv", "stat",
                               "sched", "numa_maps", "limits"};
        snprintf(path, sizeof path, "/proc/self/%s", names[i]);
        if (i != 6 && i != 5) text(path, nothing);
    }
    text("/proc/locks", (const char *[]){"ADVISORY  WRITE ", "ADVISORY  READ ", NULL});
    int fd = syscall(SYS_pidfd_open, getpid(), 0);
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    text(path, (const char *[]){"Pid:\t", "NSpid:\t", NULL});
    int victim = syscall(SYS_pidfd_open, arena.victim, 0);
    if (victim >= 0) succeeded("a pidfd of the host's process");
    snprintf(path, sizeof path, "/proc/%d", arena.victim);
    if (access(path, F_OK) == 0) succeeded("%s exists", path);
}
static void others(void) {
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    struct shmid_ds shm;
    if (id >= 0 && shmctl(id, IPC_STAT, &shm) == 0) number(shm.shm_cpid, "shm_cpid"), number(shm.shm_lpid, "shm_lpid");
    shmctl(id, IPC_RMID, NULL);
    id = semget(IPC_PRIVATE, 1, 0600);
    if (id >= 0) semctl(id, 0, SETVAL, 1), number(semctl(id, 0, GETPID), "semaphore's GETPID");
    semctl(id, 0, IPC_RMID);
    pid_t front = 0;
    if (ioctl(0, TIOCGPGRP, &front) == 0) number(front, "TIOCGPGRP");
    if (ioctl(0, TIOCGSID, &front) == 0) number(front, "TIOCGSID");
    int fd = open("/tmp/lock", O_CREAT | O_RDWR, 0600);
    struct flock lock = {.l_type = F_WRLCK};
    fcntl(fd, F_SETLK, &lock);
    pid_t pid = fork();
    if (pid == 0) {
        fcntl(fd, F_GETLK, &lock);
        if (lock.l_type != F_UNLCK) number(lock.l_pid, "F_GETLK");
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
        text(path, (const char *[]){"WRITE ", "READ ", NULL});
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    void *head = NULL;
    long cell = 0;
    prctl(PR_GET_TID_ADDRESS, &cell);
    // Robust mutexes are told of deaths by thread numbers.
    number(RAW(SYS_get_robust_list, arena.victim, &head, &cell) == 0 ? arena.victim : 0, "get_robust_list");
}

static void attack(void) {
    if (arena.victim < 2 * GUEST) { say("note: the host's numbers are as small as the guest's"); pause_us(100000); return; }
    signals(), births(), sockets(), processes(), others();
    pause_us(30000);
}
