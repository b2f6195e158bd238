// Rules:
// As: user
// While wait4 and waitid wait: result pointers go, children change group or go, the caller's group changes, signals.
#include "waiting.h"
static struct gate leave, second_leave;
/// A child that exits with the code when told to.
static pid_t child(struct gate gate, int code) {
    pid_t pid = must(fork());
    if (pid) return pid;
    gate_wait(gate);
    _exit(code);
}
static void start(void) {
    must(setpgid(0, 0));
    leave = gate_new();
    second_leave = gate_new();
}
/// Prints whose end a call reported.
static void who(const char *label, struct waiter *w, pid_t a, pid_t b) {
    if (!done_within(w, 1000)) { say("%s: waits for ever", label); _exit(0); }
    if (w->error) say("%s: -1 %s", label, errno_text(w->error));
    else say("%s: %s", label, w->result == a ? "the first" : w->result == b ? "the second" : w->result ? "somebody" : "0");
}
static void left(void) { show("children left", waitpid(-1, NULL, WNOHANG | __WALL) > 0 ? 1 : waitpid(-1, NULL, WNOHANG | __WALL)); }
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = false)
#define WAIT4(pid, options) begin(SYS_wait4, (long)(pid), status, (long)(options), 0L)
static int *status;
static siginfo_t *info;
static void results(void) {
    status = a_page();
    info = a_page();
    CASE("the status's page is unmapped") {
        pid_t pid = child(leave, 3);
        struct waiter *w = WAIT4(pid, 0);
        take_away(status);
        gate_open(leave);
        who("wait4", w, pid, 0);
        left();
    }
    CASE("the rusage's page is unmapped") {
        pid_t pid = child(leave, 3);
        struct rusage *usage = a_page();
        struct waiter *w = begin(SYS_wait4, pid, status, 0L, usage);
        take_away(usage);
        gate_open(leave);
        who("wait4", w, pid, 0);
        say("status %x", *status);
        left();
    }
    CASE("the siginfo's page is unmapped") {
        pid_t pid = child(leave, 3);
        struct waiter *w = begin(SYS_waitid, (long)P_PID, pid, info, (long)WEXITED, 0L);
        take_away(info);
        gate_open(leave);
        finish("waitid", w);
        left();
    }
    CASE("a pidfd is replaced") {
        pid_t first = child(leave, 3), second = child(second_leave, 4);
        int fd = must(pidfd_of(first)), other = must(pidfd_of(second));
        struct waiter *w = begin(SYS_waitid, (long)P_PIDFD, fd, info, (long)WEXITED, 0L);
        must(dup2(other, fd));
        gate_open(second_leave);
        waits("the second exits", w);
        gate_open(leave);
        finish("waitid", w);
        say("%s, %d", info->si_pid == first ? "the first" : "another", info->si_status);
    }
    CASE("a pidfd is closed") {
        pid_t pid = child(leave, 3);
        int fd = must(pidfd_of(pid));
        struct waiter *w = begin(SYS_waitid, (long)P_PIDFD, fd, info, (long)WEXITED, 0L);
        must(close(fd));
        waits("closed", w);
        gate_open(leave);
        finish("waitid", w);
        say("status %d", info->si_status);
    }
    CASE("a pidfd does not wait any more") {
        pid_t pid = child(leave, 3);
        int fd = must(pidfd_of(pid));
        struct waiter *w = begin(SYS_waitid, (long)P_PIDFD, fd, info, (long)WEXITED, 0L);
        must(fcntl(fd, F_SETFL, O_NONBLOCK));
        waits("O_NONBLOCK", w);
        show("another", waitid(P_PIDFD, fd, info, WEXITED));
        gate_open(leave);
        finish("waitid", w);
    }
}
static void groups(void) {
    CASE("a child leaves the group") {
        pid_t first = child(leave, 3), second = child(second_leave, 4);
        must(setpgid(first, first));
        must(setpgid(second, first));
        struct waiter *w = WAIT4(-first, 0);
        must(setpgid(second, 0));
        must(setpgid(second, getpgrp()));
        gate_open(second_leave);
        waits("the second exits", w);
        gate_open(leave);
        who("wait4", w, first, second);
    }
    CASE("a child joins the group") {
        pid_t first = child(leave, 3), second = child(second_leave, 4);
        must(setpgid(first, first));
        struct waiter *w = WAIT4(-first, 0);
        must(setpgid(second, first));
        gate_open(second_leave);
        who("wait4", w, first, second);
        gate_open(leave);
    }
    CASE("the caller leaves the group") {
        pid_t first = child(leave, 3), second = child(second_leave, 4), old = getpgrp();
        struct waiter *w = WAIT4(0, 0);
        must(setpgid(second, second));
        must(setpgid(0, second));
        gate_open(second_leave);
        waits("one of the new group exits", w);
        gate_open(leave);
        who("one of the old", w, first, second);
        pid_t third = child(leave, 5);
        show("another", wait4(0, status, 0, NULL) == second ? 2 : 0);
        gate_open(leave);
        must(waitpid(third, NULL, 0));
    }
    CASE("a child is born meanwhile") {
        pid_t first = child(leave, 3);
        struct waiter *w = WAIT4(-1, 0);
        pid_t second = child(second_leave, 4);
        gate_open(second_leave);
        who("wait4", w, first, second);
        gate_open(leave);
    }
}
static void rivals(void) {
    CASE("two threads wait for one child") {
        pid_t pid = child(leave, 3);
        struct waiter *a = WAIT4(-1, 0), *b = WAIT4(pid, 0);
        gate_open(leave);
        if (!done_within(a, 1000) || !done_within(b, 1000)) say("one waits for ever");
        say("%s", a->result == pid && b->error == ECHILD ? "one has it" : b->result == pid && a->error == ECHILD ? "one has it" : "?");
    }
    CASE("children are reaped by the kernel") {
        pid_t pid = child(leave, 3);
        struct waiter *w = WAIT4(pid, 0);
        signal(SIGCHLD, SIG_IGN);
        gate_open(leave);
        who("wait4", w, pid, 0);
    }
    CASE("SA_NOCLDWAIT with another child") {
        pid_t first = child(leave, 3), second = child(second_leave, 4);
        struct waiter *w = WAIT4(-1, 0);
        struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
        must(sigaction(SIGCHLD, &action, NULL));
        gate_open(leave);
        waits("the first exits", w);
        gate_open(second_leave);
        who("wait4", w, first, second);
    }
    CASE("waiting for a stop") {
        pid_t pid = child(leave, 3);
        struct waiter *w = begin(SYS_waitid, (long)P_PID, pid, info, (long)WSTOPPED, 0L);
        must(kill(pid, SIGSTOP));
        finish("waitid", w);
        say("code %d status %d", info->si_code == CLD_STOPPED, info->si_status == SIGSTOP);
        w = begin(SYS_waitid, (long)P_PID, pid, info, (long)WCONTINUED, 0L);
        must(kill(pid, SIGCONT));
        finish("waitid", w);
        say("code %d status %d", info->si_code == CLD_CONTINUED, info->si_status == SIGCONT);
        w = begin(SYS_waitid, (long)P_PID, pid, info, (long)(WEXITED | WNOWAIT), 0L);
        gate_open(leave);
        finish("WNOWAIT", w);
        show("still there", waitpid(pid, status, WNOHANG) == pid);
    }
    CASE("the child exits and another thread reaps it, while a stop is waited for") {
        pid_t pid = child(leave, 3);
        struct waiter *w = begin(SYS_waitid, (long)P_PID, pid, info, (long)WSTOPPED, 0L);
        gate_open(leave);
        show("reaped", waitpid(pid, status, 0) == pid);
        interrupt(w, SA_RESTART);
        finish("waitid", w);
    }
    CASE("__WNOTHREAD, __WCLONE and __WALL") {
        pid_t pid = must(syscall(SYS_clone, 0, NULL, NULL, NULL, NULL));
        if (pid == 0) { gate_wait(leave); _exit(3); }
        finish("__WNOTHREAD", WAIT4(pid, __WNOTHREAD | __WALL));
        finish("without __WALL", WAIT4(pid, 0));
        struct waiter *w = WAIT4(pid, __WALL);
        gate_open(leave);
        who("__WALL", w, pid, 0);
    }
    CASE("signals") {
        pid_t pid = child(leave, 3);
        struct waiter *w = WAIT4(pid, 0);
        interrupt(w, 0);
        finish("plain", w);
        w = WAIT4(pid, 0);
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        w = begin(SYS_waitid, (long)P_PID, pid, info, (long)WEXITED, 0L);
        interrupt(w, 0);
        finish("waitid", w);
        must(kill(pid, SIGKILL));
    }
    CASE("a restart looks again") {
        pid_t first = child(leave, 3), second = child(second_leave, 4);
        int fd = must(pidfd_of(first)), other = must(pidfd_of(second));
        struct waiter *w = begin(SYS_waitid, (long)P_PIDFD, fd, info, (long)WEXITED, 0L);
        must(dup2(other, fd));
        interrupt(w, SA_RESTART);
        gate_open(second_leave);
        finish("waitid", w);
        say("%s", info->si_pid == first ? "the first" : info->si_pid == second ? "the second" : "?");
        gate_open(leave);
        must(waitpid(first, NULL, 0));
        second = child(second_leave, 4);
        must(setpgid(second, second));
        w = WAIT4(0, 0);
        finish("nobody in the group", w);
        first = child(leave, 3);
        w = WAIT4(0, 0);
        must(setpgid(0, second));
        interrupt(w, SA_RESTART);
        gate_open(leave);
        waits("the restarted call has the caller's new group", w);
        gate_open(second_leave);
        who("wait4", w, first, second);
    }
}
int main(void) {
    results();
    groups();
    rivals();
    return 0;
}
