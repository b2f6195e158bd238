// Rules:
// As: root user
// Process 1 of a PID namespace is seen dead only when all other members are gone, also those of namespaces inside.
#include "fixture.h"
enum { MEMBERS = 16 };
// What takes a while to give back.
static void hold_memory(void) {
    char *memory = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) memset(memory, 1, 8 << 20);
}
int main(void) {
    for (int round = 0; round < 3; round++) {
        pid_t outer;
        int told[2];
        struct gate ready = gate_new();
        must(pipe(told));
        SPAWN_IN_USERNS(outer, 0, own_uid_at(0), own_gid_at(0)) {
            must(unshare(CLONE_NEWPID));
            pid_t one;
            SPAWN(one) {
                for (int i = 0; i < MEMBERS; i++) {
                    if (i == MEMBERS / 2) must(unshare(CLONE_NEWPID));
                    pid_t member;
                    SPAWN(member) {
                        hold_memory();
                        gate_open(ready);
                        for (;;) pause();
                    }
                }
                for (;;) pause();
            }
            must(write(told[1], &one, sizeof one) == sizeof one ? 0 : -1);
            for (;;) pause();
        }
        pid_t one, members[MEMBERS];
        must(read(told[0], &one, sizeof one));
        for (int i = 0; i < MEMBERS; i++) gate_wait(ready);
        char *children = get(format_path("/proc/%d/task/%d/children", one, one));
        int count = 0;
        for (char *at = children, *end; count < MEMBERS; at = end) {
            long number = strtol(at, &end, 10);
            if (end == at) break;
            members[count++] = (pid_t)number;
        }
        show("members", count);
        must(kill(one, SIGKILL));
        char *path = strdup(format_path("/proc/%d/stat", one));
        char state;
        do {
            const char *text = get(path);
            state = strrchr(text, ')')[2];
        } while (state != 'Z');
        int left = 0;
        for (int i = 0; i < count; i++) left += kill(members[i], 0) == 0;
        show("left when process 1 is a zombie", left);
        must(kill(outer, SIGKILL));
        waitpid(outer, NULL, 0);
    }
}
