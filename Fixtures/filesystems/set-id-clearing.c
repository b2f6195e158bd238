// Rules:
// As: root user
// What clears the set-id bits of a file and what keeps them: writes, truncation, chown, chmod, by whom.
#include "../mountapi/api.h"
static void again(const char *path, mode_t mode) {
    int fd = must(open(path, O_CREAT | O_RDWR, 0700));
    must(ftruncate(fd, 0));
    must(write(fd, "text", 4));
    must(fchmod(fd, mode));
    close(fd);
}
static void mode_of(const char *label, const char *path) { struct stat st; must(stat(path, &st)); say("  %s: %o", label, st.st_mode & 07777); }
static void changes(void) {
    static const mode_t modes[] = {06755, 02745, 04755, 06777};
    for (int m = 0; m < 4; m++) {
        say("mode %o", modes[m]);
        again("f", modes[m]); must(write(must(open("f", O_WRONLY)), "x", 1)); mode_of("write", "f");
        again("f", modes[m]); must(write(must(open("f", O_WRONLY)), "x", 0)); mode_of("write of nothing", "f");
        again("f", modes[m]); must(truncate("f", 1)); mode_of("truncate", "f");
        again("f", modes[m]); must(truncate("f", 4)); mode_of("truncate to the same", "f");
        again("f", modes[m]); must(open("f", O_WRONLY | O_TRUNC)); mode_of("O_TRUNC", "f");
        again("f", modes[m]); must(fallocate(must(open("f", O_WRONLY)), 0, 0, 100)); mode_of("fallocate", "f");
        again("f", modes[m]); must(chown("f", -1, -1)); mode_of("chown nothing", "f");
        again("f", modes[m]); must(chown("f", geteuid(), -1)); mode_of("chown to the same user", "f");
        again("f", modes[m]); must(chown("f", -1, getegid())); mode_of("chown to the same group", "f");
        again("f", modes[m]); must(utimensat(AT_FDCWD, "f", NULL, 0)); mode_of("utimes", "f");
        again("f", modes[m]); must(rename("f", "g")); mode_of("rename", "g");
        again("f", modes[m]); must(setxattr("f", "user.x", "v", 1, 0)); mode_of("setxattr", "f");
        again("f", modes[m]); void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, must(open("f", O_RDWR)), 0); *(volatile char *)map = 'y'; mode_of("a shared mapping", "f"); munmap(map, 4096);
        again("f", modes[m]); show("  chmod by the owner", chmod("f", modes[m])); mode_of("  then", "f");
        unlink("f"); unlink("g");
    }
    say("directories");
    must(mkdir("dir", 0755)); must(chmod("dir", 06755));
    must(chown("dir", -1, -1)); mode_of("chown nothing", "dir");
    must(chown("dir", geteuid(), getegid())); mode_of("chown to the same", "dir");
    must(rmdir("dir"));
}
static void all(void) {
    say("with capabilities");
    CHILD changes();
    say("without CAP_FSETID");
    CHILD { drop_cap(CAP_FSETID); must(chmod(".", 0777)); changes(); }
    say("without any");
    must(mkdir("own", 0777));
    must(chmod("own", 0777));
    must(chdir("own"));
    CHILD {
        if (strcmp(who, "user")) { must(setgroups(0, NULL)); must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); }
        else must(caps_set(0, 0, 0));
        changes();
    }
    if (!strcmp(who, "user")) return;
    say("a group that one is not in");
    make_file("group", "", 0755);
    must(chown("group", 5, 6));
    CHILD {
        must(setgroups(0, NULL)); must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5));
        show("chmod 2755", chmod("group", 02755)); mode_of("then", "group");
        show("chmod 6755", chmod("group", 06755)); mode_of("then", "group");
    }
    CHILD {
        gid_t groups[] = {6};
        must(setgroups(1, groups)); must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5));
        show("in the group: chmod 2755", chmod("group", 02755)); mode_of("then", "group");
        show("chown to the other group", chown("group", -1, 5)); mode_of("then", "group");
    }
    must(chmod("group", 06777));
    CHILD {
        must(setresgid(7, 7, 7)); must(setresuid(7, 7, 7));
        must(write(must(open("group", O_WRONLY)), "x", 1)); mode_of("written by another", "group");
    }
}
int main(void) { as_each(0, all); return 0; }
