// The number of the loader's descriptor is taken, so that the sentry moves it, over and over and to where the program has
// files: none of them may become the loader's file, and closing them must not take that away.
#include "hostile.h"

static void nothing(int argc, char **argv) {}
void prepare(void) { again = nothing; }

static void attack(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    while (left() > 0) {
        pid_t pid = fork();
        if (pid == 0) {
            int memory = memfd_create("own", 0), most = limit.rlim_cur < 20000 ? limit.rlim_cur : 20000;
            write(memory, "own", 3);
            int every = random_word() % 3 ? 64 : 1, start = every == 1 ? most - 200 : 63;
            for (int fd = most - 1 - (most - 1 - start) % every; fd >= start; fd -= every) dup2(memory, fd);
            for (int fd = start; fd < most; fd += every) {
                char bytes[4] = "";
                if (pread(fd, bytes, 3, 0) > 0 && memcmp(bytes, "own", 3)) succeeded("number %d is another file", fd);
            }
            for (int fd = start; fd < most; fd += every) close(fd);
            execl("/proc/self/exe", "stub-number", "again", NULL);
            _exit(0);
        }
        int status;
        if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status)) say("STUCK: cannot execute any more");
        round_done();
    }
}
