// Rules: handle-needs-read-search
// As: root user
// File handles: what gives them out, and who may open by them.
#include "fixture.h"
struct named { struct file_handle handle; unsigned char room[128]; };
static struct named named(int fd, const char *path, int flags) {
    struct named h = {.handle.handle_bytes = 128};
    int mount;
    show(path, name_to_handle_at(fd, path, &h.handle, &mount, flags));
    return h;
}
static void opened(const char *label, int anchor, struct named *h, int flags) {
    int fd = open_by_handle_at(anchor, &h->handle, flags);
    if (fd == -1) { say("%s: %s", label, errno_text(errno)); return; }
    char place[PATH_MAX] = "";
    must(readlink(format_path("/proc/self/fd/%d", fd), place, sizeof place - 1));
    say("%s: %s, flags %x, close-on-exec %d", label, strrchr(place, '/'), fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
    close(fd);
}
int main(void) {
    int mount = 0, other = 0;
    struct named h = {0};
    must(mkdir("d", 0755));
    must(mkdir("d/inner", 0755));
    make_file("d/f", "text", 0644);
    must(symlink("f", "d/l"));
    show("no room", name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &mount, 0));
    yes("told how much, and no type", h.handle.handle_bytes > 0 && h.handle.handle_type == 0xff);
    h.handle.handle_bytes = 129;
    show("too much", name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &mount, 0));
    show("unknown flag", name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &mount, 0x4000));
    show("null handle", name_to_handle_at(AT_FDCWD, "d/f", NULL, &mount, 0));
    show("null path", syscall(SYS_name_to_handle_at, AT_FDCWD, NULL, &h, &mount, AT_EMPTY_PATH));
    show("closed fd", name_to_handle_at(99, "", &h.handle, &mount, AT_EMPTY_PATH));
    h.handle.handle_bytes = 128;
    show("null mount", syscall(SYS_name_to_handle_at, AT_FDCWD, "d/f", &h, NULL, 0));
    must(name_to_handle_at(AT_FDCWD, "d/f", &h.handle, &mount, 0));
    h.handle.handle_bytes = 128;
    must(name_to_handle_at(AT_FDCWD, "d", &h.handle, &other, 0));
    yes("one mount", mount == other);
    uint64_t unique = 0;
    h.handle.handle_bytes = 128;
    show("unique mount", syscall(SYS_name_to_handle_at, AT_FDCWD, "d", &h, &unique, 1));
    yes("is another number", unique > 0x80000000u);

    struct named file = named(AT_FDCWD, "d/f", 0), directory = named(AT_FDCWD, "d", 0), link = named(AT_FDCWD, "d/l", 0);
    struct named followed = named(AT_FDCWD, "d/l", AT_SYMLINK_FOLLOW);
    yes("a followed link is the file", !memcmp(&file, &followed, sizeof file));
    named(AT_FDCWD, "none", 0);
    named(AT_FDCWD, "/proc/self/status", 0);
    struct named identity = named(AT_FDCWD, "/proc/self/status", 0x200);
    say("only to tell it apart: %u bytes, type %#x", identity.handle.handle_bytes, identity.handle.handle_type);
    named(AT_FDCWD, "/proc/self/ns/net", 0);

    opened("file", AT_FDCWD, &file, O_RDONLY);
    opened("file for writing", AT_FDCWD, &file, O_RDWR | O_CLOEXEC);
    opened("file as directory", AT_FDCWD, &file, O_DIRECTORY);
    opened("file made", AT_FDCWD, &file, O_CREAT);
    opened("file made anew", AT_FDCWD, &file, O_CREAT | O_EXCL);
    opened("file by its place", AT_FDCWD, &file, O_PATH);
    opened("directory", AT_FDCWD, &directory, O_DIRECTORY | O_NONBLOCK);
    opened("directory for writing", AT_FDCWD, &directory, O_RDWR);
    opened("link", AT_FDCWD, &link, O_RDONLY);
    opened("link by its place", AT_FDCWD, &link, O_PATH);
    opened("closed anchor", 99, &file, O_RDONLY);
    opened("anchor by its place", must(open("d", O_PATH)), &file, O_RDONLY);
    opened("anchor in /proc", must(open("/proc/self/status", O_RDONLY)), &file, O_RDONLY);
    show("null", syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, O_RDONLY));
    struct named bad = file;
    bad.handle.handle_bytes = 0;
    opened("no bytes", AT_FDCWD, &bad, O_RDONLY);
    bad.handle.handle_bytes = 129;
    opened("too many bytes", AT_FDCWD, &bad, O_RDONLY);
    bad = file;
    bad.handle.handle_type = -1;
    opened("negative type", AT_FDCWD, &bad, O_RDONLY);
    bad.handle.handle_type = 0x40001;
    opened("unknown type flag", AT_FDCWD, &bad, O_RDONLY);
    bad.handle.handle_type = 0x77;
    opened("unknown type", AT_FDCWD, &bad, O_RDONLY);
    memset(bad.room, 0x55, sizeof bad.room);
    bad.handle.handle_type = file.handle.handle_type;
    opened("nobody's", AT_FDCWD, &bad, O_RDONLY);

    // Root of a user namespace may open directories that it could mount elsewhere.
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        opened("root of a user namespace: directory", AT_FDCWD, &directory, O_DIRECTORY);
    }
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        opened("with a mount namespace: file", AT_FDCWD, &file, O_RDONLY);
        opened("directory without saying so", AT_FDCWD, &directory, O_RDONLY);
        opened("directory", AT_FDCWD, &directory, O_DIRECTORY);
        opened("file as directory", AT_FDCWD, &file, O_DIRECTORY);
        opened("the anchor itself", must(open("d", O_RDONLY)), &directory, O_DIRECTORY);
        opened("above the anchor", must(open("d/inner", O_RDONLY)), &directory, O_DIRECTORY);
        opened("not below the anchor", must(open("/usr/bin", O_RDONLY)), &directory, O_DIRECTORY);
        opened("anchor with locked mounts below", must(open("/", O_RDONLY)), &directory, O_DIRECTORY);
        lower_effective(CAP_DAC_READ_SEARCH);
        opened("without CAP_DAC_READ_SEARCH", AT_FDCWD, &directory, O_DIRECTORY);
    }
    return 0;
}
