// Rules:
// As: user root
// Writing memory through /proc/PID/mem: positions, access modes, vectors, and another process's memory.
#include "fixture.h"
#include <sys/uio.h>
static char target[65536], text[65536];
static long at(const void *place) { return (long)place; }
int main(void) {
    int both = must(open("/proc/self/mem", O_RDWR)), writes = must(open("/proc/self/mem", O_WRONLY));
    int reads = must(open("/proc/self/mem", O_RDONLY));
    char bytes[8] = "";
    show("access mode", fcntl(both, F_GETFL) & O_ACCMODE);
    show("access mode of the writer", fcntl(writes, F_GETFL) & O_ACCMODE);
    show("pwrite", pwrite(both, "abc", 3, at(target)));
    show("pread", pread(both, bytes, 3, at(target)));
    show_text("read back", bytes);
    show("seek", lseek(both, at(target), SEEK_SET) == at(target));
    show("write", write(both, "xyz", 3));
    show("by a copy", write(must(dup(both)), "+", 1));
    show("position", lseek(both, 0, SEEK_CUR) - at(target));
    show_text("memory", target);
    show("read write-only", pread(writes, bytes, 3, at(target)));
    show("write write-only", pwrite(writes, "q", 1, at(target)));
    show("seek write-only", lseek(writes, at(target + 1), SEEK_SET) == at(target + 1));
    show("write there", write(writes, "r", 1));
    show("write read-only", pwrite(reads, "q", 1, at(target)));
    show_text("memory", target);
    struct iovec vectors[2] = {{"12", 2}, {"34", 2}};
    show("pwritev", pwritev(both, vectors, 2, at(target)));
    show("writev", (lseek(both, at(target + 4), SEEK_SET), writev(both, vectors, 2)));
    show("pwritev2 at the position", pwritev2(both, vectors, 2, -1, 0));
    show("pwritev before the start", pwritev(both, vectors, 2, -1));
    show_text("memory", target);
    memset(text, 'B', sizeof text);
    struct iovec large = {text, sizeof text};
    show("many bytes", pwrite(both, text, 16383, at(target)));
    show("more", pwritev(both, &large, 1, at(target)));
    show("the last", target[sizeof target - 1]);
    show("nothing", pwrite(both, "", 0, at(target)));
    show("where nothing is", pwrite(both, "q", 1, 8));
    show("from where nothing is", pwrite(both, (void *)8, 1, at(target)));
    int to_child[2], from_child[2];
    must(pipe(to_child)), must(pipe(from_child));
    pid_t pid = must(fork());
    if (pid == 0) {
        must(write(from_child[1], "r", 1));
        must(read(to_child[0], bytes, 1));
        show("in the child", target[0]);
        fflush(stdout);
        _exit(0);
    }
    must(read(from_child[0], bytes, 1));
    int other = must(open(format_path("/proc/%d/mem", pid), O_RDWR));
    show("a child's memory", pwrite(other, "C", 1, at(target)));
    show("own memory", target[0]);
    must(write(to_child[1], "g", 1));
    reap(pid);
    show("a dead child's memory", pwrite(other, "C", 1, at(target)));
    return 0;
}
