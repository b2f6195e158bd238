// Rules: directory-busy file-access-denied unlink-directory
// As: root user
// renameat2 and names: flags, whiteouts, mounts in between, and errors of neighbouring calls on a tmpfs.
#include "../mountapi/api.h"
enum { NOREPLACE = 1, EXCHANGE = 2, WHITEOUT = 4 };
static long move(const char *from, const char *to, unsigned flags) { return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags); }
static void kind(const char *path) {
    struct stat st;
    if (lstat(path, &st) == -1) say("  %s: %s", path, errno_text(errno));
    else say("  %s: %o%s", path, st.st_mode, S_ISCHR(st.st_mode) ? format_path(" device %u:%u", major(st.st_rdev), minor(st.st_rdev)) : "");
}
static void renames(void) {
    make_file("a", "a", 0644); make_file("b", "b", 0644); must(mkdir("d", 0755)); must(mkdir("e", 0755)); make_file("e/in", "", 0644); must(symlink("a", "l"));
    say("flags");
    show("8, missing", move("missing", "x", 8));
    show("NOREPLACE|EXCHANGE, missing", move("missing", "x", 3));
    show("WHITEOUT|EXCHANGE, missing", move("missing", "x", 6));
    show("NOREPLACE|WHITEOUT", move("missing", "x", 5));
    show("bad path, bad flags", move((char *)8, "x", 8));
    say("NOREPLACE");
    show("existing", move("a", "b", NOREPLACE));
    show("same name", move("a", "a", NOREPLACE));
    show("missing source", move("missing", "b", NOREPLACE));
    show("new", move("a", "c", NOREPLACE));
    show("directory onto a file", move("d", "b", NOREPLACE));
    must(rename("c", "a"));
    say("EXCHANGE");
    show("files", move("a", "b", EXCHANGE)); show_file("  a", "a");
    show("file and directory", move("a", "d", EXCHANGE)); kind("a"); kind("d");
    show("back", move("a", "d", EXCHANGE));
    show("with a link", move("l", "a", EXCHANGE)); kind("l"); kind("a");
    show("back", move("l", "a", EXCHANGE));
    show("with one that is not empty", move("d", "e", EXCHANGE)); kind("d/in");
    show("missing target", move("a", "missing", EXCHANGE));
    show("missing source", move("missing", "a", EXCHANGE));
    must(mkdir("d/sub", 0755));
    show("ancestor", move("d", "d/sub", EXCHANGE));
    show("descendant", move("d/sub", "d", EXCHANGE));
    show("itself", move("a", "a", EXCHANGE));
    say("WHITEOUT");
    show("file", move("a", "moved", WHITEOUT)); kind("a"); kind("moved");
    show("directory", move("e", "moved-dir", WHITEOUT)); kind("e"); kind("moved-dir");
    show("over another", move("moved", "b", WHITEOUT)); kind("moved"); kind("b");
    show("onto an existing with NOREPLACE", move("b", "moved-dir", WHITEOUT | NOREPLACE));
    show("to itself", move("b", "b", WHITEOUT)); kind("b");
    show("unlink of a whiteout", unlink("a"));
    CHILD {
        if (strcmp(who, "user")) { must(mkdir("free", 0777)); must(chmod("free", 0777)); must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); }
        else { must(mkdir("free", 0777)); must(caps_set(0, 0, 0)); }
        make_file("free/x", "", 0644);
        show("without capabilities", move("free/x", "free/y", WHITEOUT)); kind("free/x");
    }
    say("between mounts");
    must(mkdir("m", 0755)); must(mkdir("n", 0755));
    must(mount("m", "m", "tmpfs", 0, NULL));
    must(mount("d", "n", NULL, MS_BIND, NULL));
    make_file("f", "", 0644);
    show("another file system", move("f", "m/f", 0));
    show("missing source", move("missing", "m/f", 0));
    show("the same one by another mount", move("f", "n/f", 0));
    show("exchange", move("f", "n/in", EXCHANGE));
    show("noreplace, existing", move("f", "n/in", NOREPLACE));
    show("bad flags", move("f", "m/f", 8));
    show("link", link("f", "n/g"));
    show("link of what is missing", link("missing", "n/g"));
    show("a mount point", move("m", "other", 0));
    show("onto a mount point", ({ must(mkdir("empty", 0755)); move("empty", "m", 0); }));
    show("exchange with a mount point", move("empty", "m", EXCHANGE));
    show("a mount's root itself", move("m/.", "x", 0));
    show("rmdir of a mount point", rmdir("m"));
    make_file("point", "", 0644);
    must(mount("f", "point", NULL, MS_BIND, NULL));
    show("unlink of a mount point", unlink("point"));
    show("link of a mount point's name", link("point", "g"));
    say("others");
    show("O_CREAT|O_DIRECTORY", open("new", O_CREAT | O_DIRECTORY | O_RDWR, 0644));
    show("O_CREAT|O_DIRECTORY of a directory", open("d", O_CREAT | O_DIRECTORY | O_RDONLY, 0644));
    show("O_CREAT with a slash", open("new/", O_CREAT | O_RDWR, 0644));
    show("mkdir with a slash", mkdir("made/", 0755));
    show("mknod with a slash", mknod("node/", S_IFREG | 0600, 0));
    show("symlink with a slash", symlink("x", "link/"));
    show("unlink of a directory", unlink("d"));
    show("rmdir x/.", rmdir("d/."));
    show("rmdir x/..", rmdir("d/.."));
    show("rmdir .", rmdir("."));
    show("rmdir /", rmdir("/"));
    show("rename of .", rename(".", "x"));
    show("rename of ..", rename("..", "x"));
    show("rename to .", rename("d", "."));
    show("rename of d/.", rename("d/.", "x"));
    show("file over directory", rename("f", "d"));
    show("directory over file", rename("d", "f"));
    show("over one that is not empty", ({ must(mkdir("full", 0755)); make_file("full/in", "", 0600); rename("d", "full"); }));
    show("file with a slash", rename("f", "x/"));
    show("into itself", rename("full", "full/in2"));
    must(mkdir("full/dir", 0755));
    CHILD {
        if (strcmp(who, "user")) { must(setresgid(5, 5, 5)); must(setresuid(5, 5, 5)); } else { must(chmod("full", 0555)); must(caps_set(0, 0, 0)); }
        say("without permission");
        show("unlink", unlink("full/in"));
        show("unlink of a directory", unlink("full/dir"));
        show("rmdir", rmdir("full/dir"));
        show("rmdir of a file", rmdir("full/in"));
        show("rename", rename("full/in", "free/z"));
        show("rename over a directory", rename("free/y", "full/dir"));
        show("unlink of what is missing", unlink("full/none"));
        show("mkdir of what is there", mkdir("full/in", 0755));
    }
}
int main(void) { as_each(0, renames); return 0; }
