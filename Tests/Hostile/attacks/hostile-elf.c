// Programs made to harm who loads them: segments over the loader stub's page, over the sentry's pages and over the stack,
// headers with every number wrong. Code that comes to lie in the stub's page has whatever the filter grants there.
// Seconds: 2
#include "hostile.h"
#include <elf.h>

extern const char blob_start[], blob_end[];
/// Run from a page at the address of the stub: makes a memory file, closes it there, and asks the sentry of it.
asm(".pushsection .text\n"
    "blob_start:\n"
    "  mov $319, %eax; lea 7f(%rip), %rdi; xor %esi, %esi; syscall; mov %eax, %ebx\n"  // memfd_create
    "  mov $77, %eax; mov %ebx, %edi; mov $64, %esi; syscall\n"                        // ftruncate
    "  mov $3, %eax; mov %ebx, %edi; syscall\n"                                        // close
    "  mov $72, %eax; mov %ebx, %edi; mov $1, %esi; xor %edx, %edx; syscall\n"         // fcntl F_GETFD
    "  test %rax, %rax; js 2f\n"
    "  mov $17, %eax; mov %ebx, %edi; lea -256(%rsp), %rsi; mov $1, %edx; xor %r10d, %r10d; syscall\n"
    "  cmp $-9, %rax; jne 2f\n"
    "  mov $1, %eax; mov $1, %edi; lea 8f(%rip), %rsi; mov $9f-8f, %edx; syscall\n"
    "2: mov $231, %eax; xor %edi, %edi; syscall; hlt\n"
    "7: .asciz \"own\"\n"
    "8: .ascii \"SUCCEEDED: a program loaded over the stub closed a descriptor behind the sentry's back\\n\"\n"
    "9:\n"
    "blob_end:\n"
    ".popsection");

static void run_file(const void *bytes, size_t size) {
    char path[64];
    sprintf(path, "/tmp/elf%d", getpid());
    unlink(path);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0755);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (char *)bytes + done, size - done);
        if (n <= 0) break;
        done += n;
    }
    close(fd);
    pid_t pid = fork();
    if (pid == 0) {
        char *none[] = {NULL}, *arguments[] = {"x", NULL};
        execve(path, arguments, none);
        _exit(0);
    }
    double patience = now_() + 3;
    while (waitpid(pid, NULL, WNOHANG) == 0)
        if (now_() > patience) kill(pid, SIGKILL), patience += 100;
        else pause_us(200);
    round_done();
}

static unsigned char image[65536];
static size_t make(unsigned long base, int kind) {
    memset(image, 0, sizeof image);
    Elf64_Ehdr *head = (Elf64_Ehdr *)image;
    Elf64_Phdr *segments = (Elf64_Phdr *)(head + 1);
    memcpy(head->e_ident, "\177ELF\2\1\1", 7);
    head->e_type = ET_EXEC, head->e_machine = EM_X86_64, head->e_version = 1;
    head->e_phoff = sizeof *head, head->e_ehsize = sizeof *head, head->e_phentsize = sizeof *segments, head->e_phnum = 1;
    head->e_entry = base + 0x400;
    memcpy(image + 0x400, blob_start, blob_end - blob_start);
    // The stub jumps by code at other places of its page: they all slide to the entry.
    if (kind & 1) {
        memset(image + 0x200, 0x90, 0x200);
    }
    segments[0] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X | (kind & 2 ? PF_W : 0), 0, base, base, 4096, 4096, 4096};
    if (kind & 4) {
        head->e_phnum = 2;
        segments[1] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0, base + 4096, base + 4096, 0, kind & 8 ? 1ul << 46 : 1ul << 20, 4096};
    }
    return 4096;
}

static void attack(void) {
    const unsigned long bases[] = {0x7e0000000000, 0x7dff00000000, 0x7dff00001000, 0x7dfefffff000, 0x400000, 0x7ffffffde000, 0x10000};
    for (int kind = 0; kind < 16 && left() > 0; kind++)
        for (unsigned i = 0; i < sizeof bases / sizeof *bases && left() > 0; i++) run_file(image, make(bases[i], kind));
    // The program itself with numbers changed.
    static unsigned char own[2 << 20];
    int fd = open("/proc/self/exe", O_RDONLY);
    ssize_t size = read(fd, own, 64 << 10);
    close(fd);
    while (left() > 0 && size > 0) {
        static unsigned char copy[64 << 10];
        memcpy(copy, own, size);
        for (int i = 0; i < 1 + (int)(random_word() % 4); i++) {
            unsigned at = random_word() % 500;
            const unsigned long values[] = {0, 1, -1ul, 1ul << 63, 0x7fffffffffff, 0x7e0000000000, 0x7dff00000000, 4096, random_word()};
            if (random_word() & 1) copy[at] = random_word();
            else memcpy(copy + (at & ~7u), &values[random_word() % 9], 1ul << random_word() % 4);
        }
        run_file(copy, random_word() % 4 ? size : random_word() % 2000);
    }
}
