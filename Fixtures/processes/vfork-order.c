// Rules:
// As: user
// vfork: the parent stands still, memory is shared, until exec or exit.
#include "fixture.h"
static volatile int touched;
int main(int argc, char **argv) {
    if (argc > 1) { say("program ran"); return 0; }
    pid_t pid = vfork();
    if (pid == 0) {
        touched = 1;
        usleep(20000);
        touched = 2;
        _exit(3);
    }
    show("memory is shared", touched);
    say("status %d", WEXITSTATUS(wait_status(pid)));
    pid = vfork();
    if (pid == 0) {
        char *arguments[] = {"x", "y", NULL}, *environment[] = {NULL};
        execve("/proc/self/exe", arguments, environment);
        _exit(9);
    }
    say("status %d", WEXITSTATUS(wait_status(pid)));
    pid = vfork();
    if (pid == 0) {
        execl("/nonexistent", "x", NULL);
        touched = errno;
        _exit(1);
    }
    say("failed exec: %s, status %d", errno_text(touched), WEXITSTATUS(wait_status(pid)));
    FILE *pipe_file = popen("echo from a shell; exit 5", "r");
    char line[100] = "";
    fgets(line, sizeof line, pipe_file);
    show_text("popen", line);
    say("pclose %d", WEXITSTATUS(pclose(pipe_file)));
    say("system %d", WEXITSTATUS(system("exit 7")));
    pid = vfork();
    if (pid == 0) { kill(getpid(), SIGKILL); for (;;) {} }
    report_status("vforked", wait_status(pid));
    return 0;
}
