// Rules: xattr-user-kind
// As: user
// setxattrat and its kin: what names the file, the growing structure, and which fault is told first.
#include "fixture.h"
struct arguments { uint64_t value; uint32_t size, flags; uint64_t beyond; };
static long set(int dirfd, const char *path, unsigned flags, const char *name, struct arguments a, size_t size) { return syscall(463, dirfd, path, flags, name, &a, size); }
static long fetch(int dirfd, const char *path, unsigned flags, const char *name, struct arguments a, size_t size) { return syscall(464, dirfd, path, flags, name, &a, size); }
static long list(int dirfd, const char *path, unsigned flags, void *out, size_t size) { return syscall(465, dirfd, path, flags, out, size); }
static long drop(int dirfd, const char *path, unsigned flags, const char *name) { return syscall(466, dirfd, path, flags, name); }
int main(void) {
    char room[64] = "";
    struct arguments value = {(uintptr_t)"value", 5, 0, 0}, into = {(uintptr_t)room, sizeof room, 0, 0}, none = {0};
    must(mkdir("directory", 0755));
    close(must(open("directory/file", O_CREAT | O_RDWR, 0644)));
    must(symlink("file", "directory/link"));
    int directory = must(open("directory", O_RDONLY)), file = must(open("directory/file", O_RDWR)), path = must(open("directory/file", O_PATH));
    show("set below a directory", set(directory, "file", 0, "user.a", value, 16));
    show("get", fetch(directory, "file", 0, "user.a", into, 16));
    say("  %s", room);
    show("through a link", fetch(directory, "link", 0, "user.a", into, 16));
    show("of a link itself", set(directory, "link", AT_SYMLINK_NOFOLLOW, "user.a", value, 16));
    show("of a descriptor", set(file, "", AT_EMPTY_PATH, "user.b", value, 16));
    show("without a path", fetch(file, NULL, AT_EMPTY_PATH, "user.b", into, 16));
    show("of an O_PATH descriptor", fetch(path, "", AT_EMPTY_PATH, "user.b", into, 16));
    show("of the working directory", fetch(AT_FDCWD, "", AT_EMPTY_PATH, "user.b", into, 16));
    show("of an empty path", fetch(file, "", 0, "user.b", into, 16));
    show("of no descriptor", fetch(999, "", AT_EMPTY_PATH, "user.b", into, 16));
    show("list", list(directory, "file", 0, room, sizeof room));
    show("list of a descriptor", list(file, "", AT_EMPTY_PATH, NULL, 0));
    show("remove", drop(directory, "file", 0, "user.a"));
    show("remove again", drop(directory, "file", 0, "user.a"));
    show("unknown flag", fetch(directory, "file", 1, "user.b", into, 16));
    show("size 15", fetch(directory, "file", 0, "user.b", into, 15));
    show("size 0", set(directory, "file", 0, "user.b", value, 0));
    show("size 4097", set(directory, "file", 0, "user.b", value, 4097));
    show("zeros beyond", fetch(directory, "file", 0, "user.b", into, 24));
    into.beyond = 1;
    show("something beyond", fetch(directory, "file", 0, "user.b", into, 24));
    into.beyond = 0;
    into.flags = XATTR_CREATE;
    show("get with a flag", fetch(directory, "file", 0, "user.b", into, 16));
    into.flags = 0;
    value.flags = XATTR_CREATE;
    show("XATTR_CREATE of what is there", set(directory, "file", 0, "user.b", value, 16));
    value.flags = 4;
    show("unknown xattr flag", set(directory, "file", 0, "user.b", value, 16));
    value.flags = 0;
    show("bad structure", syscall(463, directory, "file", 0, "user.b", 8, 16));
    into.size = 2;
    show("too little room", fetch(directory, "file", 0, "user.b", into, 16));

    // What is told first.
    show("no file, empty name", setxattr("missing", "", "x", 1, 0));
    show("no file, bad name", setxattr("missing", (char *)8, "x", 1, 0));
    show("no file, bad value", setxattr("missing", "user.x", (char *)8, 1, 0));
    show("no file, too long", setxattr("missing", "user.x", "x", 65537, 0));
    show("no file, bad flags", setxattr("missing", "user.x", "x", 1, 8));
    show("no descriptor, bad name", fsetxattr(999, (char *)8, "x", 1, 0));
    show("no file, bad name to get", getxattr("missing", (char *)8, room, 1));
    show("no file, bad name to remove", removexattr("missing", (char *)8));
    show("no descriptor, empty name to get", fgetxattr(999, "", room, 1));
    show("no file, bad flags and structure", syscall(463, directory, "missing", 1, "user.b", 8, 16));
    show("no file, bad flags and name", set(directory, "missing", 1, "", none, 16));
    return 0;
}
