// Every way to name a file by which a walk could leave the sandbox's tree: "..", symbolic links, the magic links of /proc,
// handles, descriptors of directories, names that change during the walk.
// Seconds: 2
// Alone: yes
#include "hostile.h"
#include <linux/openat2.h>
#include <dirent.h>

static void look(int base, const char *path) {
    char text[600];
    snprintf(text, sizeof text, "%s", path);
    int fd = openat(base, text, O_RDONLY | O_NONBLOCK);
    if (fd >= 0) {
        if (descriptor_tells(fd, arena.secret)) succeeded("read the host's file by %s", path);
        close(fd);
    }
    fd = openat(base, text, O_WRONLY | O_NONBLOCK);
    if (fd >= 0) write(fd, "written\n", 8), close(fd);
    struct open_how how = {.flags = O_RDWR, .resolve = random_word() & 0x3f};
    fd = syscall(SYS_openat2, base, text, &how, sizeof how);
    if (fd >= 0) {
        if (descriptor_tells(fd, arena.secret)) succeeded("read the host's file by openat2 of %s", path);
        close(fd);
    }
    struct stat st;
    if (fstatat(base, text, &st, 0) == 0 && S_ISREG(st.st_mode) && strstr(text, "denied") && st.st_size > 20)
        succeeded("sees the host's file by %s", path);
    round_done();
}

static void prefixes(void) {
    const char *starts[] = {
        "", "/..", "/../../../../../..", "/granted/../..", "/granted/../../../../..", "/proc/self/root", "/proc/1/root",
        "/proc/2/root", "/proc/thread-self/root", "/proc/self/cwd/../../../..", "/proc/self/task/1/root", "/proc/1/cwd",
        "/proc/self/fd/0/../../../..", "/proc/self/fd/63/..", "/proc/self/exe/..", "/proc/self/ns/mnt/..", "/dev/fd/0/..",
        "/tmp/../..", "/shared/../..", "/shared/swap/../../..", "/shared/planted/..", "//", "/./.././.", "/proc/self/map_files/..",
        "/proc/self/root/proc/self/root/proc/self/root", "/sys/../..", "/dev/shm/../../..",
    };
    char path[1024];
    for (unsigned i = 0; i < sizeof starts / sizeof *starts; i++) {
        snprintf(path, sizeof path, "%s%s", starts[i], denied_path);
        look(AT_FDCWD, path);
        snprintf(path, sizeof path, "%s/denied/file", starts[i]);
        look(AT_FDCWD, path);
        if (chroot(starts[i][0] ? starts[i] : "/") == 0) chroot("."), chdir("/");
    }
    look(AT_FDCWD, "/shared/planted"), look(AT_FDCWD, "/shared/link/file"), look(AT_FDCWD, "/shared/swap/file");
    const char *directories[] = {"/", "/granted", "/shared", "/tmp", "/proc/self/fd", "/proc", "/dev"};
    for (unsigned i = 0; i < sizeof directories / sizeof *directories; i++) {
        int base = open(directories[i], O_RDONLY | O_DIRECTORY), handle = open(directories[i], O_PATH);
        for (int depth = 0; depth < 6; depth++) {
            char up[600] = "";
            for (int d = 0; d < depth; d++) strcat(up, "../");
            strcat(up, denied_path + 1);
            look(base, up), look(handle, up);
        }
        look(base, "denied/file"), look(base, "../denied/file");
        fchdir(handle);
        look(AT_FDCWD, "../denied/file");
        chdir("/");
        close(base), close(handle);
    }
}

/// What stands behind the numbers that the sentry uses for itself.
static void strange_descriptors(void) {
    char path[128];
    for (int fd = 0; fd < 160; fd++) {
        const char *ways[] = {"/proc/self/fd/%d", "/proc/self/fd/%d/", "/proc/1/fd/%d", "/proc/self/fdinfo/%d"};
        for (int way = 0; way < 4; way++) {
            snprintf(path, sizeof path, ways[way], fd);
            char target[512];
            ssize_t n = readlink(path, target, sizeof target - 1);
            if (n > 0) {
                target[n] = 0;
                if (strstr(target, arena.dir)) succeeded("%s is a host path: %s", path, target);
            }
        }
        if (fcntl(fd, F_GETFD) < 0) {
            look(fd, "../../../../../../etc/hostname"), look(fd, "");
            snprintf(path, sizeof path, "../../../../../..%.100s", denied_path);
            look(fd, path);
        }
    }
}

static void handles(void) {
    struct { struct file_handle head; unsigned char bytes[128]; } handle;
    int mount, base = open("/granted", O_RDONLY | O_DIRECTORY);
    handle.head.handle_bytes = 128;
    if (name_to_handle_at(AT_FDCWD, "/granted/file", &handle.head, &mount, 0) == 0) {
        for (int i = 0; i < 200; i++) {
            handle.bytes[random_word() % handle.head.handle_bytes] ^= 1 << random_word() % 8;
            int fd = open_by_handle_at(base, &handle.head, O_RDWR);
            if (fd >= 0) {
                if (descriptor_tells(fd, arena.secret)) succeeded("guessed a file handle");
                close(fd);
            }
        }
    }
    // The root directory's inode of an ordinary file system is 2.
    for (int type = 1; type < 8; type++) {
        memset(&handle, 0, sizeof handle);
        handle.head.handle_bytes = 8, handle.head.handle_type = type;
        handle.bytes[0] = 2;
        int fd = open_by_handle_at(base, &handle.head, O_RDONLY | O_DIRECTORY);
        if (fd >= 0) look(fd, denied_path + 1);
    }
    close(base);
}

/// Links of the guest's own, in its private tree and in the writable grant.
static void links(void) {
    const char *places[] = {"/tmp/a-link", "/shared/a-link", "/granted/a-link"};
    for (int i = 0; i < 3; i++) {
        char target[700], below[700];
        for (int form = 0; form < 3; form++) {
            unlink(places[i]);
            const char *forms[] = {"%s", "../../../../../../..%s", "/proc/self/root%s"};
            snprintf(target, sizeof target, forms[form], arena.dir);
            if (symlink(target, places[i]) != 0) continue;
            snprintf(below, sizeof below, "%s/denied/file", places[i]);
            look(AT_FDCWD, below);
            link(places[i], "/shared/hard");
            mkdir(below, 0777);
            rename("/shared/file", below);
            rename(below, "/shared/file");
        }
        unlink(places[i]);
    }
    link(denied_path, "/shared/hard"), link("/granted/file", "/shared/hard"), link("/proc/self/exe", "/shared/hard2");
    linkat(AT_FDCWD, "/proc/self/fd/0", AT_FDCWD, "/shared/hard3", AT_SYMLINK_FOLLOW);
    int granted = open("/granted/file", O_RDONLY);
    linkat(granted, "", AT_FDCWD, "/shared/hard4", AT_EMPTY_PATH);
    int fd = open("/shared/hard4", O_RDWR);
    if (fd >= 0 && descriptor_tells(fd, "granted")) write(fd, "written\n", 8);
    unlink("/shared/hard"), unlink("/shared/hard2"), unlink("/shared/hard3"), unlink("/shared/hard4");
    rename("/granted/file", "/shared/moved"), rename("/shared/swap", "/granted/swap"), unlink("/granted/file");
    rmdir("/granted");
}

/// A directory that is now a directory and now a link, in the writable grant.
static void swapper(void) {
    mkdir("/shared/mine", 0777);
    close(open("/shared/mine/file", O_CREAT | O_WRONLY, 0666));
    symlink(host_path("denied"), "/shared/mine-link");
    while (1) syscall(SYS_renameat2, AT_FDCWD, "/shared/mine", AT_FDCWD, "/shared/mine-link", 2);
}

static void attack(void) {
    prefixes(), strange_descriptors(), handles(), links();
    helper(swapper);
    while (left() > 0) {
        look(AT_FDCWD, "/shared/mine/file");
        int fd = open("/shared/mine/made", O_CREAT | O_WRONLY, 0666);
        if (fd >= 0) close(fd);
        truncate("/shared/mine/file", 3), chmod("/shared/mine/file", 0600), unlink("/shared/mine/made");
        rename("/shared/mine/file", "/shared/mine/file2"), rename("/shared/mine/file2", "/shared/mine/file");
        look(AT_FDCWD, "/shared/planted");
    }
}
