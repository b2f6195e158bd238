// Rules: chmod-not-owner chown-group-not-permitted chown-unmapped-id chown-user-not-permitted file-access-denied link-source-protected open-noatime-not-owner utime-not-owner utime-now-denied
// As: root
// Files whose owners have no mapping: how they look, who may change them, and which ids may be given.
#include "fixture.h"
static void look(const char *path) {
    struct stat st;
    must(lstat(path, &st));
    say("  %s: mode %o uid %u gid %u", path, st.st_mode, st.st_uid, st.st_gid);
}
static const char *files[] = {"mine", "other", "half", "far", "open"};
int main(void) {
    static const struct { uid_t uid; gid_t gid; mode_t mode; } owners[] = {{1000, 1000, 0644}, {1003, 1003, 0640}, {1003, 7, 0660}, {5000, 5000, 0644}, {0, 0, 0666}};
    for (int i = 0; i < 5; i++) {
        make_file(files[i], "x", 0600);
        must(chown(files[i], owners[i].uid, owners[i].gid));
        must(chmod(files[i], owners[i].mode));
    }
    must(chmod(".", 0777));
    must(chown(".", 1000, 1000));
    USERNS_CHILD(0, "0 1000 10", "0 1000 10") {
        must(setresgid(0, 0, 0));
        must(setresuid(0, 0, 0));
        for (int i = 0; i < 5; i++) look(files[i]);
        for (int i = 0; i < 5; i++) {
            const char *f = files[i];
            say("%s", f);
            show("  open to read", open(f, O_RDONLY) >= 0 ? 0 : -1);
            show("  open to write", open(f, O_WRONLY) >= 0 ? 0 : -1);
            show("  access W", access(f, W_OK));
            show("  chmod", chmod(f, owners[i].mode));
            show("  chown to 1", chown(f, 1, -1));
            show("  chown group 2", chown(f, -1, 2));
            show("  chown to unmapped", chown(f, 500, -1));
            show("  chown nothing", chown(f, -1, -1));
            show("  utimes now", utimensat(AT_FDCWD, f, NULL, 0));
            show("  utimes", utimensat(AT_FDCWD, f, (struct timespec[]){{1, 0}, {1, 0}}, 0));
            show("  truncate", truncate(f, 1));
            show("  setxattr", setxattr(f, "user.x", "y", 1, 0));
            show("  link", link(f, "linked"));
            unlink("linked");
            show("  noatime", open(f, O_RDONLY | O_NOATIME) >= 0 ? 0 : -1);
            show("  rename", rename(f, format_path("%s2", f)));
            look(format_path("%s2", f));
            show("  unlink", unlink(format_path("%s2", f)));
        }
        show("create", open("new", O_CREAT | O_WRONLY, 0644) >= 0 ? 0 : -1);
        look("new");
        must(setresuid(5, 5, 5));
        show("mkdir as 5", mkdir("made", 0755));
        look("made");
    }
    struct stat st;
    must(stat("new", &st));
    say("outside: new uid %u gid %u", st.st_uid, st.st_gid);
    must(stat("made", &st));
    say("outside: made uid %u gid %u", st.st_uid, st.st_gid);
    make_file("for-unmapped", "", 0666);
    must(chmod(".", 0777));
    CHILD {
        must(unshare(CLONE_NEWUSER));
        show("unmapped creates", open("by-unmapped", O_CREAT | O_WRONLY, 0644) >= 0 ? 0 : -1);
        look("by-unmapped");
        show("unmapped chowns", chown("by-unmapped", 0, 0));
        show("unmapped chmods own", chmod("by-unmapped", 0600));
        show("to overflow id", chown("by-unmapped", 65534, -1));
    }
    return 0;
}
