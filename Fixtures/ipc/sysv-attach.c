// Rules:
// As: root user
// SysV shared memory that processes attach: places, flags, counts over fork, exit, exec and munmap, removal.
#include "fixture.h"
#include <setjmp.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#define REFUSED ((char *)-1)
enum { PAGE = 4096 };
static int segment;
static void count(const char *label) {
    struct shmid_ds ds;
    if (shmctl(segment, IPC_STAT, &ds)) {
        say("%s: %s", label, errno_text(errno));
        return;
    }
    say("%s: %d attached, mode %o, key %x, last by %s, attached %s, detached %s", label, (int)ds.shm_nattch,
        ds.shm_perm.mode, ds.shm_perm.__key, ds.shm_lpid == getpid() ? "self" : ds.shm_lpid ? "another" : "nobody",
        ds.shm_atime ? "once" : "never", ds.shm_dtime ? "once" : "never");
}
static void at(const char *label, char *address) {
    if (address == REFUSED) say("%s: %s", label, errno_text(errno));
    else say("%s: attached", label);
}
static sigjmp_buf fault;
static void jump(int signal) { siglongjmp(fault, signal); }
/// By which signal an access ends, 0 when it works.
static int touch(volatile char *address, bool writes) {
    int signal = sigsetjmp(fault, 1);
    if (signal) return signal;
    char byte = *address;
    if (writes) *address = byte;
    return 0;
}
/// What the map says of the segment at `address`.
static void map(const char *label, char *address) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], flags[8], path[256];
    unsigned long start, end, offset, inode;
    while (maps && fgets(line, sizeof line, maps)) {
        path[0] = 0;
        if (sscanf(line, "%lx-%lx %7s %lx %*s %lu %255[^\n]", &start, &end, flags, &offset, &inode, path) < 5) continue;
        if ((char *)start == address)
            say("%s: %lu pages %s offset %lx %s", label, (end - start) / PAGE, flags, offset, strstr(path, "/SYSV"));
    }
    if (maps) fclose(maps);
}
static void *in_thread(void *address) {
    strcpy(address, "thread");
    show("detach by a thread", shmdt(address));
    return NULL;
}
int main(int arguments, char **argument) {
    signal(SIGSEGV, jump), signal(SIGBUS, jump);
    if (arguments > 1) {
        segment = atoi(argument[1]);
        count("executed");
        return 0;
    }
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        segment = must(shmget(0x1234, 3 * PAGE - 100, IPC_CREAT | 0600));
        count("new");
        char *memory = shmat(segment, NULL, 0);
        at("anywhere", memory);
        count("one");
        map("map", memory);
        strcpy(memory, "kept");
        say("last page %d, first and last byte %d %d", touch(memory + 3 * PAGE - 1, true), memory[0], memory[3 * PAGE - 1]);
        char *reader = shmat(segment, NULL, SHM_RDONLY);
        at("to read", reader);
        say("%s, read %d, write %d", reader, touch(reader, false), touch(reader, true));
        show("made writable", mprotect(reader, PAGE, PROT_READ | PROT_WRITE));
        count("two");
        CHILD {
            say("child sees %s", memory);
            strcpy(memory, "changed");
            count("in a child");
            show("detach", shmdt(reader));
            count("in a child with one");
        }
        say("then %s", reader);
        count("without the child");
        CHILD {
            char number[16];
            sprintf(number, "%d", segment);
            execl("/proc/self/exe", "program", number, NULL);
        }
        pid_t pid = vfork();
        if (pid == 0) _exit(0);
        reap(pid);
        count("after vfork");

        // Places.
        char *room = mmap(NULL, 16 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        at("in use", shmat(segment, room, 0));
        at("not at a page", shmat(segment, room + 1, 0));
        at("over what is there", shmat(segment, room, SHM_REMAP));
        say("%s", room);
        at("rounded", shmat(segment, room + 4 * PAGE + 17, SHM_RND | SHM_REMAP));
        say("%s", room + 4 * PAGE);
        at("remap anywhere", shmat(segment, NULL, SHM_REMAP));
        at("rounded to nothing", shmat(segment, (void *)17, SHM_RND | SHM_REMAP));
        at("beyond the end", shmat(segment, (void *)-PAGE, 0));
        at("far", shmat(segment, (void *)(1ul << 60), 0));
        count("four");
        must(munmap(room + 8 * PAGE, 8 * PAGE));
        at("in a hole", shmat(segment, room + 8 * PAGE, 0));
        map("map", room + 8 * PAGE);
        at("executable", shmat(segment, NULL, SHM_EXEC));
        count("six");
        at("no such segment", shmat(segment + 1, NULL, 0));
        at("negative", shmat(-1, NULL, 0));

        // Pieces: each is counted, and all that an attach has put there go with it.
        must(munmap(room + 8 * PAGE, 3 * PAGE));
        count("one unmapped");
        must(mprotect(room + 5 * PAGE, PAGE, PROT_READ));
        count("one in three pieces");
        must(munmap(room + 5 * PAGE, PAGE));
        count("one in two");
        show("not where it begins", shmdt(room + 6 * PAGE));
        show("not a page", shmdt(room + 1));
        show("detach pieces", shmdt(room + 4 * PAGE));
        show("again", shmdt(room + 4 * PAGE));
        show("of none", shmdt(NULL));
        count("three");
        show("detach", shmdt(room));
        say("its memory is gone: %d", touch(room, false) == SIGSEGV);
        char *moved = mremap(reader, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room);
        yes("moved", moved == room);
        show("detach at the old place", shmdt(reader));
        show("detach at the new one", shmdt(moved));
        count("writer and program");

        // Threads share the attaches, and no signal disturbs one.
        pthread_t thread;
        char *other = shmat(segment, NULL, 0);
        pthread_create(&thread, NULL, in_thread, other);
        pthread_join(thread, NULL);
        say("main sees %s", memory);
        signal(SIGALRM, SIG_IGN);
        int bad = 0;
        for (int i = 0; i < 100; i++) {
            struct itimerval soon = {{0, 0}, {0, 1 + i * 10}};
            setitimer(ITIMER_REAL, &soon, NULL);
            char *again = shmat(segment, NULL, 0);
            if (again == REFUSED || strcmp(again, "thread") || shmdt(again)) bad++;
        }
        say("bad %d", bad);

        // Removal waits for the last detach; the number stays, the key does not.
        show("remove", shmctl(segment, IPC_RMID, NULL));
        count("removed");
        show("by its key", shmget(0x1234, 1, 0));
        char *late = shmat(segment, NULL, 0);
        at("after removal", late);
        say("%s", late);
        CHILD count("child");
        show("detach", shmdt(late));
        show("detach", shmdt(memory));
        count("one is left");
        CHILD {}
        pid = must(fork());
        if (!pid) _exit(0);
        reap(pid);
        count("one is left");
    }
    // The last one goes with its process, or by munmap; then the segment is gone.
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        segment = must(shmget(IPC_PRIVATE, PAGE, 0600));
        CHILD {
            must((long)shmat(segment, NULL, 0));
            show("remove", shmctl(segment, IPC_RMID, NULL));
            count("removed");
        }
        count("gone");
        segment = must(shmget(IPC_PRIVATE, PAGE, 0600));
        char *memory = shmat(segment, NULL, 0);
        show("remove", shmctl(segment, IPC_RMID, NULL));
        must(munmap(memory, PAGE));
        count("gone");
        // What is mapped stays in another namespace, and keeps its own.
        segment = must(shmget(IPC_PRIVATE, PAGE, 0600));
        memory = shmat(segment, NULL, 0);
        must(unshare(CLONE_NEWIPC));
        strcpy(memory, "other");
        at("another namespace's", shmat(segment, NULL, 0));
        show("detach", shmdt(memory));
    }
    return 0;
}
