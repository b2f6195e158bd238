// Rules: handle-needs-read-search
// As: root user
// The two numbers of a mount in statx, fdinfo, mountinfo and name_to_handle_at, and handles on own and inherited mounts.
#include "api.h"
struct named { struct file_handle handle; unsigned char room[128]; };
/// The reusable number that mountinfo shows for a place.
static long listed(const char *path) {
    char *line = NULL, place[PATH_MAX];
    size_t room = 0;
    long id = -1, found = -1;
    FILE *file = fopen("/proc/thread-self/mountinfo", "re");
    const char *wanted = format_path("%s/%s", world_path, path);
    while (file && getline(&line, &room, file) > 0) if (sscanf(line, "%ld %*s %*s %*s %4095s", &id, place) == 2 && !strcmp(place, wanted)) found = id;
    free(line);
    if (file) fclose(file);
    return found;
}
static void opened(const char *label, int anchor, struct named *h, int flags) {
    int fd = open_by_handle_at(anchor, &h->handle, flags);
    if (fd == -1) { say("%s: %s", label, errno_text(errno)); return; }
    say("%s: %s", label, fd_text(fd));
    close(fd);
}
static void ids(void) {
    must(mkdir("d", 0755)); must(mkdir("e", 0755)); must(mkdir("plain", 0755));
    make_file("file", "", 0644);
    must(mount("x", "d", "tmpfs", 0, NULL));
    make_file("d/f", "", 0644); must(mkdir("d/sub", 0755)); must(mkdir("d/other", 0755));
    say("statx");
    struct mount_statx none = mount_statx(AT_FDCWD, "d", 0, 0), old = mount_statx(AT_FDCWD, "d", 0, 0x1000), unique = mount_statx(AT_FDCWD, "d", 0, 0x4000), both = mount_statx(AT_FDCWD, "d", 0, 0x5000);
    say("masks: none %x old %x unique %x both %x", none.mask & 0x5000, old.mask & 0x5000, unique.mask & 0x5000, both.mask & 0x5000);
    yes("none asked is the old one", none.id == old.id);
    yes("both asked is the unique one", both.id == unique.id);
    yes("unique ones are above 2^31", unique.id > 1ULL << 31);
    yes("old is mountinfo's", (long)old.id == listed("d"));
    int fd = must(open("d/f", O_RDONLY));
    const char *info = field(format_path("/proc/self/fdinfo/%d", fd), "mnt_id");
    yes("and fdinfo's", strtoull(info + 7, NULL, 10) == old.id);
    struct named h = {.handle.handle_bytes = 128};
    int number = 0;
    uint64_t large = 0;
    show("name_to_handle_at", name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &number, 0));
    yes("and the handle's", (uint64_t)number == old.id);
    say("handle: %u bytes, type %d", h.handle.handle_bytes, h.handle.handle_type);
    h.handle.handle_bytes = 128;
    show("with the unique number", syscall(SYS_name_to_handle_at, AT_FDCWD, "d/f", &h, &large, 1));
    yes("is statx's", large == unique.id);
    h.handle.handle_bytes = 4;
    show("short", name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &number, 0));
    say("  wants %u", h.handle.handle_bytes);
    h.handle.handle_bytes = 129;
    show("long", name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &number, 0));
    h.handle.handle_bytes = 128;
    show("unknown flags", name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &number, 0x4000));
    show("proc", name_to_handle_at(AT_FDCWD, "/proc/self", &h.handle, &number, 0));
    h.handle.handle_bytes = 128;
    show("proc, to tell apart", name_to_handle_at(AT_FDCWD, "/proc/self", &h.handle, &number, 0x200));
    say("roots of mounts");
    yes("the mount", mount_statx(AT_FDCWD, "d", 0, 0).is_root);
    yes("a directory in it", mount_statx(AT_FDCWD, "d/sub", 0, 0).is_root);
    yes("a plain directory", mount_statx(AT_FDCWD, "plain", 0, 0).is_root);
    must(mount("file", "d/f", NULL, MS_BIND, NULL));
    yes("a file bound on another", mount_statx(AT_FDCWD, "d/f", 0, 0).is_root);
    must(umount("d/f"));
    say("age");
    must(mount("d", "e", NULL, MS_BIND, NULL));
    uint64_t first = mount_id("e");
    yes("a younger one is larger", first > unique.id);
    must(umount("e"));
    must(mount("d", "e", NULL, MS_BIND, NULL));
    yes("never used again", mount_id("e") > first);
    must(mount(NULL, "e", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
    first = mount_id("e");
    must(mount("e", "plain", NULL, MS_MOVE, NULL));
    yes("a move keeps it", mount_id("plain") == first);
    CHILD { must(unshare(CLONE_NEWNS)); yes("a copy of the namespace has others", mount_id("d") != unique.id && mount_id("d") > first); }
    say("handles");
    struct named file = {.handle.handle_bytes = 128}, directory = {.handle.handle_bytes = 128}, deleted = {.handle.handle_bytes = 128}, outer = {.handle.handle_bytes = 128};
    must(name_to_handle_at(AT_FDCWD, "d/f", &file.handle, &number, 0));
    must(name_to_handle_at(AT_FDCWD, "d/sub", &directory.handle, &number, 0));
    make_file("d/gone", "", 0600);
    must(name_to_handle_at(AT_FDCWD, "d/gone", &deleted.handle, &number, 0));
    must(unlink("d/gone"));
    must(mkdir("world-directory", 0755));
    must(name_to_handle_at(AT_FDCWD, "world-directory", &outer.handle, &number, 0));
    int anchor = must(open("d", O_RDONLY)), path = must(open("d", O_PATH)), sub = must(open("d/other", O_RDONLY));
    opened("file", anchor, &file, O_RDONLY);
    opened("file, O_DIRECTORY", anchor, &file, O_RDONLY | O_DIRECTORY);
    opened("directory", anchor, &directory, O_RDONLY);
    opened("directory, O_DIRECTORY", anchor, &directory, O_RDONLY | O_DIRECTORY);
    opened("directory, O_PATH|O_DIRECTORY", anchor, &directory, O_PATH | O_DIRECTORY);
    opened("by an O_PATH descriptor", path, &directory, O_RDONLY | O_DIRECTORY);
    opened("by another directory", sub, &directory, O_RDONLY | O_DIRECTORY);
    opened("deleted", anchor, &deleted, O_RDONLY);
    opened("of another file system", anchor, &outer, O_RDONLY | O_DIRECTORY);
    opened("of the world", AT_FDCWD, &outer, O_RDONLY | O_DIRECTORY);
    opened("by another mount of it", must(open("plain", O_RDONLY)), &directory, O_RDONLY | O_DIRECTORY);
    say("in a namespace below");
    must(mkdir("part", 0755));
    must(mount("d/other", "part", NULL, MS_BIND, NULL));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        int inherited = must(open("d", O_RDONLY));
        opened("file", inherited, &file, O_RDONLY);
        opened("directory", inherited, &directory, O_RDONLY);
        opened("directory, O_DIRECTORY", inherited, &directory, O_RDONLY | O_DIRECTORY);
        opened("by the parent's descriptor", anchor, &directory, O_RDONLY | O_DIRECTORY);
        opened("not below the mount's root", must(open("part", O_RDONLY)), &directory, O_RDONLY | O_DIRECTORY);
        opened("by a mount with locked ones on it", must(open(".", O_RDONLY)), &outer, O_RDONLY | O_DIRECTORY);
        must(mount("d", "e", NULL, MS_BIND, NULL));
        opened("by an own bind", must(open("e", O_RDONLY)), &directory, O_RDONLY | O_DIRECTORY);
        must(mount("own", "e", "tmpfs", 0, NULL));
        must(mkdir("e/mine", 0755));
        struct named mine = {.handle.handle_bytes = 128};
        must(name_to_handle_at(AT_FDCWD, "e/mine", &mine.handle, &number, 0));
        opened("own file system", must(open("e", O_RDONLY)), &mine, O_RDONLY);
        opened("own file system, O_DIRECTORY", must(open("e", O_RDONLY)), &mine, O_RDONLY | O_DIRECTORY);
        opened("own file system, O_PATH", must(open("e", O_RDONLY)), &mine, O_PATH | O_DIRECTORY);
        caps_set(0, 0, 0);
        opened("without capabilities", must(open("e", O_RDONLY)), &mine, O_RDONLY | O_DIRECTORY);
    }
}
int main(void) { as_each(0, ids); return 0; }
