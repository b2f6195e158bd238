// Rules:
// As: user
// A thread that can be seen in /proc/self/task can be sent signals, and gets them, however young it is.
#include "fixture.h"
enum { COUNT = 60 };
static __thread volatile sig_atomic_t reached;
static void handler(int number) { reached = 1; }
static void *waits_for_signal(void *unused) {
    sigset_t none, usr1;
    sigemptyset(&none);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    struct timespec limit = {10, 0};
    if (!reached) ppoll(NULL, 0, &limit, &none);
    return (void *)(long)reached;
}
static void *makes_threads(void *unused) {
    long sum = 0;
    for (int i = 0; i < COUNT; i++) {
        pthread_t thread;
        void *result;
        must(pthread_create(&thread, NULL, waits_for_signal, NULL));
        pthread_join(thread, &result);
        sum += (long)result;
        if (!result) break;
    }
    return (void *)sum;
}
int main(void) {
    must(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL));
    pthread_t maker;
    must(pthread_create(&maker, NULL, makes_threads, NULL));
    int tid = 0, known = 0, sent = 0;
    DIR *tasks = opendir("/proc/self/task");
    // The first thread that is seen beside this one is the maker.
    while (sent < COUNT && pthread_tryjoin_np(maker, (void **)&(void *){NULL})) {
        rewinddir(tasks);
        for (struct dirent *entry; (entry = readdir(tasks));)
            if ((tid = atoi(entry->d_name)) > known && tid != getpid()) {
                if (!known) known = tid;
                else if (syscall(SYS_tgkill, getpid(), tid, SIGUSR1) == 0) known = tid, sent++;
            }
    }
    void *reached_by = NULL;
    if (sent == COUNT) pthread_join(maker, &reached_by);
    say("sent %d, reached %ld", sent, (long)reached_by);
}
