// The sentry has the host execute its loader stub by a descriptor in the task's own table. A process that shares the table
// puts a program of its own at that number while others execute something else.
// Seconds: 2
#include "hostile.h"
#include <elf.h>

extern const char other_start[], other_end[];
asm(".pushsection .text\n"
    "other_start:\n"
    "  mov $1, %eax; mov $1, %edi; lea 8f(%rip), %rsi; mov $9f-8f, %edx; syscall\n"
    "  mov $231, %eax; xor %edi, %edi; syscall; hlt\n"
    "8: .ascii \"SUCCEEDED: another program runs than the one that was asked for\\n\"\n"
    "9:\n"
    "other_end:\n"
    ".popsection");

static int program;
static void make_program(void) {
    static unsigned char image[4096];
    Elf64_Ehdr *head = (Elf64_Ehdr *)image;
    Elf64_Phdr *segment = (Elf64_Phdr *)(head + 1);
    memcpy(head->e_ident, "\177ELF\2\1\1", 7);
    *head = (Elf64_Ehdr){.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = 1, .e_phoff = sizeof *head, .e_ehsize = sizeof *head,
                         .e_phentsize = sizeof *segment, .e_phnum = 1, .e_entry = 0x400400};
    memcpy(head->e_ident, "\177ELF\2\1\1", 7);
    *segment = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0, 0x400000, 0x400000, 4096, 4096, 4096};
    memcpy(image + 0x400, other_start, other_end - other_start);
    program = memfd_create("other", 0);
    write(program, image, sizeof image);
    fchmod(program, 0755);
}
static int executing(void *unused) {
    char *arguments[] = {"x", "again", NULL}, *none[] = {NULL};
    execve("/proc/self/exe", arguments, none);
    _exit(0);
}
static void rest(int argc, char **argv) {}
void prepare(void) { again = rest; }

static void *mover(void *unused) {
    // Where the stub's descriptor is at first, and where it may move to.
    static const int places[] = {63, 127, 191, 255, 319, 64, 100, 20, 6};
    for (int i = 0; left() > -0.2; i++) {
        int place = places[random_word() % 9];
        dup2(program, place);
        if (random_word() & 1) RAW(SYS_close_range, 60, 400, 0);
        if (random_word() % 4 == 0) close(place);
    }
    return NULL;
}

static void attack(void) {
    make_program();
    thread_start(mover, NULL);
    static char stacks[4][65536];
    while (left() > 0) {
        for (int i = 0; i < 4; i++) clone(executing, stacks[i] + 65536 - 64, CLONE_FILES | SIGCHLD, NULL);
        double patience = now_() + 3;
        for (int got = 0; got < 4 && now_() < patience;) {
            if (waitpid(-1, NULL, WNOHANG) != 0) got++;
            else pause_us(200);
        }
        round_done();
    }
}
