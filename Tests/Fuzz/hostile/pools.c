// What arguments are taken from: pointers, descriptors, paths and structures that a kernel has to distrust.
#include "hostile.h"
#include <linux/openat2.h>
#include <linux/sched.h>
#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

#define MAXIMUM_FD 48

// Prefers small numbers and what is next to a border.
static u64 number(void) {
    static const u64 borders[] = {0, 1, 2, 7, 8, 63, 64, 255, 256, 4095, 4096, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff,
        0x100000000, 0x7fffffffffffffff, 0x8000000000000000, -1ul, -2ul, -4095ul, -4096ul, 0x7ffffffff000};
    switch (below(6)) {
    case 0: return PICK(borders);
    case 1: return PICK(borders) + below(3) - 1;
    case 2: return below(16);
    case 3: return 1ul << below(64);
    case 4: return rnd() >> below(64);
    default: return below(300);
    }
}

static u64 page_address(void) { return ARENA + below(ARENA_PAGES) * PAGE; }

static u64 pointer(void) {
    static const u64 bad[] = {0, 1, 8, 4095, 0x7fffffffe000, 0x7fffffffefff, 0x7ffffffff000, 0xffff800000000000, 0xffffffffff600000,
        0x80000000, -1ul, -8ul, 0x8000000000004e53, 0x8000000000000000, 0x7dff00000000, 0x7dff00003000, 0x7fff00000000};
    switch (below(12)) {
    case 0: return PICK(bad);
    case 1: return page_address() + PAGE - below(64);          // across or up to a page's end
    case 2: return page_address();
    case 3: return page_address() + below(PAGE);
    case 4: return (u64)__builtin_frame_address(0) - below(4096);
    case 5: return (u64)(ARENA + FILE_PAGE * PAGE + below(4 * PAGE));
    default: return ARENA + below(STRUCT_PAGES * PAGE / 8) * 8;
    }
}

// Somewhere in the plain pages; sometimes so that the structure's end is the end of mapped memory.
static u64 place(unsigned long size) {
    struct thread *me = self();
    if (chance(12)) return ARENA + 36 * PAGE - size + below(3);
    me->slot = (me->slot + 1) % (STRUCT_PAGES * PAGE / 512 - 8);
    return ARENA + me->slot * 512ul + (chance(8) ? below(8) : 0);
}

static u64 lay(const void *bytes, unsigned long size) {
    u64 at = place(size);
    // A place that may be gone is written by the kernel, which only fails.
    struct iovec from = {(void *)bytes, size}, to = {(void *)at, size};
    if (at < ARENA + STRUCT_PAGES * PAGE) memcpy((void *)at, bytes, size);
    else raw(SYS_process_vm_writev, raw(SYS_getpid, 0, 0, 0, 0, 0, 0), (long)&to, 1, (long)&from, 1, 0);
    if (chance(5) && at < ARENA + STRUCT_PAGES * PAGE && size) {          // one field is not what it should be
        u64 value = chance(2) ? number() : pointer();
        unsigned long width = chance(2) ? 8 : 4;
        if (size >= width) memcpy((void *)(at + below(size / width) * width), &value, width);
    }
    return at;
}

long any_fd(void) {
    static const int odd[] = {-1, -100, 63, 64, 127, 255, 256, 1023, 1024, 19999, 0x7fffffff, (int)0x80000000, -2, -10000};
    return chance(10) ? PICK(odd) : (long)below(MAXIMUM_FD);
}

int any_pid(void) {
    switch (below(8)) {
    case 0: return 0;
    case 1: return (int)raw(SYS_getpid, 0, 0, 0, 0, 0, 0);
    case 2: return (int)raw(SYS_gettid, 0, 0, 0, 0, 0, 0);
    case 3: return 1;
    case 4: return (int)number();
    default: return SHARED->pids[below(32)];
    }
}

const char *any_path(void) {
    static const char *const fixed[] = {"", "/", ".", "..", "a", "b", "a/b", "a/../b", "a/", "link", "loop", "fifo", "socket", "./a//b/./",
        "/proc/self", "/proc/self/exe", "/proc/self/maps", "/proc/self/mem", "/proc/self/root", "/proc/self/cwd/../..", "/proc/self/fd",
        "/proc/self/task", "/proc/self/uid_map", "/proc/self/gid_map", "/proc/self/setgroups", "/proc/self/status", "/proc/self/stat",
        "/proc/self/comm", "/proc/self/oom_score_adj", "/proc/self/timens_offsets", "/proc/self/loginuid", "/proc/self/environ",
        "/proc/self/ns/user", "/proc/self/ns/pid", "/proc/self/ns/mnt", "/proc/self/ns/ipc", "/proc/self/ns/net", "/proc/self/ns/time",
        "/proc/thread-self/fdinfo", "/proc/1/root", "/proc/1/environ", "/proc/2/fd", "/proc/mounts", "/proc/sys/kernel/hostname",
        "/proc/sys/kernel/pid_max", "/proc/sys/user/max_user_namespaces", "/proc/sys/fs/nr_open", "/proc/sysvipc/shm", "/proc/keys",
        "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/random", "/dev/fd/3", "/dev/shm/x", "/tmp/hostile", "/sys",
        "/etc/passwd", "/canary/granted", "/canary/../canary/granted", "/fuzz/hostile", "/fuzz/hostile/", "/bin/true", "/tmp/script",
        "/proc/self/fd/3/../..", "\xff\xfe\x01", "%s%n"};
    static char text[4][5000];
    static _Atomic u32 turn;
    char *out = text[turn++ % 4];
    static const char *const links[] = {"/proc/self/fd/", "/proc/thread-self/fd/", "/proc/2/fd/", "/proc/self/fdinfo/", "/proc/",
                                        "/proc/self/task/", "/proc/self/map_files/"};
    u64 kind = below(16);
    if (kind == 0) {
        unsigned long length = PICK(((const unsigned long[]){255, 256, 4094, 4095, 4096, 4999}));
        memset(out, 'n', length);
        if (chance(2))
            for (unsigned long at = 1; at < length; at += 2) out[at] = '/';
        out[length] = 0;
        return out;
    }
    if (kind < 4) {
        strcpy(out, PICK(links));
        char *end = out + strlen(out);
        u64 value = chance(8) ? number() : below(MAXIMUM_FD);
        char digits[24];
        int at = 0;
        do digits[at++] = '0' + value % 10; while (value /= 10);
        while (at) *end++ = digits[--at];
        *end = 0;
        return out;
    }
    return PICK(fixed);
}

static u64 lay_path(void) {
    const char *path = any_path();
    unsigned long size = strlen(path) + 1;
    if (chance(40)) return pointer();
    if (size <= 512) return lay(path, size);
    return (u64)path;
}

static u64 vectors(void) {
    struct iovec list[8];
    for (int at = 0; at < 8; at++) list[at] = (struct iovec){(void *)pointer(), chance(4) ? number() : below(600)};
    return lay(list, sizeof list);
}

static struct sockaddr_un address(void) {
    struct sockaddr_un name = {.sun_family = chance(8) ? number() : AF_UNIX};
    switch (below(4)) {
    case 0: strcpy(name.sun_path, "socket"); break;
    case 1: memcpy(name.sun_path, "\0hostile", 8); break;
    case 2: memset(name.sun_path, 'x', sizeof name.sun_path); break;
    default: for (int at = 0; at < 20; at++) name.sun_path[at] = rnd();
    }
    return name;
}

static u64 message(void) {
    union { struct cmsghdr head; char bytes[256]; } control = {0};
    struct msghdr header = {0};
    struct sockaddr_un name = address();
    if (chance(4)) header.msg_name = (void *)lay(&name, sizeof name), header.msg_namelen = chance(4) ? number() : sizeof name;
    header.msg_iov = (void *)vectors();
    header.msg_iovlen = chance(6) ? number() : below(4);
    if (!chance(4)) {
        int count = below(12);
        control.head = (struct cmsghdr){CMSG_LEN(count * 4), SOL_SOCKET, chance(5) ? (int)number() : SCM_RIGHTS};
        if (chance(6)) control.head.cmsg_len = number();
        for (int at = 0; at < count; at++) ((int *)CMSG_DATA(&control.head))[at] = any_fd();
        struct cmsghdr *second = (void *)(control.bytes + CMSG_SPACE(count * 4));
        if (chance(3)) {
            *second = (struct cmsghdr){CMSG_LEN(12), SOL_SOCKET, SCM_CREDENTIALS};
            ((int *)CMSG_DATA(second))[0] = any_pid();
        }
        header.msg_control = (void *)lay(&control, sizeof control);
        header.msg_controllen = chance(4) ? number() : CMSG_SPACE(count * 4) + (chance(3) ? CMSG_SPACE(12) : 0);
    }
    header.msg_flags = chance(3) ? number() : 0;
    return lay(&header, sizeof header);
}

static u64 clone_arguments(void) {
    static const u64 flags[] = {0, CLONE_VM, CLONE_VM | CLONE_FILES, CLONE_VM | CLONE_SIGHAND, CLONE_FILES, CLONE_FS, CLONE_NEWUSER,
        CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWIPC, CLONE_PARENT, CLONE_PIDFD, 0x100000000 /* CLEAR_SIGHAND */, 0x200000000 /* INTO_CGROUP */,
        CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID, CLONE_PARENT_SETTID, CLONE_UNTRACED, CLONE_PTRACE, CLONE_IO, CLONE_SYSVSEM};
    int tids[4] = {(int)below(40), any_pid(), (int)number(), 0};
    struct clone_args args = {.flags = PICK(flags) | PICK(flags) | (chance(12) ? rnd() : 0),
        .pidfd = pointer(), .child_tid = pointer(), .parent_tid = pointer(), .exit_signal = chance(4) ? number() : SIGCHLD,
        .tls = chance(20) ? pointer() : 0, .set_tid_size = chance(12) ? number() : chance(8) ? 1 : 0};
    if (args.set_tid_size) args.set_tid = lay(tids, sizeof tids);
    if (args.flags & CLONE_VM) args.stack = (u64)new_stack(rnd(), 8) - STACK, args.stack_size = STACK - 64;
    if (chance(20)) args.stack = pointer();
    return lay(&args, sizeof args);
}

static u64 strings(void) {
    const char *list[12];
    int count = below(11);
    for (int at = 0; at < count; at++) list[at] = (const char *)(chance(30) ? pointer() : lay_path());
    list[count] = 0;
    return lay(list, (count + 1) * sizeof list[0]);
}

static u64 times(int count) {
    struct timespec list[4];
    for (int at = 0; at < count; at++)
        list[at] = (struct timespec){chance(8) ? (long)number() : 0, chance(8) ? (long)number() : (long)below(20000000)};
    return lay(list, count * sizeof list[0]);
}

static u64 any_flags(void) {
    u64 bits = 0;
    for (u64 left = below(4); left; left--) bits |= 1ul << below(chance(6) ? 64 : 22);
    return chance(8) ? number() : bits;
}

// One argument of a kind; calls.c says which kinds a call takes.
u64 argument(char kind) {
    if (chance(40)) kind = "filzxagp"[below(8)];
    switch (kind) {
    case 'f': return any_fd();
    case 'd': return chance(2) ? (u64)AT_FDCWD : (u64)any_fd();
    case 'p': return lay_path();
    case 'v': return strings();
    case 'i': return below(12);
    case 'l': return number();
    case 'z': return chance(5) ? number() : below(5000);
    case 'x': return any_flags();
    case 'm': return chance(6) ? number() : below(07777);
    case 'g': return chance(6) ? number() : 1 + below(64);
    case 'P': return any_pid();
    case 'U': return chance(4) ? number() : PICK(((const u64[]){0, 1, 1000, 65534, -1ul}));
    case 'a': return pointer();
    case 'V': return vectors();
    case 'H': return message();
    case 'S': { struct sockaddr_un name = address(); return lay(&name, sizeof name); }
    case 's': return chance(4) ? number() : PICK(((const u64[]){2, 3, 8, 20, 110}));
    case 'L': { u32 size = chance(4) ? number() : 110; return lay(&size, sizeof size); }
    case 'T': return chance(5) ? 0 : times(1);
    case 'J': return times(2);
    case 'e': {
        struct { long value; int signal, notify, tid, rest[11]; } event = {rnd(), 1 + below(64), PICK(((const int[]){0, 1, 2, 4, 7})), any_pid(), {0}};
        return lay(&event, 64);
    }
    case 'c': return clone_arguments();
    case 'o': {
        struct open_how how = {any_flags(), below(07777), chance(3) ? number() : below(64)};
        return lay(&how, sizeof how);
    }
    case 'k': { u64 set = rnd() & rnd() & ~(1ul << (SIGALRM - 1)); return lay(&set, 8); }
    case 'A': {
        extern void on_signal(int, siginfo_t *, void *);
        extern void restore(void);
        struct { void *handler; u64 flags; void *restorer; u64 mask; } action = {(void *)on_signal, 0x04000004, (void *)restore, 0};
        if (chance(4)) action.handler = (void *)below(2);
        if (chance(6)) action.flags = number();
        return lay(&action, sizeof action);
    }
    case 'E': { struct epoll_event event = {any_flags(), {.u64 = rnd()}}; return lay(&event, sizeof event); }
    case 'F': {
        struct pollfd list[8];
        for (int at = 0; at < 8; at++) list[at] = (struct pollfd){any_fd(), rnd(), 0};
        return lay(list, sizeof list);
    }
    case 'C': { u32 head[2] = {PICK(((const u32[]){0x20080522, 0x20071026, 0x19980330, 0})), any_pid()}; return lay(head, 8); }
    case 'D': { u32 sets[6] = {rnd(), rnd() & rnd(), rnd(), rnd(), rnd(), rnd()}; return lay(sets, sizeof sets); }
    case 'q': { long list[8] = {0, below(12), below(9000), 0}; return lay(list, sizeof list); }
    case 'r': { u64 list[2] = {number(), number()}; return lay(list, sizeof list); }
    case 'b': { short list[12]; for (int at = 0; at < 12; at++) list[at] = below(4); return lay(list, sizeof list); }
    case 'n': {
        static const char *const names[] = {"user.a", "security.capability", "system.posix_acl_access", "system.posix_acl_default", "trusted.t",
                                            "user.", "security.selinux", "", "os2.x"};
        const char *name = PICK(names);
        return lay(name, strlen(name) + 1);
    }
    case 'w': return chance(6) ? number() : below(6);           // keys and identifiers of System V objects
    case 'K': return chance(3) ? number() : (u64)-(long)below(9);
    case 'y': {
        static const char *const kinds[] = {"user", "logon", "keyring", "asymmetric", ".x", "", "big_key"};
        const char *name = PICK(kinds);
        return lay(name, strlen(name) + 1);
    }
    case 'M': return chance(30) ? pointer() : page_address() + (chance(10) ? below(PAGE) : 0);
    case 'N': return chance(20) ? number() : below(5) * PAGE;
    case 'O': return any_flags() | (chance(2) ? O_NONBLOCK : 0);
    case 'Z': {
        static const u64 flags[] = {CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWTIME,
                                    CLONE_FILES, CLONE_FS, CLONE_SYSVSEM, CLONE_SIGHAND, CLONE_VM, CLONE_THREAD};
        return PICK(flags) | (chance(2) ? PICK(flags) : 0) | (chance(20) ? rnd() : 0);
    }
    default: return number();
    }
}

void make_arena(void) {
    const int fixed = MAP_FIXED, plain = MAP_PRIVATE | MAP_ANONYMOUS, all = PROT_READ | PROT_WRITE;
    CALL(SYS_mmap, ARENA, STRUCT_PAGES * PAGE, all, fixed | plain, -1, 0);
    CALL(SYS_mmap, ARENA + STRUCT_PAGES * PAGE, 8 * PAGE, all, fixed | MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long memory = CALL(SYS_memfd_create, "arena", 2);
    CALL(SYS_ftruncate, memory, 4 * PAGE);
    CALL(SYS_mmap, ARENA + FILE_PAGE * PAGE, 4 * PAGE, all, fixed | MAP_SHARED, memory, 0);
    CALL(SYS_dup2, memory, 30);
    CALL(SYS_mmap, ARENA + 28 * PAGE, 4 * PAGE, PROT_READ, fixed | plain, -1, 0);
    CALL(SYS_mmap, ARENA + 32 * PAGE, 4 * PAGE, all, fixed | plain, -1, 0);
    CALL(SYS_munmap, ARENA + 36 * PAGE, 28 * PAGE);
}

// What a second thread does all the time: rewrites structures while they are read.
void mutate(void) {
    u64 *words = (u64 *)ARENA;
    for (int turn = 0; turn < 200; turn++) {
        u64 at = below(STRUCT_PAGES * PAGE / 8), old = words[at];
        words[at] = chance(2) ? number() : chance(2) ? pointer() : old ^ 1ul << below(64);
        if (chance(2)) words[at] = old;
    }
    if (chance(4)) {
        static const long numbers[] = {SYS_mprotect, SYS_munmap, SYS_mmap, SYS_madvise, SYS_ftruncate};
        u64 at = ARENA + (STRUCT_PAGES + below(ARENA_PAGES - STRUCT_PAGES)) * PAGE;
        switch (PICK(numbers)) {
        case SYS_mprotect: CALL(SYS_mprotect, at, PAGE * below(4), below(8)); break;
        case SYS_munmap: CALL(SYS_munmap, at, PAGE * below(3)); break;
        case SYS_mmap: CALL(SYS_mmap, at, PAGE * (1 + below(3)), below(8), MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); break;
        case SYS_madvise: CALL(SYS_madvise, at, PAGE * below(3), below(26)); break;
        default: CALL(SYS_ftruncate, 30, PAGE * below(5));
        }
    }
}

// Descriptors of all kinds, below MAXIMUM_FD.
void open_files(void) {
    static const char *const paths[] = {"a", ".", "/proc/self/maps", "/proc/self/uid_map", "/proc/self/ns/user", "/proc/self/ns/pid", "/dev/null",
                                        "/dev/zero", "fifo", "/canary/granted", "/fuzz/hostile", "/proc/self/fd", "/", "/proc/self/status"};
    CALL(SYS_mkdirat, AT_FDCWD, "b", 0777);
    CALL(SYS_mknodat, AT_FDCWD, "fifo", S_IFIFO | 0666, 0);
    CALL(SYS_symlinkat, "a", AT_FDCWD, "link");
    CALL(SYS_symlinkat, "loop", AT_FDCWD, "loop");
    for (int count = 8 + below(8); count; count--) {
        int pair[2];
        switch (below(14)) {
        case 0: CALL(SYS_pipe2, pair, below(2) * O_NONBLOCK); break;
        case 1: CALL(SYS_socketpair, AF_UNIX, 1 + below(2), 0, pair); break;
        case 2: CALL(SYS_socketpair, AF_UNIX, 5 | SOCK_NONBLOCK, 0, pair); break;
        case 3: {
            struct sockaddr_un name = address();
            long fd = CALL(SYS_socket, AF_UNIX, 1 | SOCK_NONBLOCK, 0);
            CALL(SYS_bind, fd, &name, 10);
            CALL(SYS_listen, fd, 4);
            break;
        }
        case 4: CALL(SYS_memfd_create, "m", below(4)); break;
        case 5: CALL(SYS_eventfd2, below(3), 04000); break;
        case 6: CALL(SYS_timerfd_create, 1, 04000); break;
        case 7: CALL(SYS_epoll_create1, 0); break;
        case 8: CALL(SYS_inotify_init1, 04000); break;
        case 9: if (chance(4)) { u64 set = 0xf0000000; CALL(SYS_signalfd4, -1, &set, 8, 04000); } break;
        case 10: CALL(SYS_pidfd_open, SHARED->pids[below(32)], below(2) * 04000); break;
        case 11: CALL(SYS_openat, AT_FDCWD, PICK(paths), O_PATH); break;
        default: CALL(SYS_openat, AT_FDCWD, PICK(paths), O_NONBLOCK | (chance(3) ? O_RDONLY : O_RDWR | O_CREAT), 0666);
        }
    }
}
