// What the sentry reads of a dying task's memory: robust lists that go in circles, point at themselves, at what cannot be
// read, at the sentry's pages; and stacks, thread numbers and registers that are nonsense when a task is born or dies.
#include "hostile.h"
#include <linux/futex.h>

static void attack(void) {
    struct robust_list_head *heads = shared_pages(65536, PROT_READ | PROT_WRITE);
    while (left() > 0) {
        pid_t pid = fork();
        if (pid == 0) {
            unsigned long targets[] = {(unsigned long)heads, (unsigned long)heads + 64, 0x7dff00000000, 0x7e0000000000,
                                       0xffffffff81000000, 8, -8ul, (unsigned long)heads + 65535, 0x8000000000004e53};
            for (int i = 0; i < 1000; i++) ((unsigned long *)heads)[random_word() % 8000] = targets[random_word() % 9];
            heads[0].futex_offset = random_word() % 3 ? random_word() % 64 : random_word();
            RAW(SYS_set_robust_list, (unsigned long)heads + random_word() % 3, sizeof *heads);
            unsigned long bad = targets[random_word() % 9];
            RAW(SYS_set_tid_address, bad);
            RAW(SYS_rseq, bad & ~31ul, 32, 0, 0x53053053);
            stack_t nowhere = {(void *)bad, 0, 1ul << 40};
            RAW(SYS_sigaltstack, &nowhere, 0);
            switch (random_word() % 5) {
            case 0: RAW(SYS_clone, CLONE_CHILD_SETTID | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, bad, bad, bad); break;
            case 1: RAW(SYS_clone, CLONE_VM | CLONE_SETTLS | CLONE_CHILD_CLEARTID | SIGCHLD, bad, bad, bad, bad); break;
            case 2: RAW(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FILES | CLONE_FS, bad, bad, bad, bad); break;
            case 3: asm volatile("mov %0, %%rsp; push %%rax" : : "r"(bad)); break;
            case 4: asm volatile("mov %0, %%rsp; mov $15, %%eax; syscall" : : "r"(bad)); break;
            }
            RAW(SYS_exit_group, 0);
        }
        double patience = now_() + 4;
        while (waitpid(pid, NULL, WNOHANG) == 0)
            if (now_() > patience) { kill(pid, SIGKILL); break; }
            else pause_us(100);
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) {}
        round_done();
    }
}
