// Steps in which a second thread waits in a call, while this one changes what the call is about, and then ends it.
#include "sequence.h"
#include "waiting.h"
#include <dirent.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

static struct waiting w;
static struct { long result; int done, handled; } thread;
static char stack[16384] __attribute__((aligned(16)));

/// Without errno, which the two threads share.
static long raw_call(long number, const long *a) {
    register long r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static int begin_thread(void *unused) {
    (void)unused;
    thread.result = raw_call(w.number, w.a);
    __atomic_store_n(&thread.done, 1, __ATOMIC_RELEASE);
    return 0;
}

static void count_signal(int number) {
    (void)number;
    __atomic_add_fetch(&thread.handled, 1, __ATOMIC_SEQ_CST);
}

static bool is_done(void) { return __atomic_load_n(&thread.done, __ATOMIC_ACQUIRE); }

static bool done_within(int milliseconds) {
    for (int i = 0; i < 5 * milliseconds && !is_done(); i++) usleep(200);
    return is_done();
}

/// The other thread's state. Its number in /proc is not known here, where that may show an outer PID namespace.
static char other_state(void) {
    char self[32] = "", path[64], text[256], state = '?';
    if (readlink("/proc/self", self, sizeof self - 1) < 0) return '?';
    DIR *directory = opendir("/proc/self/task");
    if (!directory) return '?';
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.' || !strcmp(entry->d_name, self)) continue;
        snprintf(path, sizeof path, "/proc/self/task/%.16s/stat", entry->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
        if (fd >= 0) close(fd);
        if (n <= 0) continue;
        text[n] = 0;
        const char *end = strrchr(text, ')');
        if (end) state = end[2];
    }
    closedir(directory);
    return state;
}

/// Waits until the thread sleeps, and a little more: a kernel in user space may begin its wait later than that.
static void until_asleep(void) {
    for (int i = 0; i < 1000 && !is_done(); i++) {
        char state = other_state();
        if (state == 'S') break;
        if (state == '?') { usleep(30000); break; }     // no fd left to look with
        usleep(300);
    }
    if (!is_done()) usleep(10000);
}

static void send_signal(int tid, int flags) {
    int before = thread.handled;
    struct sigaction action = { .sa_handler = count_signal, .sa_flags = flags };
    sigaction(SIGUSR1, &action, NULL);
    if (syscall(SYS_tgkill, getpid(), tid, SIGUSR1) < 0) return;
    for (int i = 0; i < 5000 && !is_done() && __atomic_load_n(&thread.handled, __ATOMIC_SEQ_CST) == before; i++) usleep(200);
}

static struct __user_cap_header_struct header;
static struct __user_cap_data_struct data[2];

static long uncap(bool back) {
    header = (struct __user_cap_header_struct){ _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct now[2];
    if (syscall(SYS_capget, &header, now) < 0) return -1;
    for (int i = 0; i < 2; i++) now[i].effective = back ? data[i].effective : 0;
    return syscall(SYS_capset, &header, now);
}

/// Removing what it waits for ends the call, in most kinds: later changes must not overtake that.
static void until_settled(enum waiting_change what) {
    if (what == CHANGE_REMOVE && w.kind != CALL_MQ_RECEIVE && w.kind != CALL_MQ_SEND && w.kind <= CALL_READ) done_within(300);
    if (what == CHANGE_MODE) until_asleep();
}

static long change(enum waiting_change what, bool *mapped) {
    struct timeval soon = { 0, 1000 };
    struct rlimit limit;
    switch (what) {
    case CHANGE_SCRIBBLE: if (*mapped) scribble(&w); return 0;
    case CHANGE_UNMAP: *mapped = false; return munmap(w.page, 4096);
    case CHANGE_REPLACE: return w.fd < 0 ? 0 : dup2(w.other, w.fd) < 0 ? -1 : 0;
    case CHANGE_CLOSE: return w.fd < 0 ? 0 : close(w.fd);
    case CHANGE_NONBLOCK: return w.fd < 0 ? 0 : fcntl(w.kept, F_SETFL, O_NONBLOCK);
    case CHANGE_LIMIT:
        if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
        limit.rlim_cur = limit.rlim_max < 3 ? limit.rlim_max : 3;
        return setrlimit(RLIMIT_NOFILE, &limit);
    case CHANGE_REMOVE: return remove_object(&w);
    case CHANGE_TIMEOUT:
        if (w.kind != CALL_ACCEPT && w.kind != CALL_CONNECT && w.kind != CALL_RECVMSG) return 0;
        setsockopt(w.kept, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
        return setsockopt(w.kept, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    case CHANGE_UNCAP: return uncap(false);
    case CHANGE_MODE: return change_mode(&w);
    default: return 0;
    }
}

static void put_end(bool has_ended, bool mapped, struct text *out) {
    if (!has_ended) put(out, " waits");
    else if (thread.result < 0) put(out, " %s", error_name((int)-thread.result));
    else if (w.kind == CALL_ACCEPT || w.kind == CALL_FIFO_READ || w.kind == CALL_FIFO_WRITE) {
        put(out, " open");
        close((int)thread.result);
    } else put(out, " %ld", thread.result);
    put_after(&w, mapped, out);
}

static void play(const struct step *s, struct text *out) {
    struct rlimit limit = { 0 };
    struct sigaction before = { 0 };
    bool mapped = true, timed = false;
    getrlimit(RLIMIT_NOFILE, &limit);
    sigaction(SIGUSR1, NULL, &before);
    header = (struct __user_cap_header_struct){ _LINUX_CAPABILITY_VERSION_3, 0 };
    syscall(SYS_capget, &header, data);
    memset(&thread, 0, sizeof thread);
    int tid = clone(begin_thread, stack + sizeof stack,
        CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, NULL);
    if (tid < 0) { put(out, "no thread %s", error_name(errno)); return; }
    until_asleep();
    if (is_done()) put(out, "at once,");
    for (int i = 0; i < s->count; i++) {
        if (s->a[2 + i] == CHANGE_UNMAP && !mapped) continue;
        timed |= s->a[2 + i] == CHANGE_TIMEOUT;
        long result = change((enum waiting_change)s->a[2 + i], &mapped);
        put(out, "%s", i ? "," : "");
        put_result(out, result);
        until_settled((enum waiting_change)s->a[2 + i]);
    }
    put(out, "%s", s->count ? ";" : "");
    int end = (int)s->a[1];
    if (end == END_SIGNAL) send_signal(tid, 0);
    if (end == END_RESTART) {
        send_signal(tid, SA_RESTART);
        until_asleep();
        if (timed) done_within(100);    // some jiffies, where the restarted call has the timeout
    }
    if (end != END_SIGNAL) {
        // The others need a number to open for what wakes them.
        if (w.kind == CALL_CONNECT || w.kind == CALL_FIFO_READ || w.kind == CALL_FIFO_WRITE) setrlimit(RLIMIT_NOFILE, &limit);
        long woken = wake(&w);
        put(out, " ");
        put_result(out, woken);
        if (end == END_BOTH) send_signal(tid, SA_RESTART);
    }
    bool has_ended = done_within(end == END_WAKE || end == END_SIGNAL ? 400 : 300);
    while (!is_done()) { send_signal(tid, 0); done_within(5); }
    // Its end must be over before a step asks for a process of one thread.
    while (syscall(SYS_tgkill, getpid(), tid, 0) == 0) usleep(100);
    setrlimit(RLIMIT_NOFILE, &limit);
    put_end(has_ended, mapped, out);
    if (!mapped) w.page = MAP_FAILED;
    uncap(true);
    sigaction(SIGUSR1, &before, NULL);
}

bool do_waiting(const struct step *s, struct text *out) {
    if (s->op != OP_MEANWHILE) return false;
    if (prepare_wait(&w, (enum waiting_call)s->a[0]) < 0) put(out, "nothing to wait for: %s", error_name(errno));
    else play(s, out);
    clean_up_wait(&w);
    return true;
}
