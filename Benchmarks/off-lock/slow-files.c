// A file system behind a process (fuse(4)) whose every answer takes its time, as a network's may:
// slow-files DIRECTORY MILLISECONDS [COMMAND...] mounts it, runs the command and unmounts it again.
// It has the files file0 ... file999 with a line of text each, and links link0 ... to them.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int device;
static useconds_t delay;
static const char text[] = "#!/bin/sh\necho a program behind a process\n";
enum { count = 1000, firstLink = 10000 };

static struct fuse_attr attributes(uint64_t node) {
    struct fuse_attr attr = {.ino = node, .nlink = 1, .blksize = 4096};
    if (node == 1) {
        attr.mode = S_IFDIR | 0755;
        attr.nlink = 2;
    } else if (node >= firstLink) {
        attr.mode = S_IFLNK | 0777;
        attr.size = 8;
    } else {
        attr.mode = S_IFREG | 0755;
        attr.size = sizeof text - 1;
    }
    return attr;
}

static uint64_t nodeOf(const char *name) {
    unsigned number;
    if (sscanf(name, "file%u", &number) == 1 && number < count) return 10 + number;
    if (sscanf(name, "link%u", &number) == 1 && number < count) return firstLink + number;
    return 0;
}

static void reply(uint64_t unique, int error, const void *data, size_t size) {
    char buffer[65536 + sizeof(struct fuse_out_header)];
    struct fuse_out_header header = {.len = (uint32_t)(sizeof header + size), .error = -error, .unique = unique};
    memcpy(buffer, &header, sizeof header);
    if (size) memcpy(buffer + sizeof header, data, size);
    if (write(device, buffer, header.len) < 0 && errno != ENOENT) perror("reply");
}

static void list(const struct fuse_in_header *in, const struct fuse_read_in *read) {
    char buffer[32768];
    size_t used = 0;
    for (uint64_t i = read->offset; i < count; i++) {
        char name[32];
        int length = snprintf(name, sizeof name, "file%u", (unsigned)i);
        size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + (size_t)length);
        if (used + size > sizeof buffer || used + size > read->size) break;
        struct fuse_dirent *entry = (void *)(buffer + used);
        memset(entry, 0, size);
        entry->ino = 10 + i;
        entry->off = i + 1;
        entry->namelen = (uint32_t)length;
        entry->type = S_IFREG >> 12;
        memcpy(entry->name, name, (size_t)length);
        used += size;
    }
    reply(in->unique, 0, buffer, used);
}

static void *serve(void *request) {
    struct fuse_in_header *in = request;
    void *body = in + 1;
    if (in->opcode != FUSE_INIT && in->opcode != FUSE_FORGET && in->opcode != FUSE_RELEASE) usleep(delay);
    switch (in->opcode) {
    case FUSE_INIT: {
        struct fuse_init_out out = {.major = 7, .minor = 31, .max_write = 65536, .max_readahead = 65536};
        reply(in->unique, 0, &out, sizeof out);
        break;
    }
    case FUSE_LOOKUP: {
        struct fuse_entry_out out = {.nodeid = nodeOf(body)};
        if (!out.nodeid) {
            reply(in->unique, ENOENT, 0, 0);
            break;
        }
        out.attr = attributes(out.nodeid);
        reply(in->unique, 0, &out, sizeof out);
        break;
    }
    case FUSE_GETATTR: {
        struct fuse_attr_out out = {.attr = attributes(in->nodeid)};
        reply(in->unique, 0, &out, sizeof out);
        break;
    }
    case FUSE_READLINK: reply(in->unique, 0, "file0", 5); break;
    case FUSE_OPEN:
    case FUSE_OPENDIR: {
        struct fuse_open_out out = {.fh = in->nodeid};
        reply(in->unique, 0, &out, sizeof out);
        break;
    }
    case FUSE_READ: {
        struct fuse_read_in *read = body;
        size_t size = sizeof text - 1;
        size_t start = read->offset < size ? read->offset : size;
        reply(in->unique, 0, text + start, size - start);
        break;
    }
    case FUSE_READDIR: list(in, body); break;
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
    case FUSE_FLUSH: reply(in->unique, 0, 0, 0); break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET: break;
    default: reply(in->unique, ENOSYS, 0, 0);
    }
    free(request);
    return 0;
}

static void *serveAll(void *unused) {
    (void)unused;
    for (;;) {
        char *request = malloc(1 << 17);
        if (!request) return 0;
        ssize_t size = read(device, request, 1 << 17);
        if (size < 0 && errno == EINTR) {
            free(request);
            continue;
        }
        if (size < 0) return 0;
        pthread_t thread;
        if (pthread_create(&thread, 0, serve, request) == 0) pthread_detach(thread);
    }
}

int main(int argc, char **argv) {
    if (argc < 4) return fprintf(stderr, "usage: slow-files DIRECTORY MILLISECONDS COMMAND...\n"), 2;
    delay = (useconds_t)(atof(argv[2]) * 1000);
    device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (device < 0) return perror("/dev/fuse"), 77;
    char options[128];
    snprintf(options, sizeof options, "fd=%d,rootmode=40755,user_id=%d,group_id=%d,allow_other", device, getuid(), getgid());
    if (mount("slow-files", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0) return perror("mount"), 77;
    pthread_t thread;
    pthread_create(&thread, 0, serveAll, 0);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[3], argv + 3);
        perror(argv[3]);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    umount2(argv[1], MNT_DETACH);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
