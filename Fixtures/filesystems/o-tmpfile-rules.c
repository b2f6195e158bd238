// Rules: file-access-denied file-read-only-mount link-source-protected mount-type-not-permitted
// As: root user
// O_TMPFILE and files without a name: how they are opened, named in /proc, linked again or not.
#include "../mountapi/api.h"
static const char *folded_link(int fd) {
    // "/dir/#123 (deleted)": the number differs.
    char *text = format_path("%s", fd_text(fd)), *hash = strchr(text, '#');
    if (hash) { char *end = hash + 1; while (*end >= '0' && *end <= '9') end++; memmove(hash + 2, end, strlen(end) + 1); hash[1] = 'N'; }
    return text;
}
static void files(void) {
    must(mkdir("d", 0755));
    make_file("f", "", 0644);
    must(symlink("d", "l"));
    say("opening");
    show("read-only", open("d", O_TMPFILE | O_RDONLY, 0600));
    show("with O_CREAT", open("d", O_TMPFILE | O_CREAT | O_RDWR, 0600));
    show("on a file", open("f", O_TMPFILE | O_RDWR, 0600));
    show("missing", open("missing", O_TMPFILE | O_RDWR, 0600));
    show("without O_DIRECTORY", open("d", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR, 0600));
    ok("write-only", open("d", O_TMPFILE | O_WRONLY, 0600));
    ok("by a link", open("l", O_TMPFILE | O_RDWR, 0600));
    show("by a link with O_NOFOLLOW", open("l", O_TMPFILE | O_RDWR | O_NOFOLLOW, 0600));
    show("with O_PATH", fcntl(open("d", O_TMPFILE | O_RDWR | O_PATH, 0600), F_GETFL) & O_PATH);
    ok("with O_EXCL", open("d", O_TMPFILE | O_RDWR | O_EXCL, 0600));
    int fd = must(open("d", O_TMPFILE | O_RDWR, 0666));
    struct stat st;
    must(fstat(fd, &st));
    say("mode %o nlink %d size %ld owner %d %d", st.st_mode, (int)st.st_nlink, (long)st.st_size, st.st_uid, st.st_gid);
    say("link %s", folded_link(fd));
    say("flags %x", fcntl(fd, F_GETFL));
    must(write(fd, "text", 4));
    struct dirent **entries;
    int count = scandir("d", &entries, NULL, NULL);
    say("entries %d", count);
    say("linking");
    show("by /proc", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "d/one", AT_SYMLINK_FOLLOW));
    show_file("  text", "d/one");
    say("  link %s", folded_link(fd));
    show("second name by the descriptor", linkat(fd, "", AT_FDCWD, "d/two", AT_EMPTY_PATH));
    must(fstat(fd, &st));
    say("  nlink %d", (int)st.st_nlink);
    show("a name that is there", linkat(fd, "", AT_FDCWD, "d/two", AT_EMPTY_PATH));
    show("without following", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "d/three", 0));
    must(unlink("d/one")); must(unlink("d/two"));
    show("after both are removed", linkat(fd, "", AT_FDCWD, "d/three", AT_EMPTY_PATH));
    show("by /proc", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "d/three", AT_SYMLINK_FOLLOW));
    say("  link %s", folded_link(fd));
    close(fd);
    fd = must(open("d", O_TMPFILE | O_RDWR | O_EXCL, 0600));
    show("O_EXCL, by /proc", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "d/one", AT_SYMLINK_FOLLOW));
    show("O_EXCL, by the descriptor", linkat(fd, "", AT_FDCWD, "d/one", AT_EMPTY_PATH));
    close(fd);
    fd = must(open("d", O_TMPFILE | O_RDWR, 0600));
    CHILD {
        drop_cap(CAP_DAC_READ_SEARCH);
        show("without CAP_DAC_READ_SEARCH, by the descriptor", linkat(fd, "", AT_FDCWD, "d/mine", AT_EMPTY_PATH));
        unlink("d/mine");
    }
    close(fd);
    fd = must(open("d", O_TMPFILE | O_RDWR, 0600));
    if (strcmp(who, "user")) CHILD {
        must(chmod("d", 0777));
        must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); must(prctl(PR_SET_DUMPABLE, 1));
        show("another user by the descriptor", linkat(fd, "", AT_FDCWD, "d/other", AT_EMPTY_PATH));
        show("another user by /proc", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "d/other", AT_SYMLINK_FOLLOW));
        int own = must(open("d", O_TMPFILE | O_RDWR, 0600));
        show("own by the descriptor", linkat(own, "", AT_FDCWD, "d/own", AT_EMPTY_PATH));
        show_owner("  own", "d/own");
    }
    must(mkdir("m", 0755));
    must(mount("m", "m", "tmpfs", 0, NULL));
    show("to another mount", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "m/x", AT_SYMLINK_FOLLOW));
    close(fd);
    say("files that had a name");
    make_file("d/a", "", 0644); must(link("d/a", "d/b"));
    fd = must(open("d/a", O_RDWR));
    must(unlink("d/a"));
    say("  link %s", folded_link(fd));
    show("a deleted name, another is left, by /proc", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "d/c", AT_SYMLINK_FOLLOW));
    must(unlink("d/b"));
    show("  unlink", unlink("d/c"));
    show("none is left, by /proc", linkat(AT_FDCWD, format_path("/proc/self/fd/%d", fd), AT_FDCWD, "d/c", AT_SYMLINK_FOLLOW));
    show("none is left, by the descriptor", linkat(fd, "", AT_FDCWD, "d/c", AT_EMPTY_PATH));
    close(fd);
    say("places");
    must(mkdir("s", 02755)); must(chmod("s", 02755));
    if (strcmp(who, "user")) must(chown("s", -1, 7));
    fd = must(open("s", O_TMPFILE | O_RDWR, 02770));
    must(fstat(fd, &st));
    say("in a set-gid directory: mode %o, its group %d", st.st_mode, st.st_gid == (strcmp(who, "user") ? 7 : getegid()));
    close(fd);
    must(mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show("read-only mount", open("m", O_TMPFILE | O_RDWR, 0600));
    must(rmdir("s"));
    static const char *const types[] = {"ramfs", "devpts", "proc", "sysfs", "mqueue"};
    must(mkdir("t", 0755));
    for (int i = 0; i < 5; i++) {
        if (mount("t", "t", types[i], 0, NULL) == -1) { say("%s: mount %s", types[i], errno_text(errno)); continue; }
        ok(types[i], open("t", O_TMPFILE | O_RDWR, 0600));
        umount2("t", MNT_DETACH);
    }
}
int main(void) { as_each(CLONE_NEWIPC | CLONE_NEWNET, files); return 0; }
