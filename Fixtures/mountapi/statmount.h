// What statmount(2) and listmount(2) are given and give, and printing of it with numbers folded.
#pragma once
#include "api.h"
struct mount_request { uint32_t size, spare; uint64_t id, param, ns_id; };
struct mount_status {
    uint32_t size, opts;
    uint64_t mask;
    uint32_t dev_major, dev_minor;
    uint64_t magic;
    uint32_t sb_flags, fs_type;
    uint64_t id, parent;
    uint32_t old_id, old_parent;
    uint64_t attr, propagation, peer_group, master, propagate_from;
    uint32_t root, point;
    uint64_t ns_id;
    uint32_t fs_subtype, sb_source, opt_num, opt_array, opt_sec_num, opt_sec_array;
    uint64_t supported;
    uint32_t uidmap_num, uidmap, gidmap_num, gidmap;
    uint64_t spare[43];
    char text[];
};
enum { S_SB = 1, S_MOUNT = 2, S_FROM = 4, S_ROOT = 8, S_POINT = 0x10, S_TYPE = 0x20, S_NS = 0x40, S_OPTS = 0x80, S_SUBTYPE = 0x100, S_SOURCE = 0x200,
       S_OPT_ARRAY = 0x400, S_SEC_ARRAY = 0x800, S_SUPPORTED = 0x1000, S_UIDMAP = 0x2000, S_GIDMAP = 0x4000, S_ALL = 0x7fff };
static char status_room[8192];
static struct mount_status *const status_of = (struct mount_status *)status_room;
static inline long ask(uint64_t id, uint64_t mask) {
    memset(status_room, 0, sizeof status_room);
    return statmount_((&(struct mount_request){24, 0, id, mask}), status_of, sizeof status_room, 0);
}
static inline void show_array(const char *label, unsigned count, unsigned at) {
    char line[1024] = "";
    const char *text = status_of->text + at;
    for (unsigned i = 0; i < count; i++, text += strlen(text) + 1) sprintf(line + strlen(line), " [%s]", text);
    say("  %s: %u%s", label, count, line);
}
/// Prints what is known of a mount.
static inline void show_status(const char *label, uint64_t id, uint64_t mask) {
    if (show(label, ask(id, mask)) == -1) return;
    uint64_t got = status_of->mask;
    say("  mask %llx", (unsigned long long)got);
    if (got & S_SB) say("  magic %llx, sb flags %x", (unsigned long long)status_of->magic, status_of->sb_flags);
    if (got & S_MOUNT) {
        yes("  its own number", status_of->id == id);
        say("  attr %llx propagation %llx, peers %s, master %s", (unsigned long long)status_of->attr, (unsigned long long)status_of->propagation,
            status_of->peer_group ? "some" : "none", status_of->master ? "some" : "none");
    }
    if (got & S_FROM) say("  propagates from %s", status_of->propagate_from ? status_of->propagate_from == status_of->master ? "its master" : "another" : "none");
    if (got & S_ROOT) say("  root [%s]", below_world(status_of->text + status_of->root));
    if (got & S_POINT) say("  point [%s]", below_world(status_of->text + status_of->point));
    if (got & S_TYPE) say("  type [%s]", status_of->text + status_of->fs_type);
    if (got & S_OPTS) say("  opts [%s]", status_of->text + status_of->opts);
    if (got & S_SUBTYPE) say("  subtype [%s]", status_of->text + status_of->fs_subtype);
    if (got & S_SOURCE) say("  source [%s]", status_of->text + status_of->sb_source);
    if (got & S_OPT_ARRAY) show_array("options", status_of->opt_num, status_of->opt_array);
    if (got & S_SEC_ARRAY) show_array("security options", status_of->opt_sec_num, status_of->opt_sec_array);
    if (got & S_SUPPORTED) say("  supported %llx", (unsigned long long)status_of->supported);
    if (got & S_UIDMAP) show_array("uid map", status_of->uidmap_num, status_of->uidmap);
    if (got & S_GIDMAP) show_array("gid map", status_of->gidmap_num, status_of->gidmap);
}
/// The 64-bit number of a mount namespace (NS_MNT_GET_INFO).
static inline uint64_t mnt_ns_id(int fd) {
    struct { uint32_t size, count; uint64_t id; } info = {0};
    return ioctl(fd, _IOR(0xb7, 10, info), &info) == -1 ? 0 : info.id;
}
