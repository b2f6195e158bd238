// Rules: directory-busy link-directory mknod-device unlink-directory
// As: user
// rename, link, symlink, unlink, mkdir, rmdir, mknod: results and errors.
#include "fixture.h"
#define TRY(call) show(#call, call)
#define RENAME2(a, b, flags) syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, flags)
static void list(void) {
    struct dirent **entries;
    int count = scandir(".", &entries, NULL, alphasort);
    char text[1000] = "";
    for (int i = 0; i < count; i++) if (entries[i]->d_name[0] != '.') sprintf(text + strlen(text), " %s:%d", entries[i]->d_name, entries[i]->d_type);
    say("list:%s", text);
}
int main(void) {
    make_file("a", "a", 0644);
    make_file("b", "b", 0644);
    must(mkdir("d", 0755));
    must(mkdir("e", 0755));
    make_file("e/inner", "", 0644);
    TRY(rename("a", "a"));
    TRY(rename("a", "c"));
    TRY(rename("c", "b"));
    show_file("b", "b");
    TRY(rename("b", "d"));
    TRY(rename("d", "b"));
    TRY(rename("d", "e"));
    TRY(rename("e", "d"));
    TRY(rename("d", "d/sub"));
    TRY(rename("missing", "x"));
    TRY(rename("b", "missing/x"));
    TRY(rename("b", "x/"));
    TRY(rename("d", "newdir/"));
    TRY(rename(".", "x"));
    TRY(rename("b", ".."));
    list();
    make_file("p", "p", 0644);
    TRY(RENAME2("b", "p", 1));
    TRY(RENAME2("b", "p", 2));
    show_file("b now", "b");
    TRY(RENAME2("b", "p", 3));
    TRY(RENAME2("b", "q", 8));
    TRY(RENAME2("newdir", "p", 2));
    list();
    TRY(link("b", "b2"));
    TRY(link("b", "b2"));
    TRY(link("missing", "x"));
    TRY(link("d", "x"));
    TRY(link("p", "x"));
    struct stat st;
    must(stat("b", &st));
    TRY(st.st_nlink);
    must(stat(".", &st));
    TRY(symlink("b", "sym"));
    TRY(symlink("b", "sym"));
    TRY(symlink("", "empty"));
    TRY(link("sym", "symlinked"));
    TRY(linkat(AT_FDCWD, "sym", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
    char text[16] = "";
    TRY(readlink("sym", text, 16));
    TRY(readlink("sym", text, 0));
    TRY(readlink("b", text, 16));
    TRY(unlink("missing"));
    TRY(unlink("p"));
    TRY(unlinkat(AT_FDCWD, "b2", AT_REMOVEDIR));
    TRY(unlinkat(AT_FDCWD, "b2", 1));
    TRY(rmdir("b"));
    TRY(rmdir("p"));
    TRY(rmdir("."));
    TRY(rmdir(".."));
    TRY(rmdir("p/."));
    TRY(mkdir("p", 0755));
    TRY(mkdir("q/r", 0755));
    TRY(mkdir("slash/", 0755));
    TRY(rmdir("slash/"));
    TRY(mkdir("", 0755));
    TRY(mkfifo("fifo", 0644));
    TRY(mknod("regular", S_IFREG | 0644, 0));
    TRY(mknod("socket", S_IFSOCK | 0644, 0));
    TRY(mknod("char", S_IFCHR | 0644, makedev(1, 3)));
    TRY(mknod("block", S_IFBLK | 0644, makedev(1, 3)));
    TRY(mknod("whiteout", S_IFCHR | 0644, 0));
    TRY(mknod("bad", 0170000, 0));
    list();
    int fd = must(open("b", O_RDWR));
    TRY(unlink("b"));
    TRY(unlink("symlinked"));
    must(fstat(fd, &st));
    TRY(st.st_nlink);
    TRY(write(fd, "still", 5));
    char target[PATH_MAX] = "";
    must(readlink(format_path("/proc/self/fd/%d", fd), target, sizeof target));
    yes("the link says which is deleted", strstr(target, "(deleted)") != NULL || strstr(target, "followed"));
    must(mkdir("gone", 0755));
    must(chdir("gone"));
    must(rmdir("../gone"));
    TRY(open("x", O_CREAT | O_WRONLY, 0644));
    TRY((long)getcwd(target, sizeof target));
    TRY(open(".", O_RDONLY) >= 0);
    TRY(open("..", O_RDONLY) >= 0);
    char *long_name = malloc(300);
    memset(long_name, 'n', 299);
    long_name[299] = 0;
    must(chdir("/tmp"));
    TRY(mkdir(format_path("/tmp/%s", long_name), 0755));
    return 0;
}
