// Ways in which tasks trouble each other while they make random calls.
#include "hostile.h"
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

static void wait_all(void) {
    for (int turn = 0; turn < 50; turn++) {
        long got = CALL(SYS_wait4, -1, 0, 0x40000001, 0);
        if (got == -ECHILD) return;
        if (got == 0) {
            struct timespec moment = {0, 2000000};
            CALL(SYS_nanosleep, &moment, 0);
        }
    }
}

static int rewrite(void) {
    struct thread *me = self();
    for (volatile int left = 300; left > 0 && !SHARED->stop; left--)
        if (sigsetjmp(me->jump, 0) == 0) {
            me->armed = 1;
            mutate();
        } else me->in_handler = 0;
    return 0;
}

static const u64 sharing[] = {
    CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
    CLONE_VM | CLONE_SIGHAND | CLONE_THREAD,
    CLONE_VM | CLONE_FILES | SIGCHLD,
    CLONE_VM | SIGCHLD,
    CLONE_VM | CLONE_SIGHAND | SIGCHLD,
    CLONE_FILES | SIGCHLD,
    SIGCHLD,
};

static void alone(void) {
    self()->private_table = 1;
    random_calls(150);
    if (self()->private_table) check_table("after random calls: kind*1000+number, model, host:");
}

static void together(void) {
    int count = 1 + (int)below(3);
    for (int at = 0; at < count; at++)
        if (spare()) child_stack_call(PICK(sharing), 0, 100);
    if (spare()) child_stack_call(sharing[below(5)], rewrite, 1);
    random_calls(150);
}

static void kill_storm(void) {
    for (int turn = 0; turn < 15; turn++) {
        if (!spare()) break;
        int child = child_stack_call(PICK(sharing), 0, 30);
        struct timespec moment = {0, (long)below(3000000)};
        CALL(SYS_nanosleep, &moment, 0);
        if (child > 0) CALL(SYS_kill, child, chance(3) ? 1 + below(64) : SIGKILL);
        if (chance(3)) CALL(SYS_kill, child, SIGSTOP), CALL(SYS_kill, child, SIGCONT);
    }
    wait_all();
}

static char count_text[8] = "00";
static char *again[] = {"hostile", "--again", count_text, 0, 0};

static int spoil_arguments(void) {
    for (int turn = 0; turn < 3000 && !SHARED->stop; turn++) {
        again[3] = chance(2) ? (char *)argument('a') : 0;
        again[0] = chance(3) ? (char *)argument('p') : "hostile";
        count_text[0] = '0' + below(2);
        again[1] = "--again";
    }
    again[0] = "hostile", again[3] = 0;
    return 0;
}

// Executes itself again and again, with arguments that another task changes.
static void exec_loop(void) {
    if (chance(2) && spare()) child_stack_call(chance(2) ? CLONE_VM | SIGCHLD : sharing[0], spoil_arguments, 1);
    if (chance(2) && spare()) child_stack_call(sharing[0], 0, 40);
    count_text[1] = '0' + below(8);
    SHARED->execs++;
    if (chance(3)) CALL(SYS_execveat, CALL(SYS_openat, AT_FDCWD, "/fuzz/hostile", O_PATH), "", again, environ, AT_EMPTY_PATH);
    else if (chance(4)) CALL(SYS_execve, "/tmp/script", again, environ);
    CALL(SYS_execve, "/fuzz/hostile", again, environ);
}

static int exec_now(void) {
    again[1] = "--nothing";
    SHARED->execs++;
    CALL(SYS_execve, chance(4) ? "/nowhere" : "/fuzz/hostile", again, environ);
    return 0;
}

static void vfork_storm(void) {
    for (int turn = 0; turn < 6; turn++)
        if (spare()) child_stack_call(CLONE_VM | CLONE_VFORK | SIGCHLD, chance(3) ? 0 : exec_now, 6);
    wait_all();
}

static void deep_directories(void) {
    int depth = 100 + (int)below(700);
    CALL(SYS_mkdirat, AT_FDCWD, "top", 0777);
    CALL(SYS_chdir, "top");
    for (int at = 0; at < depth; at++) {
        CALL(SYS_mkdirat, AT_FDCWD, "d", 0777);
        if (CALL(SYS_chdir, "d") < 0) break;
    }
    char text[4096];
    CALL(SYS_getcwd, text, sizeof text);
    random_calls(40);
    CALL(SYS_chdir, "/tmp");
    CALL(SYS_renameat2, AT_FDCWD, "top", AT_FDCWD, "other", below(4));
}

// Files, and the sockets themselves, on their way when everybody who could receive them goes.
static void rights_in_flight(void) {
    int ends[16];
    // Linux 6.18 keeps cycles of sockets for ever when some have been received meanwhile, so it is the one or the other.
    int receives = (int)below(2);
    int harmless = (int)CALL(SYS_eventfd2, 0, 0);
    for (int at = 0; at < 16; at += 2) CALL(SYS_socketpair, AF_UNIX, chance(2) ? 2 : 1, 0, ends + at);
    for (int turn = 0; turn < 60; turn++) {
        char byte = 'x';
        struct iovec part = {&byte, 1};
        union { struct cmsghdr head; char bytes[96]; } control = {0};
        struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(16)};
        control.head = (struct cmsghdr){CMSG_LEN(16), SOL_SOCKET, SCM_RIGHTS};
        for (int at = 0; at < 4; at++) ((int *)CMSG_DATA(&control.head))[at] = receives ? harmless : chance(3) ? (int)any_fd() : PICK(ends);
        if (receives && chance(3)) CALL(SYS_recvmsg, PICK(ends), &header, MSG_DONTWAIT | (int)below(2) * MSG_PEEK);
        else CALL(SYS_sendmsg, PICK(ends), &header, MSG_DONTWAIT);
        if (chance(10)) CALL(SYS_close, PICK(ends));
        SHARED->calls++;
    }
    if (chance(2)) random_calls(30);
}

static void namespaces(void) {
    static const int kinds[] = {CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWTIME};
    static const char *const links[] = {"/proc/self/ns/user", "/proc/self/ns/pid", "/proc/self/ns/time_for_children", "/proc/self/ns/ipc", "/proc/1/ns/user"};
    for (int turn = 0; turn < 8; turn++) {
        CALL(SYS_unshare, chance(2) ? CLONE_NEWUSER | PICK(kinds) : PICK(kinds));
        long map = CALL(SYS_openat, AT_FDCWD, chance(2) ? "/proc/self/uid_map" : "/proc/self/timens_offsets", O_RDWR);
        const char *text = chance(3) ? "0 0 1\n" : chance(2) ? "monotonic 1000 0" : "0 1000 1";
        CALL(SYS_write, map, text, strlen(text));
        long other = CALL(SYS_openat, AT_FDCWD, PICK(links), O_RDONLY);
        if (chance(2)) CALL(SYS_setns, other, 0);
        CALL(SYS_close, map);
        if (spare()) child_stack_call(PICK(sharing) | (chance(3) ? PICK(kinds) : 0), 0, 15);
        if (chance(4)) CALL(SYS_chroot, "b");
    }
    random_calls(60);
    wait_all();
}

static void timer_storm(void) {
    for (int at = 0; at < 8; at++) {
        struct { long value; int signal, notify, tid, rest[11]; } event = {at,
            chance(2) ? 34 + (int)below(30) : SIGALRM, chance(4) ? 4 : 0, (int)CALL(SYS_gettid), {0}};
        struct { struct timespec every, first; } times = {{0, 300000 + (long)below(9000000)}, {0, 1 + (long)below(1000000)}};
        int timer = 0;
        CALL(SYS_timer_create, PICK(((const int[]){0, 1, 2, 3, 7})), &event, &timer);
        CALL(SYS_timer_settime, timer, 0, &times, 0);
    }
    catch_faults();
    for (int turn = 0; turn < 400; turn++) {
        siginfo_t info = {.si_code = SI_QUEUE};
        CALL(SYS_rt_sigqueueinfo, CALL(SYS_getpid), 34 + below(30), &info);
        if (chance(4)) CALL(SYS_kill, SHARED->pids[below(32)], 34 + below(30));
        if (chance(20)) random_calls(2);
    }
    random_calls(60);
}

static void (*const kinds[])(void) = {alone, together, together, kill_storm, exec_loop, vfork_storm, deep_directories, rights_in_flight, namespaces, timer_storm,
                                      descriptor_race, descriptor_race};

int storm_kinds(void) { return (int)(sizeof kinds / sizeof kinds[0]); }
void storm(u64 kind) { kinds[kind % (u64)storm_kinds()](); }
