// Rules: mount-unknown-flags
// As: root user
// statmount: the form of its request and buffer, and in which order they are refused.
#include "statmount.h"
static void arguments(void) {
    uint64_t id = mount_id(".");
#define ASK(label, size_, spare_, id_, param_, ns_, flags_) do { uint64_t request[520] = {(uint64_t)(spare_) << 32 | (uint32_t)(size_), id_, param_, ns_}; memset(status_room, 0, sizeof status_room); \
        show(label, statmount_(request, status_of, sizeof status_room, flags_)); } while (0)
    ASK("24 bytes", 24, 0, id, S_SB, 0, 0);
    ASK("32 bytes", 32, 0, id, S_SB, 0, 0);
    ASK("23 bytes", 23, 0, id, S_SB, 0, 0);
    ASK("0 bytes", 0, 0, id, S_SB, 0, 0);
    ASK("25 bytes", 25, 0, id, S_SB, 0, 0);
    ASK("31 bytes", 31, 0, id, S_SB, 0, 0);
    ASK("40 bytes", 40, 0, id, S_SB, 0, 0);
    ASK("4096 bytes", 4096, 0, id, S_SB, 0, 0);
    ASK("4097 bytes", 4097, 0, id, S_SB, 0, 0);
    ASK("spare", 24, 1, id, S_SB, 0, 0);
    ASK("flags", 24, 0, id, S_SB, 0, 1);
    ASK("flags and a bad size", 8, 1, id, S_SB, 0, 1);
    ASK("id 0", 24, 0, 0, S_SB, 0, 0);
    ASK("id 1", 24, 0, 1, S_SB, 0, 0);
    ASK("id 2^31", 24, 0, 1ULL << 31, S_SB, 0, 0);
    ASK("an unknown id", 24, 0, 1ULL << 60, S_SB, 0, 0);
    ASK("LSMT_ROOT", 24, 0, ~0ULL, S_SB, 0, 0);
    ASK("an unknown namespace", 32, 0, id, S_SB, 1ULL << 60, 0);
    ASK("its own namespace", 32, 0, id, S_SB, mnt_ns_id(must(ns_open(0, "mnt"))), 0);
    ASK("nothing asked", 24, 0, id, 0, 0, 0);
    say("  mask %llx", (unsigned long long)status_of->mask);
    ASK("unknown bits", 24, 0, id, 1ULL << 40 | S_TYPE, 0, 0);
    say("  mask %llx", (unsigned long long)status_of->mask);
    show("NULL request", statmount_(NULL, status_of, 512, 0));
    show("NULL buffer", statmount_((&(struct mount_request){24, 0, id, S_SB}), NULL, 512, 0));
    show("NULL buffer of no size", statmount_((&(struct mount_request){24, 0, id, S_SB}), NULL, 0, 0));
    say("room");
    static const unsigned sizes[] = {0, 4, 8, 16, 24, 100, 511, 512, 513, 520, 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        memset(status_room, 0xee, sizeof status_room);
        show(format_path("%u bytes, no text", sizes[i]), statmount_((&(struct mount_request){24, 0, id, S_SB | S_SUPPORTED}), status_of, sizes[i], 0));
        if (sizes[i] >= 4) say("  size %u", status_of->size);
        yes("  nothing beyond", (unsigned char)status_room[sizes[i]] == 0xee);
        memset(status_room, 0, sizeof status_room);
        show("  with text", statmount_((&(struct mount_request){24, 0, id, S_TYPE}), status_of, sizes[i], 0));
    }
    memset(status_room, 0, sizeof status_room);
    must(ask(id, S_TYPE));
    unsigned one = status_of->size;
    say("the type's text takes %u bytes and begins at %u", one - (unsigned)offsetof(struct mount_status, text), status_of->fs_type);
    must(ask(id, S_TYPE | S_SUBTYPE));
    say("an empty one %u more", status_of->size - one);
    must(ask(id, S_TYPE | S_UIDMAP | S_GIDMAP | S_SEC_ARRAY));
    say("three empty ones %u more", status_of->size - one);
}
int main(void) {
    as_each(0, arguments);
    if (geteuid() != 0) {
        uint64_t id = mount_id("/");
        show("an ordinary user", ask(id, S_TYPE));
    }
    return 0;
}
