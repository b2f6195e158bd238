// Rules: exec-not-regular-file file-access-denied
// As: root user
// AT_EXECVE_CHECK: whether a file may be executed, whatever it holds, without executing it.
#include "fixture.h"
#define AT_EXECVE_CHECK_FLAG 0x10000
static char *arguments[] = {"x", "y", NULL};
static long check(int dir, const char *path, int flags) {
    return syscall(SYS_execveat, dir, path, arguments, environ, flags | AT_EXECVE_CHECK_FLAG);
}
int main(void) {
    make_file("program", "no program", 0755);
    make_file("empty", "", 0700);
    make_file("script", "#!/nonexistent\n", 0755);
    make_file("data", "text", 0644);
    must(mkdir("dir", 0755));
    must(symlink("program", "link"));
    show("program", check(AT_FDCWD, "program", 0));
    show("empty", check(AT_FDCWD, "empty", 0));
    show("script", check(AT_FDCWD, "script", 0));
    show("data", check(AT_FDCWD, "data", 0));
    show("directory", check(AT_FDCWD, "dir", 0));
    show("nothing", check(AT_FDCWD, "none", 0));
    show("link", check(AT_FDCWD, "link", 0));
    show("link itself", check(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW));
    show("by descriptor", check(must(open("program", O_PATH)), "", AT_EMPTY_PATH));
    show("data by descriptor", check(must(open("data", O_RDONLY)), "", AT_EMPTY_PATH));
    show("bad descriptor", check(-1, "program", 0));
    show("unknown flag", check(AT_FDCWD, "program", 0x20000));
    show("no arguments", syscall(SYS_execveat, AT_FDCWD, "program", NULL, NULL, AT_EXECVE_CHECK_FLAG));
    show("bad arguments", syscall(SYS_execveat, AT_FDCWD, "program", 8, NULL, AT_EXECVE_CHECK_FLAG));
    char *bad[] = {(char *)8, NULL};
    show("bad argument", syscall(SYS_execveat, AT_FDCWD, "program", bad, NULL, AT_EXECVE_CHECK_FLAG));
    show("bad environment", syscall(SYS_execveat, AT_FDCWD, "program", arguments, bad, AT_EXECVE_CHECK_FLAG));
    char *large = calloc(1, 200000);
    memset(large, 'a', 140000);
    bad[0] = large;
    show("long argument", syscall(SYS_execveat, AT_FDCWD, "program", bad, NULL, AT_EXECVE_CHECK_FLAG));
    int writer = must(open("program", O_WRONLY));
    show("while written", check(AT_FDCWD, "program", 0));
    close(writer);
    CHILD {
        if (geteuid() == 0) become(2000, 2000);
        show("another's private program", check(AT_FDCWD, "empty", 0));
        show("another's program", check(AT_FDCWD, "program", 0));
    }
    say("still the same program");
}
