// Rules:
// As: root user
// Process 1 of a PID namespace: immune to signals from inside unless handled; its end ends all; it adopts orphans.
#include "fixture.h"
static volatile int handled;
static void handler(int number) { handled = number; }
int main(void) {
    pid_t init;
    struct gate ready = gate_new(), end = gate_new(), tell = gate_new();
    SPAWN_IN_USERNS(init, 0, own_uid_at(0), own_gid_at(0)) {
        must(unshare(CLONE_NEWPID));
        pid_t one;
        int channel[2];
        must(pipe(channel));
        SPAWN(one) {
            static const int numbers[] = {SIGKILL, SIGSTOP, SIGTERM, SIGSEGV, SIGINT, SIGUSR1, SIGHUP, SIGTSTP, 40};
            for (int i = 0; i < 9; i++) show(format_path("to itself: %d", numbers[i]), kill(getpid(), numbers[i]));
            CHILD for (int i = 0; i < 9; i++) show(format_path("from its child: %d", numbers[i]), kill(1, numbers[i]));
            signal(SIGUSR2, handler);
            CHILD must(kill(1, SIGUSR2));
            show("handled", handled);
            // An orphan comes to process 1.
            pid_t middle;
            SPAWN(middle) {
                pid_t orphan;
                SPAWN(orphan) {
                    pid_t old = getppid();
                    for (int i = 0; i < 1000 && getppid() == old; i++) usleep(1000);
                    say("orphan's parent: %d", getppid());
                    _exit(4);
                }
            }
            wait_status(middle);
            int status;
            pid_t adopted = waitpid(-1, &status, 0);
            say("adopted one ended with %d", WEXITSTATUS(status));
            // A subreaper inside comes first.
            CHILD {
                must(prctl(PR_SET_CHILD_SUBREAPER, 1));
                pid_t reaper = getpid(), inner;
                SPAWN(inner) {
                    pid_t orphan;
                    SPAWN(orphan) {
                        pid_t old = getppid();
                        for (int i = 0; i < 1000 && getppid() == old; i++) usleep(1000);
                        yes("the subreaper adopts", getppid() == reaper);
                    }
                }
                wait_status(inner);
                while (wait(NULL) > 0) {}
            }
            pid_t victims[3];
            for (int i = 0; i < 3; i++) SPAWN(victims[i]) { if (i == 1) { signal(SIGTERM, SIG_IGN); setsid(); } for (;;) pause(); }
            gate_open(ready);
            gate_wait(end);
            _exit(9);
        }
        gate_wait(ready);
        char *children = get(format_path("/proc/%d/task/%d/children", one, one));
        int count = 0;
        pid_t some = 0;
        for (char *at = children; *at; at++) if (*at == ' ') count++;
        some = atoi(children);
        show("members besides init", count);
        int watch = must(pidfd_of(some));
        show("outside TERM", kill(one, SIGTERM));
        show("outside USR1", kill(one, SIGUSR1));
        usleep(20000);
        show("init lives", kill(one, 0));
        gate_open(end);
        int status = wait_status(one);
        say("init exited with %d", WEXITSTATUS(status));
        show("member is gone", syscall(SYS_pidfd_send_signal, watch, 0, NULL, 0));
    }
    reap(init);
    SPAWN_IN_USERNS(init, 0, own_uid_at(0), own_gid_at(0)) {
        must(unshare(CLONE_NEWPID));
        pid_t one;
        SPAWN(one) { gate_open(tell); for (;;) pause(); }
        gate_wait(tell);
        show("outside STOP", kill(one, SIGSTOP));
        int status;
        must(waitpid(one, &status, WUNTRACED));
        say("stopped %d", WIFSTOPPED(status));
        show("outside KILL", kill(one, SIGKILL));
        reap(one);
    }
    reap(init);
    return 0;
}
