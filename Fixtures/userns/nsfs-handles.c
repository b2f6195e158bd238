// Rules: nsfs-handle-needs-admin nsfs-is-immutable open-noatime-not-owner
// As: root user
// Handles of namespaces: one's own are free to open, others for those who administer their owner.
#include "fixture.h"
#define NSFS_ROOT (-10003)
struct named { struct file_handle handle; unsigned char room[128]; };
struct place { uint64_t id; uint32_t kind, inode; };
static const char *const names[] = {"user", "mnt", "uts", "ipc", "pid_for_children", "net", "cgroup", "time_for_children"};
enum { COUNT = sizeof names / sizeof *names };
static struct named handle_of(int fd) {
    struct named h = {.handle.handle_bytes = 128};
    int mount;
    must(name_to_handle_at(fd, "", &h.handle, &mount, AT_EMPTY_PATH));
    return h;
}
static int opened(const char *label, struct named *h, int flags) {
    int fd = open_by_handle_at(NSFS_ROOT, &h->handle, flags);
    if (fd == -1) say("%s: %s", label, errno_text(errno));
    else say("%s: status flags %x, close-on-exec %d", label, fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
    return fd;
}
static void open_all(const char *who, struct named *handles) {
    for (int i = 0; i < COUNT; i++) {
        int fd = opened(format_path("%s %s", who, names[i]), &handles[i], O_RDONLY);
        if (fd != -1) close(fd);
    }
}
int main(void) {
    struct named own[COUNT], theirs[COUNT];
    for (int i = 0; i < COUNT; i++) {
        int fd = must(ns_open(0, names[i]));
        own[i] = handle_of(fd);
        struct place place;
        memcpy(&place, own[i].room, sizeof place);
        uint64_t id;
        struct stat status;
        must(ioctl(fd, _IOR(0xb7, 13, uint64_t), &id));
        must(fstat(fd, &status));
        say("%s: %u bytes, type %#x, id %d, kind %d, inode %d", names[i], own[i].handle.handle_bytes, own[i].handle.handle_type, place.id == id,
            place.kind == (uint32_t)ioctl(fd, NSFS_NSTYPE), place.inode == status.st_ino);
        int again = opened("again", &own[i], O_RDONLY);
        yes("the same", same_file(fd, again));
        close(again);
        close(fd);
    }
    for (int room = 0; room <= 20; room += 4) {
        struct named h = {.handle.handle_bytes = room};
        int mount;
        show(format_path("room for %d", room), name_to_handle_at(AT_FDCWD, "/proc/self/ns/uts", &h.handle, &mount, AT_SYMLINK_FOLLOW));
        say("%u, type %#x", h.handle.handle_bytes, h.handle.handle_type);
    }
    static const int flags[] = {O_PATH, O_DIRECTORY, O_TRUNC, O_CREAT, O_CREAT | O_EXCL, O_CREAT | O_DIRECTORY, O_APPEND, O_NOFOLLOW, O_TMPFILE, O_TMPFILE | O_RDWR,
                                O_WRONLY, O_RDWR, O_NONBLOCK, O_CLOEXEC, O_EXCL, O_NOATIME};
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) opened(format_path("flags %x", flags[i]), &own[2], flags[i]);
    static const struct { const char *label; int offset, size, bytes, type; } bad[] = {
        {"no id", 0, 8, 16, 0xf1}, {"no kind", 8, 4, 16, 0xf1}, {"no inode", 12, 4, 16, 0xf1}, {"neither kind nor inode", 8, 8, 16, 0xf1}, {"12 bytes", 0, 0, 12, 0xf1},
        {"20 bytes", 0, 0, 20, 0xf1}, {"128 bytes", 0, 0, 128, 0xf1}, {"another type", 0, 0, 16, 1}, {"as directory", 0, 0, 16, 0x200f1}, {"below the anchor", 0, 0, 16, 0x100f1}};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct named h = own[2];
        memset(h.room + bad[i].offset, 0, bad[i].size);
        h.handle.handle_bytes = bad[i].bytes;
        h.handle.handle_type = bad[i].type;
        opened(bad[i].label, &h, O_RDONLY);
    }

    pid_t pid;
    int channel[2];
    struct gate end = gate_new();
    must(pipe(channel));
    int all = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
    SPAWN_IN_USERNS(pid, all, own_uid_at(0), own_gid_at(0)) {
        must(unshare(CLONE_NEWPID | CLONE_NEWTIME));
        pid_t init;
        SPAWN(init) gate_wait(end);
        for (int i = 0; i < COUNT; i++) theirs[i] = handle_of(must(ns_open(0, names[i])));
        open_all("inside: own", theirs);
        open_all("inside: outer", own);
        must(write(channel[1], theirs, sizeof theirs));
        reap(init);
    }
    must(read(channel[0], theirs, sizeof theirs));
    open_all("creator: inner", theirs);
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        open_all("sibling: its", theirs);
        open_all("sibling: own", own);
    }
    if (geteuid() == 0) CHILD {
        become(1000, 1000);
        open_all("stranger: inner", theirs);
        open_all("stranger: own", own);
    }
    gate_open(end);
    reap(pid);
    return 0;
}
