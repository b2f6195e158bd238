// Steps on the files of the scratch directory, and exec.
#include "sequence.h"
#include <sys/stat.h>
#include <sys/xattr.h>

#define CAPABILITY "security.capability"

/// f0…f4 are plain files; then the copies of this program; then the directory itself and files made by steps.
void file_path(int index, char *out, size_t size) {
    if (index < FILES) snprintf(out, size, "%s/f%d", here.scratch, index);
    else if (index < FILES + COPIES) snprintf(out, size, "%s/program%d", here.scratch, index - FILES);
    else if (index == FILES + COPIES) snprintf(out, size, "%s/d", here.scratch);
    else snprintf(out, size, "%s/n%d", here.scratch, index - FILES - COPIES - 1);
}

void proc_path(int slot, const char *rest, char *out, size_t size) {
    if (slot < 0) snprintf(out, size, "/proc/self/%s", rest);
    else snprintf(out, size, "/proc/%d/%s", here.peers[slot].outer ? here.peers[slot].outer : ABSENT_PID, rest);
}

static void put_stat(struct text *out, const struct stat *st) {
    put(out, "%o %u:%u", st->st_mode, st->st_uid, st->st_gid);
}

static void run_self(const struct step *s, struct text *out) {
    char path[256], slot[32], scratch[232];
    if (s->a[0] < 0) snprintf(path, sizeof path, "%s/../program", here.scratch);
    else file_path((int)s->a[0], path, sizeof path);
    sprintf(slot, "FUZZ_SLOT=%d", here.slot);
    snprintf(scratch, sizeof scratch, "FUZZ_SCRATCH=%s", here.scratch);
    char *const arguments[] = { "sequence", "--task", NULL }, *const variables[] = { slot, scratch, NULL };
    long result;
    if (s->a[1]) {
        int fd = open(path, O_PATH | O_CLOEXEC);
        if (fd < 0) { put(out, "open %s", error_name(errno)); return; }
        result = syscall(SYS_execveat, fd, "", arguments, variables, AT_EMPTY_PATH);
        close(fd);
    } else result = syscall(SYS_execve, path, arguments, variables);
    put_result(out, result);
}

/// The attribute as written: revision 2 has two words of permitted and inheritable, revision 3 a root id too.
static void set_filecap(const struct step *s, struct text *out, const char *path) {
    uint64_t permitted = (uint64_t)s->a[1], inheritable = (uint64_t)s->a[2];
    int revision = (int)s->a[3];
    uint32_t data[6] = {
        (uint32_t)revision << 24 | (s->a[4] ? 1 : 0), (uint32_t)permitted, (uint32_t)inheritable,
        (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32), (uint32_t)s->a[5],
    };
    put_result(out, setxattr(path, CAPABILITY, data, revision == 3 ? 24 : revision == 2 ? 20 : 16, 0));
}

static void get_filecap(struct text *out, const char *path) {
    uint32_t data[16];
    ssize_t n = getxattr(path, CAPABILITY, data, sizeof data);
    if (n < 0) { put_result(out, n); return; }
    put(out, "%zd:", n);
    for (ssize_t i = 0; i < n / 4; i++) put(out, " %x", data[i]);
}

static void create(const struct step *s, struct text *out, const char *path) {
    struct stat st;
    int kind = (int)s->a[1];
    long result;
    if (kind == 0) {
        result = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, (int)s->a[2]);
        if (result >= 0) close((int)result);
    } else if (kind == 1) result = mkdir(path, (mode_t)s->a[2]);
    else if (kind == 2) result = mknod(path, S_IFIFO | (mode_t)s->a[2], 0);
    else result = mknod(path, S_IFCHR | (mode_t)s->a[2], kind == 3 ? 0 : 0x103);
    if (result < 0) { put_result(out, result); return; }
    if (stat(path, &st) < 0) put(out, "made, stat %s", error_name(errno)); else put_stat(out, &st);
}

bool do_files(const struct step *s, struct text *out) {
    char path[256];
    struct stat st;
    int fd;
    file_path((int)(s->a[0] < 0 ? 0 : s->a[0]), path, sizeof path);
    switch (s->op) {
    case OP_EXEC: run_self(s, out); return true;
    case OP_CHOWN: put_result(out, chown(path, (uid_t)s->a[1], (gid_t)s->a[2])); return true;
    case OP_CHMOD: put_result(out, chmod(path, (mode_t)s->a[1])); return true;
    case OP_STAT:
        if (stat(path, &st) < 0) put_result(out, -1); else put_stat(out, &st);
        return true;
    case OP_ACCESS: put_result(out, syscall(SYS_faccessat2, AT_FDCWD, path, (int)s->a[1], (int)s->a[2])); return true;
    case OP_OPEN:
        fd = open(path, (int)s->a[1] | O_CLOEXEC | O_NONBLOCK);
        put(out, "%s", fd < 0 ? error_name(errno) : "fd");
        if (fd >= 0 && s->a[2] && (s->a[1] & O_ACCMODE) != O_RDONLY) {
            ssize_t n = write(fd, "x", 1);
            put(out, " write %s", n < 0 ? error_name(errno) : "1");
        }
        if (fd >= 0) close(fd);
        return true;
    case OP_CREATE: create(s, out, path); return true;
    case OP_UNLINK: put_result(out, s->a[1] ? rmdir(path) : unlink(path)); return true;
    case OP_SET_FILECAP: set_filecap(s, out, path); return true;
    case OP_GET_FILECAP: get_filecap(out, path); return true;
    case OP_REMOVE_FILECAP: put_result(out, removexattr(path, CAPABILITY)); return true;
    default: return false;
    }
}
