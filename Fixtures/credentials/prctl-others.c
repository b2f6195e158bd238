// Rules:
// As: root user
// no_new_privs, dumpable, parent-death signal, subreaper, name and nonsense.
#include "fixture.h"
#define TRY(call) show(#call, call)
int main(void) {
    CHILD {
        TRY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        TRY(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
        TRY(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
        TRY(prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0));
        TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
        TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        TRY(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
        TRY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        show_field("status", "/proc/self/status", "NoNewPrivs");
        CHILD TRY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    }
    CHILD {
        TRY(prctl(PR_GET_DUMPABLE));
        TRY(prctl(PR_SET_DUMPABLE, 2));
        TRY(prctl(PR_SET_DUMPABLE, -1));
        TRY(prctl(PR_SET_DUMPABLE, 0));
        TRY(prctl(PR_GET_DUMPABLE));
        CHILD TRY(prctl(PR_GET_DUMPABLE));
        TRY(prctl(PR_SET_DUMPABLE, 1));
    }
    CHILD {
        int value = -5;
        TRY(prctl(PR_SET_PDEATHSIG, 65));
        TRY(prctl(PR_SET_PDEATHSIG, -1));
        TRY(prctl(PR_SET_PDEATHSIG, SIGUSR1));
        TRY(prctl(PR_GET_PDEATHSIG, &value));
        show("  it is", value);
        TRY(prctl(PR_GET_PDEATHSIG, 8));
        CHILD { TRY(prctl(PR_GET_PDEATHSIG, &value)); show("  in a child", value); }
        TRY(prctl(PR_SET_CHILD_SUBREAPER, 1));
        TRY(prctl(PR_GET_CHILD_SUBREAPER, &value));
        show("  it is", value);
        CHILD { TRY(prctl(PR_GET_CHILD_SUBREAPER, &value)); show("  in a child", value); }
        TRY(prctl(PR_SET_CHILD_SUBREAPER, 7));
        TRY(prctl(PR_GET_CHILD_SUBREAPER, &value));
        show("  it is", value);
        TRY(prctl(PR_GET_CHILD_SUBREAPER, 8));
    }
    CHILD {
        char name[17] = "";
        TRY(prctl(PR_SET_NAME, "a name that is far too long"));
        TRY(prctl(PR_GET_NAME, name));
        say("  \"%s\"", name);
        show_file("comm", "/proc/self/comm");
        show_field("status", "/proc/self/status", "Name");
        TRY(prctl(PR_SET_NAME, 8));
        TRY(put("/proc/self/comm", "other\n"));
        show_file("comm", "/proc/self/comm");
        TRY(prctl(PR_GET_NAME, 8));
    }
    CHILD {
        TRY(prctl(0x7fffffff));
        TRY(prctl(-1));
        TRY(prctl(PR_GET_TIMERSLACK) > 0);
        TRY(prctl(PR_SET_TIMERSLACK, 60000));
        TRY(prctl(PR_GET_TIMERSLACK));
        TRY(prctl(PR_GET_TIMING));
        TRY(prctl(PR_GET_SECCOMP) >= 0);
    }
    return 0;
}
