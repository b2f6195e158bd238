// Processes that die with a core dump, in every way in which a program can ask for one: nothing may be written on the
// host, neither where the sandbox was started nor elsewhere.
// Limits: core=1
// Alone: yes
#include "hostile.h"

static void attack(void) {
    struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    for (int way = 0; way < 8; way++) {
        pid_t pid = fork();
        if (pid == 0) {
            setrlimit(RLIMIT_CORE, &unlimited);
            syscall(SYS_prlimit64, 0, RLIMIT_CORE, &unlimited, NULL);
            if (way != 5) prctl(PR_SET_DUMPABLE, way == 4 ? 2 : 1);
            int fd = open("/proc/self/coredump_filter", O_WRONLY);
            if (fd >= 0) write(fd, "0xff", 4), close(fd);
            chdir(way & 1 ? "/tmp" : "/granted");
            switch (way) {
            case 0: abort();
            case 1: *(volatile int *)8 = 1;
            case 2: asm volatile("ud2");
            case 3: raise(SIGQUIT);
            case 4: kill(getpid(), SIGTRAP);
            case 5: asm volatile("hlt");
            case 6: RAW(SYS_munmap, (long)attack & ~4095L, 4096); break;
            case 7: if (fork() == 0) abort(); wait(NULL); raise(SIGSYS);
            }
            _exit(0);
        }
        waitpid(pid, NULL, 0);
        round_done();
    }
}
