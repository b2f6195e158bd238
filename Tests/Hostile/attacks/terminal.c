// The terminal that the sandbox was given: a guest may read and write, but not type, take it from its session, put others
// in front, or drive the console.
// Walls: first second
// Alone: yes
#include "hostile.h"
#include <termios.h>

static void attack(void) {
    signal(SIGTTOU, SIG_IGN), signal(SIGTTIN, SIG_IGN), signal(SIGHUP, SIG_IGN);
    const unsigned long high[] = {0, 1ul << 32, 0xffffffff00000000};
    int streams[] = {0, -1, -1, -1};
    streams[1] = open("/dev/tty", O_RDWR | O_NOCTTY), streams[2] = open("/proc/self/fd/0", O_RDWR | O_NOCTTY);
    streams[3] = open("/dev/console", O_RDWR | O_NOCTTY);
    pid_t pid = arena.victim, group = getpgrp();
    for (int i = 0; i < 4; i++) {
        int fd = streams[i];
        if (fd < 0) continue;
        for (int h = 0; h < 3; h++) {
            RAW(SYS_ioctl, fd, high[h] | TIOCSTI, "x");
            char select[] = {2, 0, 0, 0, 0, 0, 0, 0};
            RAW(SYS_ioctl, fd, high[h] | TIOCLINUX, select);
            RAW(SYS_ioctl, fd, high[h] | TIOCCONS, 0);
            RAW(SYS_ioctl, fd, high[h] | TIOCSPGRP, &pid);
            RAW(SYS_ioctl, fd, high[h] | TIOCSCTTY, 1);
            RAW(SYS_ioctl, fd, high[h] | TIOCSETD, &(int){2});
            RAW(SYS_ioctl, fd, high[h] | TIOCEXCL, 0), RAW(SYS_ioctl, fd, high[h] | TIOCNXCL, 0);
            RAW(SYS_ioctl, fd, high[h] | 0x5437 /* TIOCVHANGUP */, 0);
            RAW(SYS_ioctl, fd, high[h] | 0x80045440 /* TIOCGPTPEER's kin */, 0);
            RAW(SYS_ioctl, fd, high[h] | 0x5441 /* TIOCGPTPEER */, O_RDWR);
            RAW(SYS_ioctl, fd, high[h] | 0x4B3A /* KDSETMODE */, 1), RAW(SYS_ioctl, fd, high[h] | 0x5606 /* VT_ACTIVATE */, 1);
        }
        tcsetpgrp(fd, group), tcsetpgrp(fd, 1);
        write(fd, "\033[6n\033[c\033]0;title\007", 17);
        round_done();
    }
    pid_t child = fork();
    if (child == 0) {
        setsid();
        ioctl(0, TIOCSCTTY, 1), tcsetpgrp(0, getpid()), ioctl(0, TIOCSTI, "y"), ioctl(0, TIOCNOTTY);
        RAW(SYS_vhangup);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    for (int i = 1; i < 4; i++) if (streams[i] >= 0) close(streams[i]);
    pause_us(20000);
}
