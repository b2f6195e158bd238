// Rules: file-owner-unmapped-write
// As: root user
// binfmt_misc in a user namespace, of which each has its own: its files, and what is no line for a program's format.
#include "../mountapi/api.h"
static void try_line(const char *label, const char *text) { show_put(label, "d/register", text); }
static void texts(void) {
    if (is_init()) return;
    must(mkdir("d", 0755));
    must(mount("x", "d", "binfmt_misc", 0, NULL));
    show_owner("root", "d");
    show_owner("status", "d/status");
    show_owner("register", "d/register");
    struct statfs fs;
    must(statfs("d", &fs));
    say("type %lx", (long)fs.f_type);
    show_file("status", "d/status");
    static const char *const words[] = {"0", "1\n", "0\n", "1", "2", "x", "-2", "01", "1\n\n", " 1", ""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        show_put(format_path("status '%.*s'", (int)strcspn(words[i], "\n"), words[i]), "d/status", words[i]);
        show_file("  is", "d/status");
    }
    try_line("a short line", ":a:M::b::");
    try_line("nothing", "");
    static char text[4096];
    memset(text, ':', 1921);
    try_line("a long line", text);
    show("create", open("d/file", O_CREAT | O_RDWR, 0644));
    TRY(mkdir("d/directory", 0755));
    TRY(symlink("x", "d/link"));
    TRY(mknod("d/node", S_IFIFO | 0644, 0));
    TRY(link("d/status", "d/hard"));
    TRY(rename("d/status", "d/other"));
    TRY(unlink("d/status"));
    TRY(unlink("d/register"));
    TRY(rmdir("d/status"));
    TRY(chmod("d/status", 0600));
    show_owner("status", "d/status");
    must(put("d/status", "0"));
    must(umount("d"));
    must(mount("x", "d", "binfmt_misc", 0, NULL));
    show_file("mounted again", "d/status");
    USERNS_CHILD(CLONE_NEWNS, "0 0 1", NULL) {
        show_file("the outer one's", "d/status");
        show_put("  changed", "d/status", "1");
        must(mount("x", "d", "binfmt_misc", 0, NULL));
        show_file("its own", "d/status");
        show_put("  changed", "d/status", "1");
    }
    show_file("the outer one's", "d/status");
}
int main(void) { as_each(ALL_NEW, texts); return 0; }
