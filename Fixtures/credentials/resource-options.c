// Rules: process-needs-resource socket-option-needs-admin
// As: root user
// Options of processes and sockets that take a capability, what UNAME26 shows, and small limits of clone3 and scheduling.
#include "fixture.h"
static void options(const char *who) {
    show(format_path("%s set flusher", who), prctl(57, 1, 0, 0, 0));
    show(format_path("%s get flusher", who), prctl(58, 0, 0, 0, 0));
    show(format_path("%s unknown flusher", who), prctl(57, 2, 0, 0, 0));
    show(format_path("%s memory map", who), prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0));
    show(format_path("%s too many arguments", who), prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 1, 0));
    show(format_path("%s timing", who), prctl(14, 0, 0, 0, 0));
    show(format_path("%s other timing", who), prctl(14, 1, 0, 0, 0));
    show(format_path("%s get timing", who), prctl(13, 0, 0, 0, 0));
    show(format_path("%s counters off", who), prctl(31, 0, 0, 0, 0));
    show(format_path("%s counters on", who), prctl(32, 0, 0, 0, 0));
    show(format_path("%s merging", who), prctl(68, 0, 0, 0, 0));
}
static void socket_options(const char *who) {
    int fd = must(socket(AF_UNIX, SOCK_STREAM, 0)), value = 5000;
    show(format_path("%s mark", who), setsockopt(fd, SOL_SOCKET, SO_MARK, &value, 4));
    show(format_path("%s receive buffer", who), setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &value, 4));
    show(format_path("%s send buffer", who), setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &value, 4));
}
static long personality_of(unsigned long flags) { return syscall(SYS_personality, flags); }
static void release(const char *when) {
    struct utsname name;
    must(uname(&name));
    int major = 0, minor = 0, patch = 0;
    yes(when, sscanf(name.release, "%d.%d.%d", &major, &minor, &patch) >= 2 && major == 2 && minor == 6 && patch > 60);
}
struct attributes { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; };
static long deadline(uint64_t runtime, uint64_t deadline, uint64_t period) {
    struct attributes wanted = {.size = 48, .policy = 6, .runtime = runtime, .deadline = deadline, .period = period};
    return syscall(SYS_sched_setattr, 0, &wanted, 0);
}
static long new_stack(uint64_t stack, uint64_t size) {
    uint64_t arguments[11] = {[4] = SIGCHLD, [5] = stack, [6] = size};
    long pid = syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid == 0) _exit(0);
    if (pid > 0) wait_status(pid);
    return pid > 0 ? 1 : pid;
}
int main(void) {
    options("at first");
    CHILD {
        if (geteuid() == 0) become(2000, 2000);
        options("without");
        socket_options("without");
    }
    if (geteuid() == 0) CHILD {
        drop_cap(CAP_NET_ADMIN);
        drop_cap(CAP_NET_RAW);
        socket_options("without network capabilities");
    }
    release("release 2.6 at first");
    show("personality", personality_of(0x0020000));
    release("release 2.6 then");
    CHILD { release("release 2.6 in a child"); }
    show("personality", personality_of(0));
    release("release 2.6 at last");

    show("no runtime", deadline(0, 30000000, 30000000));
    show("short runtime", deadline(1023, 30000000, 30000000));
    show("runtime above deadline", deadline(40000000, 30000000, 30000000));
    show("deadline above period", deadline(10000000, 30000000, 10));
    show("short period", deadline(10000, 20000, 90000));
    show("long period", deadline(10000000, 30000000, 5000000000000));
    show("stack beyond memory", new_stack(-4096UL, 8192));
    show("stack beyond a program's memory", new_stack(0x7ffffffff000, 4096));
    show("stack without a size", new_stack(4096, 0));
}
