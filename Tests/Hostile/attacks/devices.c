// Device nodes, files with set-user-ID and capabilities in writable places, and the kernel's own files: none may reach the
// host's devices, change its settings, or stay behind as a trap for its users.
// Walls: first second
#include "hostile.h"
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <sys/mount.h>

static void attack(void) {
    const struct { const char *name; mode_t type; int major, minor; } nodes[] = {
        {"mem", S_IFCHR, 1, 1}, {"kmsg", S_IFCHR, 1, 11}, {"disk", S_IFBLK, 254, 0}, {"sda", S_IFBLK, 8, 0},
        {"tty", S_IFCHR, 5, 0}, {"console", S_IFCHR, 5, 1}, {"loop", S_IFBLK, 7, 0}, {"fuse", S_IFCHR, 10, 229}, {"kvm", S_IFCHR, 10, 232},
    };
    const char *places[] = {"/tmp", "/shared", "/dev/shm", "/granted"};
    char path[128];
    for (unsigned p = 0; p < 4; p++) {
        for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++) {
            snprintf(path, sizeof path, "%s/%s", places[p], nodes[i].name);
            if (mknod(path, nodes[i].type | 0666, makedev(nodes[i].major, nodes[i].minor)) != 0) continue;
            for (int way = 0; way < 2; way++) {
                int fd = open(path, (way ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_NOCTTY);
                char byte;
                // Memory and disks can be read; whatever else opens must be the sandbox's own.
                if (fd >= 0 && i != 4 && pread(fd, &byte, 1, 4096) > 0) succeeded("read the host's device %s", nodes[i].name);
                if (fd >= 0) close(fd);
            }
            unlink(path);
            round_done();
        }
        snprintf(path, sizeof path, "%s/trap", places[p]);
        int fd = open(path, O_CREAT | O_WRONLY, 0755);
        if (fd >= 0) {
            const unsigned char capability[20] = {1, 0, 0, 2, 0xff, 0xff, 0xff, 0xff};
            write(fd, "#!/bin/sh\n", 10);
            fsetxattr(fd, "security.capability", capability, sizeof capability, 0);
            fchmod(fd, 06755);
            close(fd);
            chmod(path, 06777);
            lchown(path, 0, 0), chmod(path, 06777);
        }
    }
    chmod("/shared/file", 04777), chmod("/shared", 02777);
    const char *files[] = {"/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmsg", "/dev/port", "/proc/sysrq-trigger",
                           "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hostname",
                           "/proc/sys/vm/drop_caches", "/sys/kernel/uevent_helper", "/sys/power/state", "/proc/self/mem",
                           "/proc/self/oom_score_adj", "/sys/fs/cgroup/cgroup.procs", "/proc/1/mem", "/proc/keys", "/proc/kallsyms",
                           "/sys/kernel/debug", "/dev/pts/ptmx", "/dev/ptmx", "/proc/timer_list", "/proc/sched_debug"};
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        int fd = open(files[i], O_WRONLY | O_NOCTTY);
        if (fd >= 0) write(fd, "", 0), close(fd);
        fd = open(files[i], O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (fd >= 0) close(fd);
    }
    mount("/dev/vda", "/tmp", "ext4", 0, NULL), mount("proc", "/tmp", "proc", 0, NULL), mount(arena.dir, "/tmp", NULL, MS_BIND, NULL);
    if (access("/tmp/denied/file", F_OK) == 0) succeeded("mounted the host's directory");
    umount2("/", MNT_DETACH), umount2("/proc", MNT_DETACH);
    round_done();
    pause_us(20000);
}
