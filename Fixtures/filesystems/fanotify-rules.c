// Rules:
// As: root user
// fanotify in a user namespace: which groups may be made, and what may be marked.
#include "../mountapi/api.h"
#include <sys/fanotify.h>
static void groups(void) {
    must(mkdir("d", 0755));
    must(mount("x", "d", "tmpfs", 0, NULL));
    int plain = ok("plain", fanotify_init(FAN_CLASS_NOTIF, O_RDONLY)), fid = ok("with file identities", fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
    ok("for content", fanotify_init(FAN_CLASS_CONTENT, O_RDONLY));
    ok("unlimited queue", fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_UNLIMITED_QUEUE, O_RDONLY));
    show("mark a directory", fanotify_mark(fid, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD, "d"));
    show("mark a mount", fanotify_mark(fid, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_MODIFY, AT_FDCWD, "d"));
    show("mark a file system", fanotify_mark(fid, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_MODIFY, AT_FDCWD, "d"));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        fid = ok("below: with file identities", fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
        show("mark the parent's mount", fanotify_mark(fid, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_MODIFY, AT_FDCWD, "d"));
        show("mark the parent's directory", fanotify_mark(fid, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD, "d"));
    }
}
int main(void) { as_each(0, groups); return 0; }
