// Rules: file-device-on-nodev mount-option-unknown
// As: root
// Sources of a block type: nodes with and without a device behind them, on mounts with and without devices.
#include "mounts.h"
static void body(void) {
    dir("d");
    tmpfs("nodev");
    TRY(mknod("absent-major", S_IFBLK | 0600, makedev(4000, 0)));
    TRY(mknod("nodev/node", S_IFBLK | 0600, makedev(4000, 0)));
    must(mount(NULL, "nodev", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
    TRY(mount("absent-major", "d", "ext4", 0, NULL));
    TRY(mount("nodev/node", "d", "ext4", 0, NULL));
    TRY(mount("nodev/node", "d", "ext4", 0, "nonsense"));
}
int main(void) {
    in_world_of(ROOT, 0, body);
    return 0;
}
