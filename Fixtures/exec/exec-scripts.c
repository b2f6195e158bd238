// Rules: exec-not-regular-file file-access-denied
// As: user
// #! files: arguments, nesting to the limit, long lines, missing interpreters, and other things that are no programs.
#include "fixture.h"
static void try_run(const char *path, const char *argument) {
    CHILD {
        char *argv[] = {"argv0", (char *)argument, NULL}, *environment[] = {NULL};
        execve(path, argv, environment);
        say("%s: %s", path, errno_text(errno));
    }
}
int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "told")) {
        char name[17] = "";
        must(prctl(PR_GET_NAME, name));
        say("  executed as %s, named %s", (char *)getauxval(AT_EXECFN), name);
        return 0;
    }
    if (argc > 1) {
        for (int i = 1; i < argc; i++) if (strcmp(argv[i], "-")) say("  argv[%d] %s", i, argv[i]);
        return 0;
    }
    char self[PATH_MAX] = "";
    must(readlink("/proc/self/exe", self, sizeof self - 1));
    copy_file("/proc/self/exe", "me", 0755);
    make_file("one", "#!./me first argument \n", 0755);
    try_run("./one", "given");
    make_file("which", "#!./me told\n", 0755);
    try_run("./which", "given");
    must(mkdir("sub", 0755));
    make_file("sub/outer", "#!./which\n", 0755);
    try_run("sub/outer", "given");
    try_run("./me", "told");
    make_file("two", "#!  \t ./me\n", 0755);
    try_run("./two", "given");
    char previous[] = "one";
    for (int i = 1; i <= 6; i++) {
        make_file(format_path("nest%d", i), format_path(i == 1 ? "#!./me 1\n" : "#!./nest%d %d\n", i == 1 ? 1 : i - 1, i), 0755);
        say("nest%d", i);
        try_run(format_path("./nest%d", i), "given");
    }
    make_file("loop", "#!./loop\n", 0755);
    try_run("./loop", "x");
    make_file("missing", "#!/nonexistent/interpreter\n", 0755);
    try_run("./missing", "x");
    make_file("empty-line", "#!\n", 0755);
    try_run("./empty-line", "x");
    make_file("blank-line", "#!   \n", 0755);
    try_run("./blank-line", "x");
    make_file("noexec", "#!./me\n", 0644);
    try_run("./noexec", "x");
    make_file("interp-noexec", "#!./noexec\n", 0755);
    try_run("./interp-noexec", "x");
    make_file("interp-dir", "#!/tmp\n", 0755);
    try_run("./interp-dir", "x");
    make_file("no-newline", "#!./me end", 0755);
    try_run("./no-newline", "given");
    char *line = malloc(600);
    memset(line, 'a', 599);
    line[599] = 0;
    memcpy(line, "#!./me ", 7);
    make_file("long-argument", line, 0755);
    try_run("./long-argument", "-");
    memcpy(line, "#!./mea", 7);
    make_file("long-name", line, 0755);
    try_run("./long-name", "x");
    make_file("empty", "", 0755);
    try_run("./empty", "x");
    make_file("text", "hello\n", 0755);
    try_run("./text", "x");
    make_file("elf", "\177ELF", 0755);
    try_run("./elf", "x");
    must(mkdir("dir", 0755));
    try_run("./dir", "x");
    must(mkfifo("fifo", 0755));
    try_run("./fifo", "x");
    must(symlink("me", "link"));
    try_run("./link", "through a link");
    must(symlink("self-loop", "self-loop"));
    try_run("./self-loop", "x");
    try_run("./me/x", "x");
    try_run("./absent", "x");
    try_run("", "x");
    char *name = malloc(5000);
    memset(name, 'b', 4999);
    name[4999] = 0;
    CHILD { char *none[] = {NULL}; execve(name, none, none); say("long path: %s", errno_text(errno)); }
    name[300] = 0;
    CHILD { char *none[] = {NULL}; execve(name, none, none); say("long component: %s", errno_text(errno)); }
    CHILD { execve((void *)8, NULL, NULL); say("bad path: %s", errno_text(errno)); }
    CHILD { execve("./me", (void *)8, NULL); say("bad argv: %s", errno_text(errno)); }
    CHILD { char *bad[] = {"x", (void *)8, NULL}; execve("./me", bad, NULL); say("bad argument: %s", errno_text(errno)); }
    return 0;
}
