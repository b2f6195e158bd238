// Rules:
// As: user
// Positions in a directory: telldir and seekdir, rewinding, and entries removed or added on the way.
#include "fixture.h"
static int count(DIR *directory) {
    int entries = 0;
    while (readdir(directory)) entries++;
    return entries;
}
int main(void) {
    must(mkdir("d", 0755));
    for (int i = 0; i < 40; i++) make_file(format_path("d/file-%d", i), "", 0644);
    DIR *directory = opendir("d");
    char names[42][32];
    long places[42];
    for (int i = 0; i < 42; i++) {
        places[i] = telldir(directory);
        struct dirent *entry = readdir(directory);
        strcpy(names[i], entry ? entry->d_name : "none");
    }
    yes("end", !readdir(directory));
    int wrong = 0;
    for (int i = 41; i >= 0; i--) {
        seekdir(directory, places[i]);
        struct dirent *entry = readdir(directory);
        wrong += !entry || strcmp(entry->d_name, names[i]);
    }
    say("wrong after seekdir: %d", wrong);
    rewinddir(directory);
    say("after rewinding: %d", count(directory));
    make_file("d/new", "", 0644);
    rewinddir(directory);
    say("with one more: %d", count(directory));
    rewinddir(directory);
    struct dirent *entry;
    int removed = 0;
    while ((entry = readdir(directory)))
        if (entry->d_name[0] != '.') removed += !unlinkat(dirfd(directory), entry->d_name, 0);
    say("removed while reading: %d", removed);
    show("empty now", rmdir("d"));
    rewinddir(directory);
    errno = 0;
    yes("no entries", !readdir(directory));
    show("getdents", syscall(SYS_getdents64, dirfd(directory), names, sizeof names));
    return 0;
}
