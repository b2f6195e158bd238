// Rules: terminal-group-of-other-session terminal-needs-session-leader terminal-of-other-session
// As: root
// Needs: terminal
// The controlling terminal: who gets it, who may put which process group in front, who loses it.
#include "fixture.h"
static void look(const char *who) {
    pid_t front = 0, session = 0;
    say("%s", who);
    int is_front = ioctl(0, TIOCGPGRP, &front);
    say("  foreground: %s", is_front == -1 ? errno_text(errno) : front == getpgrp() ? "own group" : "another group");
    int has_session = ioctl(0, TIOCGSID, &session);
    say("  session: %s", has_session == -1 ? errno_text(errno) : session == getsid(0) ? "own" : "another");
    int fd = open("/dev/tty", O_RDWR);
    say("  /dev/tty: %s", fd == -1 ? errno_text(errno) : "ok");
    if (fd >= 0) close(fd);
    char *stat = get("/proc/self/stat"), *at = strrchr(stat, ')');
    int device, group;
    sscanf(at + 1, " %*c %*d %*d %*d %d %d", &device, &group);
    say("  stat: %s, foreground group %s", device ? "a terminal" : "no terminal", group == -1 ? "none" : group == getpgrp() ? "own" : "another");
}
int main(void) {
    yes("a terminal", isatty(0));
    look("leader of a session without a terminal");
    show("TIOCNOTTY", ioctl(0, TIOCNOTTY));
    show("tcsetpgrp", tcsetpgrp(0, getpgrp()));
    CHILD show("TIOCSCTTY by a child", ioctl(0, TIOCSCTTY, 1));
    // 1 takes it from whichever session has it.
    show("TIOCSCTTY by the leader", ioctl(0, TIOCSCTTY, 1));
    show("again", ioctl(0, TIOCSCTTY, 0));
    look("with it");
    CHILD look("a child");

    struct gate ready = gate_new(), end = gate_new();
    pid_t stranger;
    SPAWN(stranger) {
        must(setsid());
        look("a child in a session of its own");
        show("tcsetpgrp", tcsetpgrp(0, getpgrp()));
        show("TIOCNOTTY", ioctl(0, TIOCNOTTY));
        show("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
        must(setresuid(1000, 1000, 1000));
        show("TIOCSCTTY as another user, taking it", ioctl(0, TIOCSCTTY, 1));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    show("tcsetpgrp to a group of another session", tcsetpgrp(0, stranger));
    show("tcsetpgrp to nobody", tcsetpgrp(0, 4000000));
    show("tcsetpgrp to -1", tcsetpgrp(0, -1));
    show("TIOCSPGRP of a bad address", ioctl(0, TIOCSPGRP, 8));
    gate_open(end);
    reap(stranger);

    CHILD {
        must(setpgid(0, 0));
        look("a group in the background");
        signal(SIGTTOU, SIG_IGN);
        show("puts itself in front, SIGTTOU ignored", tcsetpgrp(0, getpgrp()));
        look("in front");
    }
    show("back in front, SIGTTOU blocked", (signal(SIGTTOU, SIG_IGN), tcsetpgrp(0, getpgrp())));
    signal(SIGTTOU, SIG_DFL);
    pid_t stopped;
    SPAWN(stopped) {
        must(setpgid(0, 0));
        show("in front after a stop", tcsetpgrp(0, getpgrp()));
    }
    int status;
    must(waitpid(stopped, &status, WUNTRACED));
    say("a background child that does not ignore it: %s", WIFSTOPPED(status) ? sigabbrev_np(WSTOPSIG(status)) : "not stopped");
    must(kill(-stopped, SIGKILL));
    reap(stopped);

    signal(SIGHUP, SIG_IGN);
    must(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
    show("TIOCNOTTY by the leader", ioctl(0, TIOCNOTTY));
    look("without it");
    CHILD {
        must(setsid());
        show("taken by another session", ioctl(0, TIOCSCTTY, 0));
        struct gate hangup = gate_new();
        pid_t front;
        SPAWN(front) {
            must(setpgid(0, 0));
            signal(SIGTTOU, SIG_IGN);
            must(tcsetpgrp(0, getpgrp()));
            signal(SIGHUP, SIG_DFL);
            gate_open(hangup);
            pause();
        }
        gate_wait(hangup);
        say("the leader of the session ends");
    }
    pid_t orphan = waitpid(-1, &status, 0);
    if (orphan > 0) report_status("who was in front", status);
    else say("nobody: %s", errno_text(errno));
    look("after the other session");
    return 0;
}
