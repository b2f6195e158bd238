// Helpers for fixtures of calls that wait in one thread while another changes memory, descriptors or objects.
#pragma once
#include "fixture.h"

/// A thread that makes one system call and keeps what came back.
struct waiter {
    pthread_t thread;
    long number, argument[6], result;
    int tid, error, done, released;
};

static void *waiter_main(void *pointer) {
    struct waiter *w = pointer;
    long *a = w->argument;
    __atomic_store_n(&w->tid, gettid(), __ATOMIC_RELEASE);
    w->result = syscall(w->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    w->error = w->result == -1 ? errno : 0;
    __atomic_store_n(&w->done, 1, __ATOMIC_RELEASE);
    // It stays to be looked at and signalled until its end is asked for.
    while (!__atomic_load_n(&w->released, __ATOMIC_ACQUIRE)) usleep(1000);
    return NULL;
}
static inline bool is_done(struct waiter *w) { return __atomic_load_n(&w->done, __ATOMIC_ACQUIRE); }
static inline char state_of(int tid) {
    char *text = get(format_path("/proc/%d/task/%d/stat", getpid(), tid)), *end = strrchr(text, ')');
    return end ? end[2] : '?';
}
/// Waits until a thread sleeps (or its call is done), and a little longer, as a kernel in user space begins to wait late.
static inline void until_asleep(struct waiter *w) {
    for (int i = 0; i < 2000; i++) {
        if (is_done(w)) return;
        if (__atomic_load_n(&w->tid, __ATOMIC_ACQUIRE) && state_of(w->tid) == 'S') break;
        usleep(1000);
    }
}
static inline void a_little(void) { usleep(15000); }
static inline struct waiter *start_call(long number, ...) {
    static struct waiter waiters[64];
    static int next;
    struct waiter *w = &waiters[next++ % 64];
    *w = (struct waiter){.number = number};
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++) w->argument[i] = va_arg(list, long);
    va_end(list);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    errno = pthread_create(&w->thread, &small, waiter_main, w);
    if (errno) { say("no thread: %s", errno_text(errno)); _exit(97); }
    until_asleep(w);
    return w;
}
/// begin(SYS_x, arguments…): has a new thread make the call, and returns when that waits. Arguments are passed as longs.
#define begin(number, ...) \
    ({ struct waiter *begun_ = start_call(number, ##__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L); a_little(); begun_; })
/// Whether the call is done, or is within the time.
static inline bool done_within(struct waiter *w, int milliseconds) {
    for (int i = 0; i < milliseconds && !is_done(w); i++) usleep(1000);
    return is_done(w);
}
/// Prints whether the call still waits, after having had a chance to end.
static inline void waits(const char *label, struct waiter *w) {
    if (done_within(w, 20)) say("%s: done, %ld %s", label, w->result, w->error ? errno_text(w->error) : "");
    else say("%s: waits", label);
}
/// Prints what the call came to. One that never ends ends the process, so cases are blocks of CHILD.
static inline long finish(const char *label, struct waiter *w) {
    if (!done_within(w, 1000)) { say("%s: waits for ever", label); _exit(0); }
    __atomic_store_n(&w->released, 1, __ATOMIC_RELEASE);
    pthread_join(w->thread, NULL);
    if (w->error) say("%s: -1 %s", label, errno_text(w->error));
    else say("%s: %ld", label, w->result);
    return w->result;
}
static int handled;
static inline void count_signal(int number) { __atomic_add_fetch(&handled, 1, __ATOMIC_SEQ_CST); }
static inline void handle(int number, int flags) {
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = flags};
    must(sigaction(number, &action, NULL));
}
static inline void signal_to(struct waiter *w, int number) { must(syscall(SYS_tgkill, getpid(), w->tid, number)); }
/// Sends SIGUSR1 to the waiting thread, with a handler of these flags, and waits until the handler has run.
static inline void interrupt(struct waiter *w, int flags) {
    int before = handled;
    handle(SIGUSR1, flags);
    signal_to(w, SIGUSR1);
    for (int i = 0; i < 1000 && __atomic_load_n(&handled, __ATOMIC_SEQ_CST) == before; i++) usleep(1000);
    // Until it waits again, if its call is restarted.
    usleep(2000);
    until_asleep(w);
    a_little();
}
/// A page that can be taken away.
static inline void *a_page(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) { say("mmap: %s", errno_text(errno)); _exit(98); }
    return page;
}
static inline void take_away(void *page) { must(munmap(page, 4096)); }
static inline long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
