// Rules: executable-needs-checkpoint-restore process-needs-resource
// As: root user
// PR_SET_MM: who may say where the parts of a program lie, and what /proc then shows of them.
#include "fixture.h"
#include <linux/prctl.h>
#include <sys/prctl.h>
#define TRY(call) show(#call, call)
static struct prctl_mm_map map;
// In anonymous memory, as /proc looks nowhere else.
static char *environment, *arguments;
static const size_t environment_size = sizeof "ENV=another\0AND=more", arguments_size = sizeof "a new name\0argument";
static void fresh_map(void) {
    unsigned long heap = (unsigned long)sbrk(0), code = (unsigned long)&fresh_map;
    map = (struct prctl_mm_map){
        .start_code = code, .end_code = code + 64, .start_data = (unsigned long)&map, .end_data = (unsigned long)(&map + 1),
        .start_brk = heap, .brk = heap, .start_stack = (unsigned long)&heap,
        .arg_start = (unsigned long)arguments, .arg_end = (unsigned long)arguments + arguments_size,
        .env_start = (unsigned long)environment, .env_end = (unsigned long)environment + environment_size,
        .exe_fd = -1,
    };
}
static long set_map(void) { return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0); }
int main(void) {
    unsigned size = 0;
    environment = memcpy(malloc(environment_size), "ENV=another\0AND=more", environment_size);
    arguments = memcpy(malloc(arguments_size), "a new name\0argument", arguments_size);
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, &size, 0, 0));
    show("size", size == sizeof map);
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, 8, 0, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map - 1, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, 8, sizeof map, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 1));
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, arguments, 0, 1));
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, arguments, 1, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, arguments, 0, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_AUXV, arguments, 16, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0));
    TRY(prctl(PR_SET_MM, 99, 0, 0, 0));
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, arguments, 0, 0));
        fresh_map();
        map.exe_fd = must(open("/bin/true", O_RDONLY));
        show("another executable, as inner root", set_map());
    }
    CHILD {
        fresh_map();
        map.arg_start = 4096;
        show("an address too low", set_map());
        fresh_map();
        map.env_end = 1UL << 63;
        show("an address too high", set_map());
        fresh_map();
        map.arg_end = map.arg_start - 1;
        show("arguments end before they start", set_map());
        fresh_map();
        map.end_code = map.start_code;
        show("no code", set_map());
        fresh_map();
        map.auxv_size = 8;
        show("a vector nowhere", set_map());
        fresh_map();
        map.auxv = (void *)arguments;
        map.auxv_size = 100000;
        show("a vector too long", set_map());
        fresh_map();
        map.exe_fd = 77;
        show("no executable", set_map());
        map.exe_fd = must(open("/proc/self/status", O_RDONLY));
        show("an executable that is none", set_map());
        map.exe_fd = must(open("/bin/true", O_RDONLY));
        show("another executable", set_map());
        map.exe_fd = -1;
        show("names", set_map());
        char *line = get("/proc/self/cmdline");
        say("cmdline %s, %s", line, line + strlen(line) + 1);
        arguments[arguments_size - 1] = '+';
        line = get("/proc/self/cmdline");
        say("overwritten to the end: %s, %d", line, line[strlen(line) + 1]);
        line = get("/proc/self/environ");
        say("environ %s, %s", line, line + strlen(line) + 1);
        uint64_t vector[4] = {AT_UID, 4242, AT_PAGESZ, 7};
        map.auxv = (void *)vector;
        map.auxv_size = sizeof vector;
        show("a vector", set_map());
        int fd = must(open("/proc/self/auxv", O_RDONLY));
        uint64_t read_back[4] = {0};
        must(read(fd, read_back, sizeof read_back));
        yes("it is told", !memcmp(vector, read_back, sizeof vector));
        show("what getauxval says", getauxval(AT_UID) == getuid());
    }
    return 0;
}
