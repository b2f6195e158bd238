// Rules:
// As: root user
// What rt_sigtimedwait and a signalfd say of blocked signals: who sent them, and how.
#include "fixture.h"
#include <sys/signalfd.h>
static sigset_t set;
static int signals;
static bool by_file;
static const char *process(int pid) {
    return pid == getpid() ? "self" : pid == getppid() ? "parent" : pid ? "other" : "0";
}
static void tell_info(const siginfo_t *i) {
    char line[200];
    int n = snprintf(line, sizeof line, "  %d errno %d code %d", i->si_signo, i->si_errno, i->si_code);
    if (i->si_signo == SIGCHLD && i->si_code > 0)
        n += snprintf(line + n, sizeof line - n, " status %d time %d", i->si_status, i->si_utime + i->si_stime > 100);
    else if (i->si_code == SI_TIMER)
        n += snprintf(line + n, sizeof line - n, " overrun %d value %d", i->si_overrun, i->si_value.sival_int);
    else n += snprintf(line + n, sizeof line - n, " value %#llx", (unsigned long long)i->si_value.sival_ptr);
    if (i->si_code != SI_TIMER) snprintf(line + n, sizeof line - n, " from %s uid %u", process(i->si_pid), i->si_uid);
    say("%s", line);
}
static void tell_record(const struct signalfd_siginfo *i) {
    say("  %u errno %d code %d from %s uid %u status %d time %d overrun %u value %d %#llx fd %d band %u trap %u address %llx",
        i->ssi_signo, i->ssi_errno, i->ssi_code, process((int)i->ssi_pid), i->ssi_uid, i->ssi_status,
        i->ssi_utime + i->ssi_stime > 100, i->ssi_overrun, i->ssi_int, (unsigned long long)i->ssi_ptr, i->ssi_fd,
        i->ssi_band, i->ssi_trapno, (unsigned long long)i->ssi_addr);
}
static void next(const char *label) {
    say("%s", label);
    if (by_file) {
        struct signalfd_siginfo record;
        struct pollfd ready = {signals, POLLIN};
        if (poll(&ready, 1, 3000) != 1) { say("  nothing"); return; }
        if (read(signals, &record, sizeof record) == sizeof record) tell_record(&record);
        else say("  %s", errno_text(errno));
    } else {
        siginfo_t info;
        memset(&info, 0xff, sizeof info);
        if (sigtimedwait(&set, &info, &(struct timespec){3, 0}) < 0) say("  %s", errno_text(errno));
        else tell_info(&info);
    }
}
static void children(void) {
    pid_t pid;
    SPAWN(pid) { usleep(20000); _exit(3); }
    next("child exits");
    waitpid(pid, NULL, 0);
    SPAWN(pid) for (;;) pause();
    kill(pid, SIGSTOP);
    next("child stops");
    kill(pid, SIGCONT);
    next("child goes on");
    kill(pid, SIGKILL);
    next("child is killed");
    waitpid(pid, NULL, 0);
    SPAWN(pid) kill(getppid(), SIGUSR1);
    next("child sends SIGUSR1");
    next("and exits");
    waitpid(pid, NULL, 0);
}
static void all_senders(void) {
    kill(getpid(), SIGUSR1);
    next("kill");
    raise(SIGUSR1);
    next("raise");
    syscall(SYS_tkill, getpid(), SIGUSR2);
    next("tkill");
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_ptr = (void *)0x123456789a});
    next("sigqueue");
    siginfo_t own = {.si_signo = SIGUSR1, .si_errno = 7, .si_code = -60};
    own.si_pid = 77, own.si_uid = 88, own.si_value.sival_int = 99;
    show("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &own));
    next("with a code of its own");
    own.si_errno = 0;
    own.si_code = SI_USER;
    show("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &own));
    next("as kill");
    own.si_code = SI_KERNEL;
    show("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &own));
    next("as the kernel");
    int pidfd = must(syscall(SYS_pidfd_open, getpid(), 0));
    must(syscall(SYS_pidfd_send_signal, pidfd, SIGUSR2, NULL, 0));
    next("pidfd_send_signal");
    close(pidfd);
    ualarm(1000, 0);
    next("alarm");
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2, .sigev_value = {.sival_int = 42}};
    must(timer_create(CLOCK_MONOTONIC, &event, &timer));
    must(timer_settime(timer, 0, &(struct itimerspec){.it_value = {0, 1000000}}, NULL));
    next("timer");
    timer_delete(timer);
    int ends[2];
    must(pipe(ends));
    close(ends[0]);
    show("write to nobody", write(ends[1], "", 1));
    next("SIGPIPE");
    close(ends[1]);
    children();
}
static void at_once(void) {
    int real_time = SIGRTMIN + 1;
    for (int i = 0; i < 3; i++) sigqueue(getpid(), real_time, (union sigval){.sival_int = i});
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    raise(SIGUSR2);
    struct signalfd_siginfo records[8];
    char *at = (char *)records;
    struct iovec vectors[3] = {{at, 40}, {at + 40, 300}, {at + 340, sizeof records - 340}};
    show("at once by readv", readv(signals, vectors, 3) / (long)sizeof *records);
    for (int i = 0; i < 5; i++) tell_record(&records[i]);
    errno = 0;
    show("then nothing", read(signals, records, sizeof records));
    show("too small", read(signals, records, 127));
}
static void *sender(void *thread) {
    usleep(20000);
    must(syscall(SYS_tgkill, getpid(), (int)(intptr_t)thread, SIGUSR1));
    kill(getpid(), SIGUSR2);
    return NULL;
}
int main(void) {
    sigemptyset(&set);
    for (int i = 0; i < 4; i++) sigaddset(&set, (int[]){SIGUSR1, SIGUSR2, SIGCHLD, SIGALRM}[i]);
    sigaddset(&set, SIGRTMIN + 1);
    sigaddset(&set, SIGPIPE);
    sigprocmask(SIG_BLOCK, &set, NULL);
    say("sigtimedwait");
    all_senders();
    signals = must(signalfd(-1, &set, SFD_NONBLOCK));
    by_file = true;
    say("signalfd");
    all_senders();
    at_once();
    // Another thread sends; the signal of one thread is not another's.
    pthread_t thread;
    pthread_create(&thread, NULL, sender, (void *)(intptr_t)gettid());
    next("tgkill from a thread");
    next("kill from a thread");
    pthread_join(thread, NULL);
    // Whoever reads sees its own signals.
    kill(getpid(), SIGUSR1);
    CHILD {
        struct signalfd_siginfo record;
        show("a child reads", read(signals, &record, sizeof record));
        kill(getpid(), SIGUSR2);
        next("its own");
        kill(getppid(), SIGALRM);
    }
    next("the parent still has its own");
    next("and the child's");
    next("and the child's end");
    // The set of an open one can be changed.
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR2);
    yes("changed", signalfd(signals, &one, 0) == signals);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    next("after the change");
    struct signalfd_siginfo record;
    show("no more", read(signals, &record, sizeof record));
    show("not a signalfd", signalfd(0, &one, 0));
    show("not open", signalfd(99, &one, 0));
    by_file = false;
    next("left");
    // A dead parent's signal.
    pid_t middle;
    int report[2];
    must(pipe(report));
    SPAWN(middle) {
        pid_t leaf;
        SPAWN(leaf) {
            prctl(PR_SET_PDEATHSIG, SIGUSR1);
            pid_t parent = getppid();
            must(write(report[1], "", 1));
            siginfo_t info = {0};
            sigwaitinfo(&set, &info);
            say("parent's death: code %d from the dead one %d uid %u", info.si_code, info.si_pid == parent, info.si_uid);
            must(write(report[1], "", 1));
        }
        char byte;
        must(read(report[0], &byte, 1));
    }
    wait_status(middle);
    char byte;
    must(read(report[0], &byte, 1));
}
