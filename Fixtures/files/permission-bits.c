// Rules: chown-group-not-permitted chown-user-not-permitted file-access-denied file-search-denied file-sticky-directory
// As: root
// Owner, group and other bits, groups, sticky directories, set-group-id directories, and the capabilities that override.
#include "fixture.h"
static void check(const char *label, const char *path) {
    char text[64] = "";
    const int modes[] = {R_OK, W_OK, X_OK};
    for (int i = 0; i < 3; i++) strcat(text, faccessat(AT_FDCWD, path, modes[i], AT_EACCESS) == 0 ? &"r\0w\0x"[i * 2] : "-");
    int r = open(path, O_RDONLY | O_CLOEXEC), w = open(path, O_WRONLY | O_CLOEXEC);
    say("  %s: %s open %s %s", label, text, r >= 0 ? "r" : "-", w >= 0 ? "w" : "-");
}
int main(void) {
    static const mode_t modes[] = {0000, 0400, 0040, 0004, 0700, 0070, 0007, 0644, 0111, 0755};
    must(chmod(".", 0755));
    for (int i = 0; i < 10; i++) {
        make_file("f", "x", 0);
        must(chown("f", 1000, 2000));
        must(chmod("f", modes[i]));
        say("mode %o of 1000:2000", modes[i]);
        CHILD { become(1000, 1000); check("owner", "f"); }
        CHILD { become(1001, 2000); check("group", "f"); }
        CHILD { gid_t g = 2000; must(setgroups(1, &g)); must(setresgid(5, 5, 5)); must(setresuid(1001, 1001, 1001)); check("supplementary", "f"); }
        CHILD { become(1001, 1001); check("other", "f"); }
        CHILD check("root", "f");
        CHILD { drop_cap(CAP_DAC_OVERRIDE); check("root, only READ_SEARCH", "f"); }
        CHILD { drop_cap(CAP_DAC_OVERRIDE); drop_cap(CAP_DAC_READ_SEARCH); check("root, neither", "f"); }
        must(unlink("f"));
    }
    must(mkdir("sticky", 0));
    must(chmod("sticky", 01777));
    make_file("sticky/of1000", "", 0666);
    must(chown("sticky/of1000", 1000, 1000));
    CHILD { become(1001, 1001); show("sticky: another unlinks", unlink("sticky/of1000")); show("renames", rename("sticky/of1000", "sticky/x")); show("makes own", mkdir("sticky/own", 0755)); show("removes own", rmdir("sticky/own")); }
    CHILD { become(1000, 1000); show("sticky: the owner unlinks", unlink("sticky/of1000")); }
    must(mkdir("setgid", 0));
    must(chown("setgid", 0, 2000));
    must(chmod("setgid", 02777));
    CHILD {
        become(1000, 1000);
        struct stat st;
        make_file("setgid/file", "", 0644);
        must(stat("setgid/file", &st));
        say("file in a set-group-id directory: %u %u %o", st.st_uid, st.st_gid, st.st_mode);
        must(mkdir("setgid/dir", 0755));
        must(stat("setgid/dir", &st));
        say("directory: %u %u %o", st.st_uid, st.st_gid, st.st_mode);
        show("chmod 02755 on it", chmod("setgid/file", 02755));
        must(stat("setgid/file", &st));
        say("then: %o", st.st_mode);
    }
    must(mkdir("nosearch", 0700));
    make_file("nosearch/f", "", 0666);
    CHILD { become(1000, 1000); show("no search", open("nosearch/f", O_RDONLY)); show("stat", access("nosearch/f", F_OK)); show("list", open("nosearch", O_RDONLY)); }
    make_file("bits", "x", 06755);
    CHILD { int fd = must(open("bits", O_WRONLY)); drop_cap(CAP_FSETID); must(write(fd, "y", 1)); }
    struct stat st;
    must(stat("bits", &st));
    say("after a write: %o", st.st_mode);
    must(chmod("bits", 06755));
    must(chown("bits", 1000, 1000));
    must(stat("bits", &st));
    say("after a chown: %o", st.st_mode);
    CHILD { become(1000, 1000); show("owner gives away", chown("bits", 1001, -1)); show("to own group", chown("bits", -1, 1000)); show("to another group", chown("bits", -1, 7)); }
    return 0;
}
