// Rules: mount-not-mount-root mount-propagation-type mount-unknown-flags mount-without-type umount-not-mountpoint
// As: root user
// Which bits of the flags count, what becomes of the magic number, and which operation wins when several are asked for.
#include "mounts.h"
#define MGC 0xc0ed0000UL
static void bits(void) {
    static const int unknown[] = {22, 26, 27, 28, 29, 30};
    for (int i = 0; i < 6; i++) {
        show(format_path("bit %d", unknown[i]), mount("s", "d", "tmpfs", 1UL << unknown[i], NULL));
        show_flags("  ", "d");
        must(umount2("d", 0));
    }
    static const int refused[] = {31, 32, 33, 40, 63};
    for (int i = 0; i < 5; i++) show(format_path("bit %d", refused[i]), mount("s", "d", "tmpfs", 1UL << refused[i], NULL));
    show("bit 31 of a bind", mount("d", "e", NULL, MS_BIND | 1UL << 31, NULL));
    // Named flags that a new mount accepts and does not show.
    static const struct { const char *name; unsigned long flag; } unseen[] = {
        {"silent", MS_SILENT}, {"posixacl", MS_POSIXACL}, {"i_version", MS_I_VERSION}, {"kernmount", MS_KERNMOUNT}, {"active", 1UL << 30}, {"rec", MS_REC}};
    for (int i = 0; i < 6; i++) {
        show(unseen[i].name, mount("s", "d", "tmpfs", unseen[i].flag, NULL));
        show_flags("  ", "d");
        if (strcmp(unseen[i].name, "none")) umount2("d", 0);
    }
}
static void magic(void) {
    TRY(mount("s", "d", "tmpfs", MGC, NULL));
    TRY(umount2("d", 0));
    TRY(mount("s", "d", "tmpfs", MGC | MS_RDONLY, NULL));
    show_flags("  ", "d");
    TRY(umount2("d", 0));
    TRY(mount("d", "e", NULL, MGC | MS_BIND, NULL));
    TRY(mount(NULL, "e", NULL, MGC | MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
    show_flags("  ", "e");
    TRY(mount("d", "e", NULL, MGC | MS_BIND | MS_REC | MS_SILENT, NULL));
    TRY(umount2("e", 0));
    TRY(mount(NULL, "e", NULL, MGC | MS_PRIVATE, NULL));
    TRY(mount(NULL, "e", NULL, MGC | MS_SHARED, NULL));
    TRY(mount(NULL, "e", NULL, MGC | MS_SLAVE, NULL));
    TRY(mount(NULL, "e", NULL, MGC | MS_UNBINDABLE, NULL));
    TRY(umount2("e", 0));
    TRY(mount("s", "d", "tmpfs", MGC | MS_UNBINDABLE, NULL));
    TRY(mount("s", "d", "tmpfs", MGC | MS_STRICTATIME, NULL));
    TRY(mount("s", "d", "tmpfs", MGC | MS_LAZYTIME, NULL));
    TRY(mount("s", "d", "tmpfs", MGC | MS_RELATIME, NULL));
    TRY(umount2("d", 0));
    TRY(mount("s", "d", "tmpfs", 0xc0ee0000UL, NULL));
    TRY(mount("s", "d", "tmpfs", 0xc0ec0000UL, NULL));
    TRY(mount("s", "d", "tmpfs", 0x40ed0000UL, NULL));
    show_flags("  ", "d");
    umount2("d", 0);
}
static void winners(void) {
    tmpfs("m");
    file("m/f");
    mounts("before");
    TRY(mount("m", "e", NULL, MS_BIND | MS_SHARED, NULL));
    TRY(mount("m", "d", NULL, MS_BIND | MS_MOVE, NULL));
    mounts("BIND wins");
    TRY(mount(NULL, "e", NULL, MS_REMOUNT | MS_SHARED, NULL));
    TRY(mount(NULL, "e", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC | MS_SHARED | MS_MOVE, NULL));
    TRY(mount("m", "e", NULL, MS_REMOUNT | MS_MOVE | MS_NOSUID, NULL));
    mounts("REMOUNT wins");
    TRY(umount2("e", 0));
    TRY(umount2("d", 0));
    TRY(mount("m", "d", NULL, MS_SHARED | MS_MOVE, NULL));
    TRY(mount("m", "d", NULL, MS_MOVE | MS_RDONLY | MS_REC | MS_NOSUID, "nonsense"));
    mounts("MOVE changes nothing else");
    TRY(mount("d", "m", NULL, MS_MOVE, NULL));
    static const struct { const char *name; unsigned long flags; } types[] = {
        {"SHARED|REC|SILENT", MS_SHARED | MS_REC | MS_SILENT}, {"SHARED|RDONLY", MS_SHARED | MS_RDONLY}, {"PRIVATE|NOSUID", MS_PRIVATE | MS_NOSUID},
        {"PRIVATE|SHARED", MS_PRIVATE | MS_SHARED}, {"SLAVE|UNBINDABLE", MS_SLAVE | MS_UNBINDABLE}, {"SLAVE|STRICTATIME", MS_SLAVE | MS_STRICTATIME},
        {"UNBINDABLE|1<<30", MS_UNBINDABLE | 1UL << 30}, {"PRIVATE|POSIXACL", MS_PRIVATE | MS_POSIXACL}, {"all four", MS_SHARED | MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE},
        {"PRIVATE|REC", MS_PRIVATE | MS_REC}};
    for (int i = 0; i < 10; i++) show(types[i].name, mount(NULL, "m", NULL, types[i].flags, NULL));
    show("with a bad source and type for text", mount("missing", "m", "unknown", MS_SHARED, "data"));
    mounts("after types");
}
static void body(void) {
    dir("d"); dir("e");
    bits();
    magic();
    winners();
}
int main(void) { return in_worlds(0, body); }
