// Rules:
// As: root user
// Limits of shared memory in an IPC namespace, and kernel.shm_rmid_forced: segments end with who made or last had them.
#include "fixture.h"
#include <sys/ipc.h>
#include <sys/shm.h>
enum { PAGE = 4096 };
static void set(const char *name, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "/proc/sys/kernel/%s", name);
    show(name, put(path, text));
}
static int make(size_t size) { return shmget(IPC_PRIVATE, size, 0600); }
static void is(const char *label, int segment) {
    struct shmid_ds ds;
    if (shmctl(segment, IPC_STAT, &ds)) say("%s: %s", label, errno_text(errno));
    else say("%s: %d attached", label, (int)ds.shm_nattch);
}
/// A segment made by a child that ends; the number comes by a pipe.
static int orphan(bool attached) {
    int ends[2], segment = -1;
    must(pipe(ends));
    CHILD {
        segment = must(make(PAGE));
        if (attached) must((long)shmat(segment, NULL, 0));
        must(write(ends[1], &segment, sizeof segment));
    }
    must(read(ends[0], &segment, sizeof segment));
    close(ends[0]), close(ends[1]);
    return segment;
}
static pid_t maker_thread;
static void *maker(void *segment) {
    *(int *)segment = must(make(PAGE));
    maker_thread = gettid();
    return NULL;
}
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        set("shmmax", "10000");
        show("above shmmax", make(10001));
        ok("three pages", make(10000));
        set("shmall", "5");
        show("above shmall", make(2 * PAGE + 1));
        ok("five pages", make(2 * PAGE));
        show("one more", make(1));
        set("shmall", "100");
        set("shmmni", "3");
        ok("third", make(1));
        show("fourth", make(1));
    }
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        int segment = must(make(2 * PAGE));
        char *memory = shmat(segment, NULL, 0);
        struct { int used; unsigned long total, resident, swapped, attempts, successes; } info;
        must(shmctl(0, 14, (void *)&info));
        say("%d used, %lu pages, %lu resident, %lu swapped", info.used, info.total, info.resident, info.swapped);
        memory[PAGE] = 1;
        must(shmctl(0, 14, (void *)&info));
        say("%d used, %lu pages, %lu resident", info.used, info.total, info.resident);
        char *line = strchr(get("/proc/sysvipc/shm"), '\n') + 1;
        long key, id, mode, size, made, last, count, uid, gid, cuid, cgid, atime, dtime, ctime, rss, swap;
        say("fields %d", sscanf(line, "%ld %ld %lo %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld", &key, &id, &mode,
            &size, &made, &last, &count, &uid, &gid, &cuid, &cgid, &atime, &dtime, &ctime, &rss, &swap));
        say("mode %lo size %ld made %d last %d count %ld atime %d dtime %ld rss %ld swap %ld", mode, size,
            made == getpid(), last == getpid(), count, atime > 0, dtime, rss, swap);
    }
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        int own = must(make(PAGE)), old = orphan(false), kept = orphan(false);
        char *memory = shmat(kept, NULL, 0);
        is("an orphan", old);
        set("shm_rmid_forced", "2");
        set("shm_rmid_forced", "1");
        is("own", own);
        is("the orphan", old);
        is("one in use", kept);
        CHILD is("in use by a child too", kept);
        is("one in use", kept);
        must(munmap(memory, PAGE));
        is("unmapped", kept);
        memory = shmat(own, NULL, 0);
        is("own, in use", own);
        show("detach", shmdt(memory));
        is("own, no more in use", own);
        is("ended with its maker", orphan(false));
        is("ended with its maker, who had it", orphan(true));
        own = must(make(PAGE));
        pthread_t thread;
        int segment = -1;
        pthread_create(&thread, NULL, maker, &segment);
        pthread_join(thread, NULL);
        // A thread that can be joined has not ended quite yet.
        while (syscall(SYS_tgkill, getpid(), maker_thread, 0) == 0) usleep(1000);
        is("of a thread that ended", segment);
        is("own, once more", own);
    }
    return 0;
}
