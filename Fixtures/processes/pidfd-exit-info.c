// Rules:
// As: user
// What PIDFD_GET_INFO tells of the end of processes and threads, and of core dumps; its structure grows and shrinks.
#include "fixture.h"
#include <sys/prctl.h>
struct info { uint64_t mask, cgroup; uint32_t ids[11]; int32_t exit; uint32_t core_mode, core_signal; uint64_t room[4]; };
#define GET_INFO(size) (0xc000ff0bu | (unsigned)(size) << 16)
static void tell(const char *label, int pidfd, uint64_t mask, int size) {
    struct info info;
    memset(&info, 0xaa, sizeof info);
    info.mask = mask;
    if (ioctl(pidfd, GET_INFO(size), &info) == -1) { say("%s: %s", label, errno_text(errno)); return; }
    say("%s: mask %x, cgroup %d, pid %d, tgid %d, exit %x, core dump %x %x, rest %x", label, (int)info.mask, info.cgroup != 0, info.ids[0] != 0, info.ids[1] != 0,
        info.exit, info.core_mode, info.core_signal, (int)info.room[0]);
}
static int told[2];
static struct gate go, done;
static void *quick(void *unused) {
    pid_t tid = gettid();
    must(write(told[1], &tid, sizeof tid));
    gate_wait(go);
    syscall(SYS_exit, 5);
    return NULL;
}
static void *forever(void *unused) {
    pid_t tid = gettid();
    must(write(told[1], &tid, sizeof tid));
    for (;;) pause();
}
static void *executing(void *unused) {
    pid_t tid = gettid();
    must(write(told[1], &tid, sizeof tid));
    gate_wait(go);
    execl("/bin/sh", "sh", "-c", "read x; exit 9", NULL);
    return NULL;
}
static void wait_for(int pidfd) { poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, -1); }
/// A thread's pidfd is readable before the thread is gone.
static void wait_until_gone(int pidfd) {
    struct info info;
    do {
        sched_yield();
        info.mask = 8;
    } while (ioctl(pidfd, GET_INFO(64), &info) == -1 || info.mask & 1);
}
static void exits_first(void) { syscall(SYS_exit, 6); }
static void both(const char *how, void *(*thread)(void *), void (*leader)(void)) {
    pid_t pid, tid;
    int input[2];
    must(pipe(input));
    must(pipe(told));
    go = gate_new();
    done = gate_new();
    SPAWN(pid) {
        pthread_t made;
        must(dup2(input[0], 0));
        close(input[1]);
        pthread_create(&made, NULL, thread, NULL);
        leader();
    }
    close(input[0]);
    must(read(told[0], &tid, sizeof tid));
    int process = must(pidfd_of(pid)), one = must(syscall(SYS_pidfd_open, tid, PIDFD_THREAD));
    say("-- %s", how);
    tell("thread before", one, 31, 72);
    if (leader == exits_first) while (!strstr(field(format_path("/proc/%d/status", pid), "State"), "Z")) sched_yield();
    gate_open(go);
    wait_until_gone(one);
    tell("thread after", one, 31, 72);
    if (thread == executing) tell("process", process, 31, 72);
    close(input[1]);
    gate_open(done);
    must(waitid(P_PID, pid, NULL, WEXITED | WNOWAIT));
    tell("process as a zombie", process, 31, 72);
    report_status("it", wait_status(pid));
    tell("thread in the end", one, 31, 72);
    tell("process in the end", process, 31, 72);
    tell("not asked for the exit", process, 7, 72);
    tell("small", process, 8, 64);
    for (int i = 0; i < 2; i++) close(told[i]);
}
static void exits_with_3(void) { gate_wait(done); _exit(3); }
static void exits_at_go(void) { gate_wait(go); _exit(4); }
static void sleeps(void) { for (;;) pause(); }
int main(void) {
    int self = must(pidfd_of(getpid()));
    for (int size = 60; size <= 80; size += 4) tell(format_path("%d bytes", size), self, 31, size);
    tell("65 bytes", self, 16, 65);
    tell("nothing asked", self, 0, 72);
    must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    tell("not dumpable", self, 16, 72);
    must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    pid_t pid;
    SPAWN(pid) raise(SIGSEGV);
    int pidfd = must(pidfd_of(pid));
    wait_for(pidfd);
    tell("zombie", pidfd, 31, 72);
    reap(pid);
    tell("killed by itself", pidfd, 31, 72);
    both("a thread exits", quick, exits_with_3);
    both("the process exits", forever, exits_at_go);
    both("a thread executes a program", executing, sleeps);
    both("a thread executes a program after its leader has exited", executing, exits_first);
    return 0;
}
