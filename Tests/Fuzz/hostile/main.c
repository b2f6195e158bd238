// The controller: makes workers, ends those that last too long, and looks whether all are gone when they should be.
#include "hostile.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Runs `body` on a stack that has the thread's data.
static void (*next_body)(void);
static char first_stack[2 * STACK] __attribute__((aligned(STACK)));
static void on_first_stack(u64 seed, void (*body)(void)) {
    *(struct thread *)first_stack = (struct thread){.random = seed};
    next_body = body;
    __asm__ volatile("mov %0, %%rsp\n\tcall *%1" ::"r"(first_stack + STACK - 64), "r"(body) : "memory");
    __builtin_unreachable();
}

static void map_shared(int flags) {
    int file = open(SHARED_FILE, O_RDWR | O_CLOEXEC | flags, 0666);
    if (file < 0 || (flags && (ftruncate(file, SHARED_SIZE) < 0 || fchmod(file, 0666) < 0))) _exit(99);
    if (mmap(SHARED, SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) _exit(98);
    close(file);
}

static u64 storm_kind;
static void work(void) {
    make_arena();
    catch_faults();
    SHARED->pids[SHARED->next_pid++ % 32] = (int)CALL(SYS_getpid);
    open_files();
    storm(storm_kind);
    CALL(SYS_exit_group, 0);
    leave(0);
}
static void go_on(void) {
    make_arena();
    catch_faults();
    random_calls(20);
    storm(4);
    CALL(SYS_exit_group, 0);
}
static void check_and_leave(void) {
    check_table("after exec: kind*1000+number, model, host:");
    CALL(SYS_exit_group, 0);
}

// Tasks other than this one and init that are there and no zombies; kills them if asked.
struct seen { int pid; u32 scan; double since; };
static struct seen seen[4096];
static int count_tasks(int kill_all, double age, int *oldest) {
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    int count = 0;
    *oldest = 0;
    static u32 scan;
    scan++;
    while (proc && (entry = readdir(proc))) {
        int pid = atoi(entry->d_name);
        if (pid <= 2) continue;
        struct seen *place = &seen[pid % 4096];
        // A number that was free at the last look is another task's now (clone3 can ask for one).
        if (place->pid != pid || place->scan + 1 != scan) place->since = now();
        place->pid = pid, place->scan = scan;
        count++;
        if (kill_all || now() - place->since > age) kill(pid, SIGKILL);
        if (now() - place->since > age + 10) *oldest = pid;
    }
    if (proc) closedir(proc);
    return count;
}

// Says what the model thinks of everybody who is left.
static void show_stuck(int pid) {
    char path[300], text[600];
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    printf("STUCK %d\n", pid);
    while (proc && (entry = readdir(proc))) {
        if (atoi(entry->d_name) <= 2) continue;
        snprintf(path, sizeof path, "/proc/%.30s/stat", entry->d_name);
        int file = open(path, O_RDONLY);
        long got = read(file, text, sizeof text - 1);
        if (got > 0) printf("%.*s\n", (int)(got > 80 ? 80 : got), text);
        close(file);
    }
    if (proc) closedir(proc);
}

// Removes what workers left below `name`, however deep.
static void remove_below(int base, const char *name, int depth) {
    int directory = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (directory >= 0 && depth < 5000) {
        DIR *list = fdopendir(directory);
        struct dirent *entry;
        fchmod(directory, 0777);
        while (list && (entry = readdir(list))) {
            if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
            if (unlinkat(dirfd(list), entry->d_name, 0) < 0) remove_below(dirfd(list), entry->d_name, depth + 1);
        }
        closedir(list);
    }
    unlinkat(base, name, AT_REMOVEDIR);
}

static void remove_ipc(void) {
    for (int id = 0; id < 4096; id++) {
        CALL(SYS_shmctl, id, 0, 0);
        CALL(SYS_msgctl, id, 0, 0);
        CALL(SYS_semctl, id, 0, 0, 0);
    }
    static const char *const queues[] = {"a", "b", "link", "loop", "fifo", "socket", "%s%n", "\xff\xfe\x01", "hostile", "user.a", "user.", "x"};
    for (unsigned at = 0; at < sizeof queues / sizeof queues[0]; at++) CALL(SYS_mq_unlink, queues[at]);
}

static int stuck;
static void control(u64 seed, double seconds, int only, int workers) {
    double begin = now(), cycle = begin;
    char directory[64] = "";
    int turn = 0, alive = 0;
    u64 number = 0;
    while (now() - begin < seconds) {
        if (!directory[0]) {
            snprintf(directory, sizeof directory, "/tmp/work%d", turn++);
            mkdir(directory, 0777), chmod(directory, 0777);
            SHARED->stop = 0;
        }
        while (alive < workers) {
            u64 own = mix(seed * 1000003 + number++);
            pid_t child = fork();
            if (child == 0) {
                close_range(3, ~0u, 0);
                for (int fd = 0; fd < 3; fd++) dup2(open("/dev/null", O_RDWR), fd);
                close_range(3, ~0u, 0);
                setpgid(0, 0);
                if (chdir(directory) < 0) _exit(97);
                storm_kind = only >= 0 ? (u64)only : own % (u64)storm_kinds();
                on_first_stack(own, work);
            }
            if (child < 0) { usleep(10000); break; }
            count_task();
            alive++;
        }
        usleep(20000);
        int status, oldest;
        pid_t got;
        while ((got = waitpid(-1, &status, WNOHANG)) > 0) alive--;
        if (got < 0) alive = 0;
        SHARED->live = count_tasks(0, 2.0, &oldest);
        if (oldest) { show_stuck(oldest), stuck++; break; }
        if (now() - cycle < 3 && now() - begin < seconds - 1) continue;
        // Everybody goes; then the sentry should be as it was at the beginning.
        SHARED->stop = 1;
        double asked = now();
        int left;
        do {
            usleep(10000);
            while (waitpid(-1, &status, WNOHANG) > 0) {}
            left = count_tasks(1, 2.0, &oldest);
        } while (left && now() - asked < 15);
        if (left) { count_tasks(1, 0, &oldest); show_stuck(oldest ? oldest : left), stuck++; break; }
        alive = 0;
        remove_below(AT_FDCWD, directory, 0);
        remove_below(AT_FDCWD, "/tmp/top", 0), remove_below(AT_FDCWD, "/tmp/other", 0);
        remove_ipc();
        directory[0] = 0;
        SHARED->live = 0;
        memset(SHARED->pids, 0, sizeof SHARED->pids);
        printf("IDLE\n");
        fflush(stdout);
        usleep(150000);
        cycle = now();
    }
    for (int at = 0; at < 16; at++)
        if (SHARED->reports[at][0]) printf("DIFFERENCE %.*s\n", 199, SHARED->reports[at]);
    printf("FIGURES calls=%lu tasks=%lu execs=%lu faults=%lu checks=%lu numbers=%lu differences=%lu stuck=%d\n", SHARED->calls, SHARED->tasks, SHARED->execs,
           SHARED->faults, SHARED->checks, SHARED->checked, SHARED->mismatches, stuck);
    fflush(stdout);
}

// A process outside, which nothing inside should reach.
static void heard(int number) { dprintf(1, "%d ", number); }
static _Noreturn void canary(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int number = 1; number <= 64; number++) signal(number, heard);
    dprintf(1, "ready\n");
    for (;;) pause();
}

int main(int argc, char **argv) {
    u64 seed = 1;
    double seconds = 10;
    int only = -1, workers = 3;
    for (int at = 1; at < argc; at++) {
        if (!strcmp(argv[at], "--again")) {
            map_shared(0);
            SHARED->execs++;
            const char *count = at + 1 < argc ? argv[at + 1] : "00";
            u64 own = mix(SHARED->seed + (u64)getpid() * 31 + (u64)count[0]);
            if (own % 6 == 0) return 0;
            on_first_stack(own, go_on);
        }
        if (!strcmp(argv[at], "--check")) {
            map_shared(0);
            on_first_stack(1, check_and_leave);
        }
        if (!strcmp(argv[at], "--nothing")) return 0;
        if (!strcmp(argv[at], "--canary")) canary();
        if (at + 1 == argc) return 2;
        if (!strcmp(argv[at], "--seed")) seed = strtoul(argv[++at], 0, 0);
        else if (!strcmp(argv[at], "--seconds")) seconds = atof(argv[++at]);
        else if (!strcmp(argv[at], "--kind")) only = atoi(argv[++at]);
        else if (!strcmp(argv[at], "--workers")) workers = atoi(argv[++at]);
        else return 2;
    }
    // Workers' signals, to groups and by files that have an owner, are not for the controller.
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, 0);
    umask(0);
    map_shared(O_CREAT | O_TRUNC);
    *SHARED = (struct shared){.seed = seed};
    int script = open("/tmp/script", O_WRONLY | O_CREAT | O_TRUNC, 0777);
    const char text[] = "#!/fuzz/hostile --again\n";
    if (write(script, text, sizeof text - 1) < 0) return 1;
    close(script);
    printf("SEED %lu\n", seed);
    fflush(stdout);
    control(seed, seconds, only, workers);
    return stuck ? 3 : SHARED->mismatches ? 4 : 0;
}
