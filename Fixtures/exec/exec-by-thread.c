// Rules:
// As: user
// exec from a thread that is not the leader: the others end, and the process keeps its number.
#include "fixture.h"
static char number[20];
static void *runner(void *unused) {
    char *arguments[] = {"x", number, NULL}, *environment[] = {NULL};
    execve("/proc/self/exe", arguments, environment);
    say("exec: %s", errno_text(errno));
    return NULL;
}
int main(int argc, char **argv) {
    if (argc > 1) {
        yes("pid kept", getpid() == atoi(argv[1]));
        yes("tid is the pid", syscall(SYS_gettid) == getpid());
        show_field("now", "/proc/self/status", "Threads");
        return 7;
    }
    CHILD {
        sprintf(number, "%d", getpid());
        pthread_t thread;
        must(pthread_create(&thread, NULL, runner, NULL));
        for (;;) pause();
    }
    return 0;
}
