// Rules:
// As: root user
// While open of a FIFO waits: path, name, mode and limits change, others open with O_NONBLOCK, signals come.
#include "waiting.h"
static char *path;
/// "pipe" and "alias" are one FIFO, so that its other end can be opened whatever becomes of the first name.
static void start(void) {
    for (const char **n = (const char *[]){"pipe", "alias", "second", "moved", NULL}; *n; n++) unlink(*n);
    must(mkfifo("pipe", 0600));
    must(link("pipe", "alias"));
    must(mkfifo("second", 0600));
    path = a_page();
    strcpy(path, "pipe");
}
static int open_end(const char *label, const char *name, int flags) {
    int fd = open(name, flags | O_NONBLOCK);
    if (fd == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: open", label);
    return fd;
}
static int end(const char *label, struct waiter *w) {
    int fd = done_within(w, 1000) ? (int)w->result : -1;
    if (fd >= 0) say("%s: open", label);
    else if (is_done(w)) say("%s: -1 %s", label, errno_text(w->error));
    else { say("%s: waits for ever", label); _exit(0); }
    return fd;
}
/// Whether a byte goes from the one end to the other.
static void passes(int write_end, int read_end) {
    char byte = 0;
    fcntl(read_end, F_SETFL, O_NONBLOCK);
    if (write(write_end, "x", 1) == 1 && read(read_end, &byte, 1) == 1 && byte == 'x') say("a byte passes");
    else say("no byte passes: %s", errno_text(errno));
}
#define OPEN(flags) begin(SYS_openat, (long)AT_FDCWD, path, (long)(flags), 0L)
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = false)
static void names(void) {
    CASE("the path is changed") {
        struct waiter *w = OPEN(O_WRONLY);
        strcpy(path, "second");
        int fd = open_end("the second", "second", O_RDONLY);
        waits("changed", w);
        int reader = open_end("the first", "alias", O_RDONLY);
        passes(end("open", w), reader);
    }
    CASE("the path is unmapped") {
        struct waiter *w = OPEN(O_RDONLY);
        take_away(path);
        int writer = open_end("the first", "alias", O_WRONLY);
        passes(writer, end("open", w));
    }
    CASE("the name is unlinked and made again") {
        struct waiter *w = OPEN(O_WRONLY);
        must(unlink("pipe"));
        must(mkfifo("pipe", 0600));
        int fd = open_end("the new one", "pipe", O_RDONLY);
        waits("unlinked", w);
        int reader = open_end("the first", "alias", O_RDONLY);
        passes(end("open", w), reader);
    }
    CASE("the name is moved") {
        struct waiter *w = OPEN(O_RDONLY);
        must(rename("pipe", "moved"));
        must(rename("second", "pipe"));
        say("the second: %s", open("pipe", O_WRONLY | O_NONBLOCK) == -1 ? errno_text(errno) : "open");
        int writer = open_end("moved", "moved", O_WRONLY);
        int fd = end("open", w);
        passes(writer, fd);
        char target[64] = "";
        if (readlink(format_path("/proc/self/fd/%d", fd), target, 63) > 0) say("its name: %s", strrchr(target, '/') + 1);
    }
    CASE("the mode is changed") {
        struct waiter *w = OPEN(O_RDONLY);
        must(chmod("pipe", 0200));
        int writer = open_end("writer", "alias", O_WRONLY);
        passes(writer, end("open", w));
    }
    CASE("the directory is another") {
        must(mkdir("d", 0700));
        must(mkfifo("d/pipe", 0600));
        must(mkdir("e", 0700));
        must(mkfifo("e/pipe", 0600));
        int d = must(open("d", O_PATH | O_DIRECTORY)), e = must(open("e", O_PATH | O_DIRECTORY));
        struct waiter *w = begin(SYS_openat, d, path, (long)O_RDONLY, 0L);
        must(dup2(e, d));
        must(chdir("e"));
        say("the other: %s", open("pipe", O_WRONLY | O_NONBLOCK) == -1 ? errno_text(errno) : "open");
        int writer = open_end("the first", "../d/pipe", O_WRONLY);
        passes(writer, end("open", w));
        must(chdir(".."));
        for (const char **n = (const char *[]){"d/pipe", "e/pipe", NULL}; *n; n++) unlink(*n);
        rmdir("d");
        rmdir("e");
    }
}
static void others(void) {
    CASE("a writer that does not wait") {
        open_end("without a reader", "pipe", O_WRONLY);
        struct waiter *w = OPEN(O_RDONLY);
        int fd = open_end("with a waiting reader", "pipe", O_WRONLY);
        passes(fd, end("open", w));
    }
    CASE("one that opens and is gone") {
        struct waiter *w = OPEN(O_RDONLY);
        must(close(open_end("writer", "pipe", O_WRONLY)));
        int fd = end("open", w);
        char byte;
        show("read", read(fd, &byte, 1));
    }
    CASE("one that opens, writes and is gone") {
        struct waiter *w = OPEN(O_RDONLY);
        int writer = open_end("writer", "pipe", O_WRONLY);
        show("write", write(writer, "hello", 5));
        must(close(writer));
        int fd = end("open", w);
        char bytes[8];
        show("read", read(fd, bytes, 8));
        show("then", read(fd, bytes, 8));
    }
    CASE("a reader that opens and is gone") {
        struct waiter *w = OPEN(O_WRONLY);
        must(close(open_end("reader", "pipe", O_RDONLY)));
        int fd = end("open", w);
        signal(SIGPIPE, SIG_IGN);
        show("write", write(fd, "x", 1));
    }
    CASE("one that reads and writes") {
        struct waiter *r = OPEN(O_RDONLY);
        int fd = open_end("both", "pipe", O_RDWR);
        passes(fd, end("the reader", r));
    }
    CASE("several wait") {
        struct waiter *a = OPEN(O_RDONLY), *b = OPEN(O_RDONLY), *c = begin(SYS_openat, (long)AT_FDCWD, "second", (long)O_WRONLY);
        int writer = open_end("writer", "pipe", O_WRONLY);
        end("first", a);
        end("second", b);
        waits("at the other FIFO", c);
        open_end("reader", "second", O_RDONLY);
        end("the other FIFO", c);
    }
    CASE("both wait for each other") {
        struct waiter *a = OPEN(O_RDONLY), *b = OPEN(O_WRONLY);
        int reader = end("reader", a);
        passes(end("writer", b), reader);
    }
    CASE("a second writer does not wake a writer") {
        struct waiter *a = OPEN(O_WRONLY), *b = OPEN(O_WRONLY);
        waits("first", a);
        waits("second", b);
        int reader = open_end("reader", "pipe", O_RDONLY);
        end("first", a);
        end("second", b);
    }
}
static void numbers_and_signals(void) {
    CASE("the number is taken at the start") {
        int low = must(dup(1));
        close(low);
        struct waiter *w = OPEN(O_RDONLY);
        int next = must(dup(1));
        show("one number is missing", next - low);
        show("dup2 on it", dup2(1, low));
        show("close it", close(low));
        must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){low, 4096}));
        waits("the limit is lowered", w);
        show("another", dup(1));
        pid_t writer;
        SPAWN(writer) {
            must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){100, 4096}));
            must(close(open_end("writer", "pipe", O_WRONLY)));
        }
        show("open", end("open", w) - low);
        reap(writer);
    }
    CASE("signals") {
        struct waiter *w = OPEN(O_RDONLY);
        interrupt(w, 0);
        end("plain", w);
        open_end("the other side then", "pipe", O_WRONLY);
        w = OPEN(O_WRONLY);
        interrupt(w, SA_RESTART);
        waits("SA_RESTART", w);
        must(unlink("pipe"));
        must(mkfifo("pipe", 0600));
        waits("made again", w);
        interrupt(w, SA_RESTART);
        int reader = open_end("the new one", "pipe", O_RDONLY);
        passes(end("the restarted call looks for the name again", w), reader);
    }
    CASE("a restart finds nothing") {
        struct waiter *w = OPEN(O_WRONLY);
        must(unlink("pipe"));
        interrupt(w, SA_RESTART);
        end("unlinked", w);
        strcpy(path, "alias");
        w = OPEN(O_WRONLY);
        take_away(path);
        interrupt(w, SA_RESTART);
        end("unmapped", w);
    }
}
int main(void) {
    names();
    others();
    numbers_and_signals();
    return 0;
}
