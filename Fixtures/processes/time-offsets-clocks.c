// Rules:
// As: root user
// The clocks of a time namespace with offsets: by the vDSO and by call, for a child, after setns and exec, for threads,
// and as absolute times of what waits.
#include "fixture.h"
#include <linux/futex.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
enum { DAY = 86400 };
static struct timespec now(clockid_t clock) { struct timespec t; must(clock_gettime(clock, &t)); return t; }
static struct timespec raw(clockid_t clock) { struct timespec t; must(syscall(SYS_clock_gettime, clock, &t)); return t; }
static bool near(long a, long b) { return a - b < 3 && b - a < 3; }
static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,
                                   CLOCK_REALTIME, CLOCK_REALTIME_COARSE};
static long before[6], uptime_before, stat_before, btime_before;
static char *file(const char *path) {
    static char text[8192];
    int fd = must(open(path, O_RDONLY));
    text[must(read(fd, text, sizeof text - 1))] = 0;
    close(fd);
    return text;
}
static long started(void) {
    char *text = strrchr(file("/proc/self/stat"), ')');
    for (int i = 0; i < 20; i++) text = strchr(text + 1, ' ');
    return atol(text) / 100;
}
static long btime(void) {
    long value = 0;
    FILE *stat = fopen("/proc/stat", "r");
    char line[8192];
    while (stat && fgets(line, sizeof line, stat)) sscanf(line, "btime %ld", &value);
    if (stat) fclose(stat);
    return value;
}
static void note(void) {
    for (int i = 0; i < 6; i++) before[i] = now(clocks[i]).tv_sec;
    uptime_before = atol(file("/proc/uptime"));
    stat_before = started();
    btime_before = btime();
}
static void compare(const char *who) {
    char days[6];
    for (int i = 0; i < 6; i++) {
        long passed = now(clocks[i]).tv_sec - before[i], by_call = raw(clocks[i]).tv_sec - before[i];
        long day = (passed + 10) / DAY;
        days[i] = near(passed, day * DAY) && near(by_call, day * DAY) ? '0' + day : '?';
    }
    say("%s: monotonic %c raw %c coarse %c boottime %c realtime %c coarse %c", who, days[0], days[1], days[2], days[3],
        days[4], days[5]);
}
static void *thread_main(void *argument) { compare("thread"); return argument; }
static struct timespec in_a_moment(clockid_t clock, long nanoseconds) {
    struct timespec t = now(clock);
    t.tv_nsec += nanoseconds;
    while (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
    return t;
}
/// Whether `time` of `clock` has come, and not long ago.
static bool just_passed(clockid_t clock, struct timespec time) {
    struct timespec t = now(clock);
    double passed = t.tv_sec - time.tv_sec + (t.tv_nsec - time.tv_nsec) / 1e9;
    return passed >= 0 && passed < 2;
}
static void waits(clockid_t clock, const char *name) {
    struct timespec moment = in_a_moment(clock, 30000000), past = {now(clock).tv_sec - 3, 0};
    errno = clock_nanosleep(clock, TIMER_ABSTIME, &moment, NULL);
    say("%s: nanosleep %d, %s", name, errno, just_passed(clock, moment) ? "in time" : "at another time");
    say("past %d, early %d", clock_nanosleep(clock, TIMER_ABSTIME, &past, NULL),
        clock_nanosleep(clock, TIMER_ABSTIME, &(struct timespec){1, 0}, NULL));
    say("bad %d", clock_nanosleep(clock, TIMER_ABSTIME, &(struct timespec){1, 1000000000}, NULL));
    int timer = must(timerfd_create(clock, 0));
    moment = in_a_moment(clock, 30000000);
    struct itimerspec setting = {{0, 0}, moment};
    must(timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL));
    unsigned long long count = 0;
    must(read(timer, &count, sizeof count));
    say("timerfd %llu, %s", count, just_passed(clock, moment) ? "in time" : "at another time");
    must(timerfd_settime(timer, TFD_TIMER_ABSTIME, &(struct itimerspec){{0, 0}, {now(clock).tv_sec + 100, 0}}, NULL));
    must(timerfd_gettime(timer, &setting));
    yes("rest", setting.it_value.tv_sec > 97 && setting.it_value.tv_sec < 101);
    must(timerfd_settime(timer, TFD_TIMER_ABSTIME, &(struct itimerspec){{0, 0}, {0, 0}}, &setting));
    must(timerfd_gettime(timer, &setting));
    say("disarmed %d", (int)setting.it_value.tv_sec);
    close(timer);
    timer_t posix;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR1), sigprocmask(SIG_BLOCK, &set, NULL);
    must(timer_create(clock, &event, &posix));
    moment = in_a_moment(clock, 30000000);
    setting = (struct itimerspec){{0, 0}, moment};
    must(timer_settime(posix, TIMER_ABSTIME, &setting, NULL));
    int signal = sigtimedwait(&set, NULL, &(struct timespec){3, 0});
    say("timer %d, %s", signal, just_passed(clock, moment) ? "in time" : "at another time");
    must(timer_delete(posix));
}
static void nothing(int signal) { (void)signal; }
static void futexes(void) {
    int word = 0;
    struct timespec moment = in_a_moment(CLOCK_MONOTONIC, 30000000);
    show("futex", syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 0, &moment, NULL, ~0));
    yes("in time", just_passed(CLOCK_MONOTONIC, moment));
    show("other value", syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 1, &moment, NULL, ~0));
    moment = in_a_moment(CLOCK_REALTIME, 30000000);
    show("realtime", syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 0, &moment, NULL, ~0));
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    moment = in_a_moment(CLOCK_MONOTONIC, 30000000);
    pthread_mutex_lock(&mutex);
    say("condition %d", pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &moment));
    yes("in time", just_passed(CLOCK_MONOTONIC, moment));
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGALRM, &action, NULL);
    ualarm(30000, 0);
    moment = in_a_moment(CLOCK_MONOTONIC, 999999999);
    say("interrupted %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL));
}
int main(int count, char **arguments) {
    if (count > 1) {
        // The program executed in the namespace; what was noted comes as arguments.
        for (int i = 0; i < 6; i++) before[i] = atol(arguments[i + 1]);
        compare("executed");
        struct timespec moment = in_a_moment(CLOCK_MONOTONIC, 30000000);
        say("nanosleep %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL));
        return 0;
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        note();
        char numbers[6][24], *program[8] = {"program"};
        for (int i = 0; i < 6; i++) snprintf(numbers[i], sizeof numbers[i], "%ld", before[i]), program[i + 1] = numbers[i];
        must(unshare(CLONE_NEWTIME));
        int plain = must(open("/proc/self/ns/time_for_children", O_RDONLY));
        must(unshare(CLONE_NEWTIME));
        show("offsets", put("/proc/self/timens_offsets", "monotonic 86400 5\nboottime 172800 0\n"));
        int other = must(open("/proc/self/ns/time_for_children", O_RDONLY));
        compare("not yet");
        CHILD {
            compare("child");
            pthread_t thread;
            pthread_create(&thread, NULL, thread_main, NULL);
            pthread_join(thread, NULL);
            CHILD compare("its child");
            struct sysinfo info;
            must(sysinfo(&info));
            yes("sysinfo", near(info.uptime, uptime_before + 2 * DAY));
            yes("uptime", near(atol(file("/proc/uptime")), uptime_before + 2 * DAY));
            yes("start", near(started(), stat_before + 2 * DAY));
            yes("btime", near(btime(), btime_before - 2 * DAY));
            waits(CLOCK_MONOTONIC, "monotonic");
            waits(CLOCK_BOOTTIME, "boottime");
            futexes();
            CHILD {
                execv("/proc/self/exe", program);
                _exit(97);
            }
            must(setns(plain, CLONE_NEWTIME));
            compare("back");
            waits(CLOCK_MONOTONIC, "monotonic");
            CHILD {
                execv("/proc/self/exe", program);
                _exit(97);
            }
        }
        pid_t pid = vfork();
        if (pid == 0) {
            execv("/proc/self/exe", program);
            _exit(97);
        }
        reap(pid);
        CHILD {
            execv("/proc/self/exe", program);
            _exit(97);
        }
        CHILD {
            must(setns(other, CLONE_NEWTIME));
            compare("joined");
            futexes();
            CHILD compare("its child");
        }
        unsigned long request[8] = {CLONE_NEWTIME, 0, 0, 0, SIGCHLD};
        pid = must(syscall(SYS_clone3, request, sizeof request));
        if (pid == 0) {
            compare("clone3");
            _exit(0);
        }
        reap(pid);
        // CLONE_CLEAR_SIGHAND
        signal(SIGUSR2, nothing);
        request[0] |= 0x100000000;
        pid = must(syscall(SYS_clone3, request, sizeof request));
        if (pid == 0) {
            compare("with cleared handlers");
            _exit(0);
        }
        reap(pid);
        compare("still not");
        execv("/proc/self/exe", program);
    }
}
