// Rules: file-device-on-nodev file-read-only-mount
// As: root
// Needs: read-only nodev
// What a mount's own flags refuse, whoever asks: changes where it is read-only, devices where it is nodev.
#include "fixture.h"
int main(int argc, char **argv) {
    const char *fixed = argv[1], *nodev = argv[2];
    must(chdir(fixed));
    struct statvfs flags;
    must(statvfs(".", &flags));
    yes("shown as read-only", flags.f_flag & ST_RDONLY);
    show("read", access("file", R_OK));
    show("access for writing", access("file", W_OK));
    show("open for writing", open("file", O_WRONLY));
    show("create", open("new", O_CREAT | O_WRONLY, 0600));
    ok("create what is there", open("file", O_CREAT | O_RDONLY, 0600));
    show("create exclusively what is there", open("file", O_CREAT | O_EXCL | O_WRONLY, 0600));
    show("truncate", truncate("file", 0));
    show("mkdir", mkdir("directory", 0700));
    show("mkdir of what is there", mkdir("file", 0700));
    show("mknod", mknod("pipe", S_IFIFO | 0600, 0));
    show("symlink", symlink("file", "link"));
    show("link", link("file", "second"));
    show("rename", rename("file", "renamed"));
    show("rename of nothing", rename("missing", "renamed"));
    show("unlink", unlink("file"));
    show("unlink of nothing", unlink("missing"));
    show("chmod", chmod("file", 0600));
    show("chown", chown("file", 1, 1));
    show("utimensat", utimensat(AT_FDCWD, "file", NULL, 0));
    show("setxattr", setxattr("file", "trusted.x", "y", 1, 0));
    show("removexattr", removexattr("file", "trusted.x"));
    int file = must(open("file", O_RDONLY));
    show("fchmod", fchmod(file, 0600));
    show("fchown", fchown(file, 1, 1));
    show("fsetxattr", fsetxattr(file, "trusted.x", "y", 1, 0));

    must(chdir(nodev));
    must(statvfs(".", &flags));
    yes("shown as nodev", flags.f_flag & ST_NODEV);
    show("mknod of a device", mknod("null", S_IFCHR | 0666, makedev(1, 3)));
    show("open the device", open("null", O_RDWR));
    ok("open it as a path", open("null", O_PATH));
    show("access", access("null", R_OK | W_OK));
    show("stat", stat("null", &(struct stat){0}));
    show("unlink", unlink("null"));
    return 0;
}
