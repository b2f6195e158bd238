// Rules: mount-not-context mount-option-unknown mount-option-value mount-setup-arguments mount-setup-text-long mount-setup-unknown-command mount-source-not-text mount-source-twice
// As: root user
// fsconfig: which arguments each command takes, in which order they are tested, and what their limits are.
#include "api.h"
static void shapes(void) {
    int fd = must(fsopen_("tmpfs", 0)), plain = must(open(".", O_RDONLY)), path = must(open(".", O_PATH));
    static const char *const names[] = {"FLAG", "STRING", "BINARY", "PATH", "PATH_EMPTY", "FD", "CREATE", "RECONFIGURE", "CREATE_EXCL", "9", "4294967295"};
    static const unsigned commands[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1};
    for (int i = 0; i < 11; i++) {
        // A closed descriptor tells shape from what comes after it.
        say("%s", names[i]);
        show("  nothing", fsconfig_(99, commands[i], NULL, NULL, 0));
        show("  key", fsconfig_(99, commands[i], "key", NULL, 0));
        show("  value", fsconfig_(99, commands[i], NULL, "value", 0));
        show("  aux", fsconfig_(99, commands[i], NULL, NULL, 1));
        show("  key, value", fsconfig_(99, commands[i], "key", "value", 0));
        show("  key, aux", fsconfig_(99, commands[i], "key", NULL, 1));
        show("  key, negative aux", fsconfig_(99, commands[i], "key", NULL, -1));
        show("  key, value, aux", fsconfig_(99, commands[i], "key", "value", 1));
        show("  key, value, AT_FDCWD", fsconfig_(99, commands[i], "key", "value", AT_FDCWD));
        show("  key, value, -1", fsconfig_(99, commands[i], "key", "value", -1));
        show("  negative descriptor", fsconfig_(-1, commands[i], "key", "value", 0));
    }
    say("descriptors");
    show("not a context", fsconfig_(plain, SET_FLAG, "ro", NULL, 0));
    show("O_PATH", fsconfig_(path, SET_FLAG, "ro", NULL, 0));
    show("not a context, bad shape", fsconfig_(plain, SET_FLAG, NULL, NULL, 0));
    show("not a context, bad key", fsconfig_(plain, SET_FLAG, (char *)8, NULL, 0));
    show("closed, unknown command", fsconfig_(99, 9, NULL, NULL, 0));
    say("copies");
    show("bad key", fsconfig_(fd, SET_FLAG, (char *)8, NULL, 0));
    show("bad value", fsconfig_(fd, SET_STRING, "size", (char *)8, 0));
    show("bad blob", fsconfig_(fd, SET_BINARY, "size", (char *)8, 5));
    char *text = malloc(300);
    memset(text, 'k', 299);
    text[299] = 0;
    show("a key of 299", fsconfig_(fd, SET_FLAG, text, NULL, 0));
    text[256] = 0;
    show("a key of 256", fsconfig_(fd, SET_FLAG, text, NULL, 0));
    show("a value of 256", fsconfig_(fd, SET_STRING, "size", text, 0));
    text[255] = 0;
    show("a key of 255", fsconfig_(fd, SET_FLAG, text, NULL, 0));
    show("a value of 255", fsconfig_(fd, SET_STRING, "size", text, 0));
    while (read(fd, (char[400]){0}, 400) > 0) {}
    show("an empty key", fsconfig_(fd, SET_FLAG, "", NULL, 0));
    show("an empty value", fsconfig_(fd, SET_STRING, "size", "", 0));
    char *blob = calloc(1, (1 << 20) + 1);
    show("a blob of 1 MiB", fsconfig_(fd, SET_BINARY, "size", blob, 1 << 20));
    show("one more", fsconfig_(fd, SET_BINARY, "size", blob, (1 << 20) + 1));
    show("a blob", fsconfig_(fd, SET_BINARY, "size", "64k", 3));
    show("a path", fsconfig_(fd, SET_PATH, "size", ".", AT_FDCWD));
    show("a path by a closed descriptor", fsconfig_(fd, SET_PATH, "size", ".", 99));
    show("a path that is missing", fsconfig_(fd, SET_PATH, "size", "missing", AT_FDCWD));
    show("an empty path", fsconfig_(fd, SET_PATH, "size", "", plain));
    show("an empty path allowed", fsconfig_(fd, SET_PATH_EMPTY, "size", "", plain));
    show("a closed descriptor", fsconfig_(fd, SET_FD, "size", NULL, 99));
    show("a descriptor", fsconfig_(fd, SET_FD, "size", NULL, plain));
    show_log(fd);
    say("types of parameters");
    show("a flag with a value", set_string(fd, "ro", "1"));
    show("a value as a flag", set_flag(fd, "size"));
    show("rw", set_flag(fd, "rw"));
    show("ro as a blob", fsconfig_(fd, SET_BINARY, "ro", "1", 1));
    show("ro as a path", fsconfig_(fd, SET_PATH, "ro", ".", AT_FDCWD));
    show("ro as a descriptor", fsconfig_(fd, SET_FD, "ro", NULL, plain));
    show("source as a flag", set_flag(fd, "source"));
    show("source as a path", fsconfig_(fd, SET_PATH, "source", ".", AT_FDCWD));
    show("source empty", set_string(fd, "source", ""));
    show("source again", set_string(fd, "source", "x"));
    show("noatime", set_flag(fd, "noatime"));
    show_log(fd);
}
int main(void) { as_each(0, shapes); return 0; }
