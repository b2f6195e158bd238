// Rules:
// As: user
// File handles, which no file system of a sandbox exports.
#include "fixture.h"
#include <sys/syscall.h>
int main(void) {
    struct { struct file_handle handle; char room[128]; } h = {{0}};
    int mount;
    make_file("f", "text", 0644);
    show("size", name_to_handle_at(AT_FDCWD, "f", &h.handle, &mount, 0));
    h.handle.handle_bytes = 128;
    show("handle", name_to_handle_at(AT_FDCWD, "f", &h.handle, &mount, 0));
    show("missing", name_to_handle_at(AT_FDCWD, "none", &h.handle, &mount, 0));
    show("open without privileges", open_by_handle_at(AT_FDCWD, &h.handle, O_RDONLY));
    return 0;
}
