// Rules: setpgid-after-exec setpgid-no-such-group setpgid-other-session setpgid-session-leader setsid-group-leader
// As: user
// Sessions and process groups.
#include "fixture.h"
#define TRY(call) show(#call, call)
int main(void) {
    yes("leader of its session", getsid(0) == getpid());
    TRY(setsid());
    TRY(setpgid(0, 0));
    TRY(setpgid(0, -1));
    TRY(setpgid(-1, 0));
    TRY(setpgid(4000000, 0));
    TRY(getpgid(4000000));
    TRY(getsid(4000000));
    pid_t pid, other;
    struct gate end = gate_new(), ready = gate_new();
    SPAWN(pid) { gate_wait(end); }
    show("child to own group", setpgid(pid, pid));
    yes("done", getpgid(pid) == pid);
    show("child to no group", setpgid(pid, 4000000));
    show("child back", setpgid(pid, getpgrp()));
    SPAWN(other) { must(setsid()); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    show("a session leader", setpgid(other, getpgrp()));
    show("into another session's group", setpgid(pid, other));
    show("the parent", setpgid(getppid(), 0));
    yes("its session is its own", getsid(other) == other);
    CHILD {
        yes("child is in our session", getsid(0) == getppid());
        show("a sibling", setpgid(pid, 0));
        yes("setsid", setsid() == getpid());
        yes("group too", getpgrp() == getpid());
    }
    gate_open(end);
    gate_open(end);
    reap(pid);
    reap(other);
    // The pipe's end goes with the exec: who sees it gone finds that the child has executed.
    int ends[2];
    char byte;
    must(pipe2(ends, O_CLOEXEC));
    SPAWN(pid) { execl("/bin/sleep", "sleep", "3", NULL); }
    close(ends[1]);
    must(read(ends[0], &byte, 1));
    show("a child after exec", setpgid(pid, pid));
    kill(pid, SIGKILL);
    wait_status(pid);
    show("no terminal", open("/dev/tty", O_RDWR));
    return 0;
}
