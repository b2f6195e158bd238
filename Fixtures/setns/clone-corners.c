// Rules: access-more-capabilities chmod-not-owner chown-user-not-permitted clone-pidfd-detached fork-limit io-priority-realtime limit-files-above-maximum nsfs-mount-list-needs-admin pidfd-foreign-namespace pidfd-signal-foreign-namespace policy-needs-nice priority-more-capabilities priority-of-other-task priority-raise proc-loginuid-change setpgid-no-such-group setpgid-not-leader sysctl-mode-is-fixed unlink-directory unshare-shared-handlers unshare-shared-memory
// As: root user
// Corners that other fixtures do not reach: shared memory, threads' numbers, pidfds of outer namespaces, limits.
#include "fixture.h"
static int waits(void *gate) { gate_wait(*(struct gate *)gate); return 0; }
static volatile pid_t tid;
static void *thread_waits(void *gate) { tid = syscall(SYS_gettid); gate_wait(*(struct gate *)gate); return NULL; }
struct limit { uint64_t current, maximum; };
int main(void) {
    struct gate end = gate_new();
    char *stack = malloc(65536);
    pid_t pid = must(clone(waits, stack + 65536, CLONE_VM | SIGCHLD, &end));
    show("shared memory: unshare(VM)", unshare(CLONE_VM));
    show("shared memory: unshare(SIGHAND)", unshare(CLONE_SIGHAND));
    show("shared memory: unshare(THREAD)", unshare(CLONE_THREAD));
    show("shared memory: unshare(NEWUSER)", ({ int r = fork(); if (r == 0) _exit(unshare(CLONE_NEWUSER) == 0 ? 1 : 2); WEXITSTATUS(wait_status(r)); }));
    gate_open(end);
    reap(pid);
    pid = must(clone(waits, stack + 65536, CLONE_VM | CLONE_SIGHAND | SIGCHLD, &end));
    show("shared handlers: unshare(SIGHAND)", unshare(CLONE_SIGHAND));
    gate_open(end);
    reap(pid);
    CHILD {
        pthread_t thread;
        must(pthread_create(&thread, NULL, thread_waits, &end));
        while (!tid) usleep(1000);
        show("setpgid of a thread", setpgid(tid, 0));
        show("setpgid to a thread", setpgid(0, tid));
        show("wait for a thread", waitpid(tid, NULL, 0));
    }
    // A PID namespace whose owner is a sibling of the user namespace.
    pid_t outer = getpid();
    int outer_fd = must(pidfd_of(outer));
    USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        CHILD {
            show("signal outwards", syscall(SYS_pidfd_send_signal, outer_fd, 0, NULL, 0));
            char info[128] = "";
            show("information outwards", ioctl(outer_fd, _IOC(3, 0xff, 11, 128), info) == -1 ? errno : 0);
            show("getfd outwards", syscall(SYS_pidfd_getfd, outer_fd, 0, 0));
            show("wait outwards", waitid(P_PIDFD, outer_fd, &(siginfo_t){0}, WEXITED));
        }
    }
    struct limit limit = {1, 2000000000};
    show("files above the maximum", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL));
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        show("as inner root", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL));
        show("real-time I/O", syscall(SYS_ioprio_set, 1, 0, 1 << 13 | 4));
        show("nice -5", setpriority(PRIO_PROCESS, 0, -5));
        show("fifo", sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){5}));
    }
    if (geteuid() == 0) {
        SPAWN(pid) { must(setresuid(1000, 1000, 0)); gate_wait(end); }
        CHILD { must(setresgid(0, 0, 0)); must(setresuid(-1, 1000, -1)); show("nice of a more capable one", setpriority(PRIO_PROCESS, getppid(), 5)); }
        CHILD { become(0, 0); must(caps_set(0, 0, 0)); show("nice of the parent without capabilities", setpriority(PRIO_PROCESS, getppid(), 0)); }
        CHILD { must(caps_set(0, 0, 0)); show("scheduler of the parent without capabilities", sched_setscheduler(getppid(), SCHED_OTHER, &(struct sched_param){0})); }
        CHILD { must(caps_set(0, 0, 0)); show("affinity of the parent", sched_setaffinity(getppid(), 8, &(uint64_t){1})); show("limit of the parent", syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, &(struct limit){0, 0}, NULL)); }
        gate_open(end);
        reap(pid);
    }
    int pidfd;
    show("pidfd of a detached child", syscall(SYS_clone, CLONE_PIDFD | 0x00400000 | SIGCHLD, NULL, &pidfd, NULL, NULL));
    if (geteuid() != 0) {
        uint64_t information[2];
        show("next mount namespace", ioctl(must(ns_open(0, "mnt")), _IOR(0xb7, 11, uint64_t[2]), information));
        CHILD {
            must(syscall(SYS_prlimit64, 0, RLIMIT_NPROC, &(struct limit){0, 0}, NULL));
            show("fork beyond the limit", fork());
        }
    }
    must(mkdir("d", 0755));
    show("unlink a directory", unlink("d"));
    show("open a directory for writing", open("d", O_WRONLY));
    CHILD {
        // Unset, anybody may set it for themselves once; then it needs a capability.
        long first = put("/proc/self/loginuid", "77");
        show("loginuid again without capabilities", ({ must(caps_set(0, 0, 0)); put("/proc/self/loginuid", "78"); }));
        show_file("loginuid", "/proc/self/loginuid");
        show("loginuid junk", put("/proc/self/loginuid", "x"));
    }
    show("chmod of a sysctl", chmod("/proc/sys/kernel/ostype", 0666));
    show("chown of a sysctl", chown("/proc/sys/kernel/ostype", 0, 0));
    return 0;
}
