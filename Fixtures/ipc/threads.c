// Rules:
// As: user
// Threads: numbers, shared and private state, joining, robust mutexes, end of the leader, tgkill, exit_group.
#include "fixture.h"
static int shared_counter;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *count(void *unused) {
    for (int i = 0; i < 1000; i++) { pthread_mutex_lock(&mutex); shared_counter++; pthread_mutex_unlock(&mutex); }
    return (void *)(long)(syscall(SYS_gettid) != getpid());
}
static pthread_mutex_t *robust;
static void *dies_holding(void *unused) { pthread_mutex_lock(robust); return NULL; }
static volatile long handled_by;
static void handler(int number) { handled_by = syscall(SYS_gettid); }
static volatile pid_t waiting_tid;
static void *waits(void *unused) { waiting_tid = syscall(SYS_gettid); for (;;) pause(); return NULL; }
static void *exits_group(void *unused) { usleep(10000); exit(17); }
static void *renames(void *unused) { prctl(PR_SET_NAME, "renamed"); chdir("/"); umask(0); return NULL; }
static void *survives(void *unused) { usleep(50000); say("the leader is gone, state %c", strchr(field("/proc/self/status", "State"), '\t')[1]); exit(4); }
int main(void) {
    pthread_t threads[20];
    for (int i = 0; i < 20; i++) must(pthread_create(&threads[i], NULL, count, NULL));
    long others = 0;
    for (int i = 0; i < 20; i++) { void *result; pthread_join(threads[i], &result); others += (long)result; }
    say("counted %d, own numbers %ld", shared_counter, others);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    robust = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutex_init(robust, &attributes);
    pthread_create(threads, NULL, dies_holding, NULL);
    pthread_join(threads[0], NULL);
    say("robust after a thread: %s", errno_text(pthread_mutex_lock(robust)));
    pthread_mutex_consistent(robust);
    pthread_mutex_unlock(robust);
    CHILD { pthread_mutex_lock(robust); }
    say("robust after a process: %s", errno_text(pthread_mutex_lock(robust)));
    pthread_mutex_consistent(robust);
    pthread_mutex_unlock(robust);
    pid_t pid;
    SPAWN(pid) { pthread_mutex_lock(robust); kill(getpid(), SIGKILL); }
    wait_status(pid);
    say("robust after a kill: %s", errno_text(pthread_mutex_lock(robust)));
    signal(SIGUSR1, handler);
    pthread_create(threads, NULL, waits, NULL);
    while (!waiting_tid) usleep(1000);
    show_field("threads", "/proc/self/status", "Threads");
    must(syscall(SYS_tgkill, getpid(), waiting_tid, SIGUSR1));
    for (int i = 0; i < 1000 && !handled_by; i++) usleep(1000);
    yes("handled by the thread", handled_by == waiting_tid);
    pthread_create(threads, NULL, renames, NULL);
    pthread_join(threads[0], NULL);
    char path[100];
    must((long)getcwd(path, 100));
    say("cwd %s umask %o", path, umask(022));
    char name[17] = "";
    prctl(PR_GET_NAME, name);
    say("name %s", name);
    int n = 0;
    DIR *dir = opendir("/proc/self/task");
    struct dirent *entry;
    while ((entry = readdir(dir))) n += entry->d_name[0] != '.';
    show("tasks", n);
    CHILD { pthread_create(threads, NULL, exits_group, NULL); for (;;) pause(); }
    CHILD { pthread_create(threads, NULL, survives, NULL); syscall(SYS_exit, 9); }
    CHILD { pthread_create(threads, NULL, waits, NULL); kill(getpid(), SIGKILL); }
    CHILD { pthread_create(threads, NULL, waits, NULL); show("forked from many", fork() == 0 ? ({ say("one thread: %s", strchr(field("/proc/self/status", "Threads"), '\t') + 1); _exit(0); 0; }) : ({ wait(NULL); 0; })); }
    return 0;
}
