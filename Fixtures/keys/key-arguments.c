// Rules: key-no-authority key-permission key-type-reserved keyring-name-reserved
// As: root user
// Arguments of add_key, request_key and keyctl that are wrong, and which fault is told first.
#include "../common/keys.h"

static const char long_text[5000] = {[0 ... 4998] = 'x'};
static char *const bad = (char *)8;

static void adding(void) {
    show("type null", add_key(NULL, "fx:a", "x", SESSION));
    show("type bad pointer", syscall(SYS_add_key, bad, "fx:a", "x", 1, SESSION));
    show("type empty", add_key("", "fx:a", "x", SESSION));
    show("type of 31 bytes", add_key(long_text + 4999 - 31, "fx:a", "x", SESSION));
    show("type of 32 bytes", add_key(long_text + 4999 - 32, "fx:a", "x", SESSION));
    show("type unknown", add_key("nothing", "fx:a", "x", SESSION));
    show("type big_key", add_key("big_key", "fx:a", "x", SESSION));
    show("type of the kernel", add_key(".user", "fx:a", "x", SESSION));
    show("type of the kernel, bad description", syscall(SYS_add_key, ".user", bad, "x", 1, SESSION));
    show("description null", add_key("user", NULL, "x", SESSION));
    show("description empty", add_key("user", "", "x", SESSION));
    show("description bad pointer", syscall(SYS_add_key, "user", bad, "x", 1, SESSION));
    ok("description of 4095 bytes", add_key("user", long_text + 4999 - 4095, "x", SESSION));
    show("description of 4096 bytes", add_key("user", long_text + 4999 - 4096, "x", SESSION));
    show("keyring with a dot", add_key("keyring", ".fx", NULL, SESSION));
    ok("user key with a dot", add_key("user", ".fx", "x", SESSION));
    show("type that starts as keyring, with a dot", add_key("keyrings", ".fx", NULL, SESSION));
    show("payload null", syscall(SYS_add_key, "user", "fx:a", NULL, 1, SESSION));
    show("payload bad pointer, type unknown", syscall(SYS_add_key, "nothing", "fx:a", bad, 1, SESSION));
    show("payload empty", add_key("user", "fx:a", "", SESSION));
    show("keyring with a payload", add_key("keyring", "fx:a", "x", SESSION));
    char *large = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    show("payload of 32768 bytes", syscall(SYS_add_key, "user", "fx:a", large, 32768, SESSION));
    show("payload of 1 MiB - 1", syscall(SYS_add_key, "user", "fx:a", large, (1 << 20) - 1, SESSION));
    show("payload of 1 MiB, type null", syscall(SYS_add_key, NULL, "fx:a", large, 1 << 20, SESSION));
    show("logon without a colon", add_key("logon", "fx", "x", SESSION));
    show("logon that starts with a colon", add_key("logon", ":fx", "x", SESSION));
    ok("logon", add_key("logon", "fx:logon", "x", SESSION));
    int key = new_key("fx:plain", SESSION);
    show("keyring 0", add_key("user", "fx:a", "x", 0));
    show("keyring -6", add_key("user", "fx:a", "x", GROUP));
    show("keyring -7", add_key("user", "fx:a", "x", -7));
    show("keyring -8", add_key("user", "fx:a", "x", -8));
    show("keyring -9", add_key("user", "fx:a", "x", -9));
    show("keyring that is a key", add_key("user", "fx:a", "x", key));
    show("unknown type in keyring 0", add_key("nothing", "fx:a", "x", 0));
    show("unknown type in a key", add_key("nothing", "fx:a", "x", key));
}

static void requesting(void) {
    show("request type null", syscall(SYS_request_key, NULL, "fx:a", NULL, 0));
    show("request description null", syscall(SYS_request_key, "user", NULL, NULL, 0));
    show("request information bad", syscall(SYS_request_key, "user", "fx:a", bad, 0));
    show("request information long", syscall(SYS_request_key, "user", "fx:a", long_text, 0));
    show("request type of the kernel", syscall(SYS_request_key, ".user", "fx:a", NULL, 0));
    show("request type unknown", syscall(SYS_request_key, "nothing", "fx:a", NULL, 0));
    show("request into -9", syscall(SYS_request_key, "user", "fx:plain", NULL, -9));
    show("request missing", syscall(SYS_request_key, "user", "fx:missing", NULL, 0));
    ok("request", syscall(SYS_request_key, "user", "fx:plain", NULL, 0));
    show("request into a key", syscall(SYS_request_key, "user", "fx:plain", NULL, search_key(SESSION, "user", "fx:plain")));
}

static void controlling(void) {
    int key = search_key(SESSION, "user", "fx:plain");
    show("operation -1", keyctl(-1));
    show("operation 33", keyctl(33));
    show("operation 1000", keyctl(1000));
    show("Diffie-Hellman", keyctl(23, 0, 0, 0, 0));
    show("id of nothing", keyctl(KEYCTL_GET_KEYRING_ID, 0, 0));
    show("id of group", keyctl(KEYCTL_GET_KEYRING_ID, GROUP, 1));
    show("id of thread, not made", keyctl(KEYCTL_GET_KEYRING_ID, THREAD, 0));
    show("id of process, not made", keyctl(KEYCTL_GET_KEYRING_ID, PROCESS, 0));
    show("join a keyring with a dot", keyctl(KEYCTL_JOIN_SESSION_KEYRING, ".fx"));
    show("join without a name", keyctl(KEYCTL_JOIN_SESSION_KEYRING, ""));
    show("join bad pointer", keyctl(KEYCTL_JOIN_SESSION_KEYRING, bad));
    show("join long name", keyctl(KEYCTL_JOIN_SESSION_KEYRING, long_text));
    show("update with 4097 bytes", keyctl(KEYCTL_UPDATE, key, long_text, 4097));
    show("update with 4097 bytes of 0", keyctl(KEYCTL_UPDATE, 0, long_text, 4097));
    show("update bad pointer", keyctl(KEYCTL_UPDATE, key, bad, 1));
    show("update with nothing", keyctl(KEYCTL_UPDATE, key, NULL, 0));
    show("update keyring", keyctl(KEYCTL_UPDATE, SESSION, NULL, 0));
    show("update keyring with something", keyctl(KEYCTL_UPDATE, SESSION, "x", 1));
    show("setperm unknown bits", keyctl(KEYCTL_SETPERM, 0, 0x40000000));
    show("setperm of 0", keyctl(KEYCTL_SETPERM, 0, 0x3f000000));
    show("chown of 0, nothing", keyctl(KEYCTL_CHOWN, 0, -1, -1));
    show("describe 0", keyctl(KEYCTL_DESCRIBE, 0, NULL, 0));
    yes("describe tells the length", keyctl(KEYCTL_DESCRIBE, key, NULL, 0) == keyctl(KEYCTL_DESCRIBE, key, bad, 3));
    show("describe bad pointer", keyctl(KEYCTL_DESCRIBE, key, bad, 100));
    show("clear a key", keyctl(KEYCTL_CLEAR, key));
    show("link into a key", keyctl(KEYCTL_LINK, key, key));
    show("link nothing", keyctl(KEYCTL_LINK, 0, SESSION));
    show("unlink from a key", keyctl(KEYCTL_UNLINK, key, key));
    show("unlink nothing", keyctl(KEYCTL_UNLINK, 0, SESSION));
    show("unlink what is not linked", keyctl(KEYCTL_UNLINK, SESSION, SESSION));
    show("search in a key", keyctl(KEYCTL_SEARCH, key, "user", "fx:plain", 0));
    show("search in nothing, type null", keyctl(KEYCTL_SEARCH, 0, NULL, "fx:plain", 0));
    show("search type unknown", keyctl(KEYCTL_SEARCH, SESSION, "nothing", "fx:plain", 0));
    show("search type of the kernel", keyctl(KEYCTL_SEARCH, SESSION, ".user", "fx:plain", 0));
    show("search missing", keyctl(KEYCTL_SEARCH, SESSION, "user", "fx:missing", 0));
    show("search into a key", keyctl(KEYCTL_SEARCH, SESSION, "user", "fx:plain", key));
    show("read 0", keyctl(KEYCTL_READ, 0, NULL, 0));
    show("read -9", keyctl(KEYCTL_READ, -9, NULL, 0));
    show("read length", keyctl(KEYCTL_READ, key, NULL, 100));
    show("read bad pointer", keyctl(KEYCTL_READ, key, bad, 100));
    show("read bad pointer, too short", keyctl(KEYCTL_READ, key, bad, 1));
    int32_t links[64];
    show("read keyring, odd length", keyctl(KEYCTL_READ, SESSION, links, 5));
    show("read keyring, odd length above a page", keyctl(KEYCTL_READ, SESSION, NULL, 4097));
    show("read logon", keyctl(KEYCTL_READ, search_key(SESSION, "logon", "fx:logon"), NULL, 0));
    show("instantiate", keyctl(KEYCTL_INSTANTIATE, key, "x", 1, 0));
    show("instantiate with 1 MiB", keyctl(KEYCTL_INSTANTIATE, key, long_text, 1 << 20, 0));
    struct iovec parts[2] = {{"x", 1}, {"y", 1}};
    show("instantiate from parts", keyctl(KEYCTL_INSTANTIATE_IOV, key, parts, 2, 0));
    show("instantiate from 1025 parts", keyctl(KEYCTL_INSTANTIATE_IOV, key, parts, 1025, 0));
    show("instantiate from no parts", keyctl(KEYCTL_INSTANTIATE_IOV, key, NULL, 1025, 0));
    show("negate", keyctl(KEYCTL_NEGATE, key, 1, 0));
    show("reject", keyctl(KEYCTL_REJECT, key, 1, EKEYREJECTED, 0));
    show("reject without error", keyctl(KEYCTL_REJECT, key, 1, 0, 0));
    show("reject with a restart", keyctl(KEYCTL_REJECT, key, 1, 512, 0));
    show("reject with 4095", keyctl(KEYCTL_REJECT, key, 1, 4095, 0));
    show("authority -1", keyctl(KEYCTL_ASSUME_AUTHORITY, -1));
    show("authority 0", keyctl(KEYCTL_ASSUME_AUTHORITY, 0));
    show("authority of a key", keyctl(KEYCTL_ASSUME_AUTHORITY, key));
    show("set_timeout 0", keyctl(KEYCTL_SET_TIMEOUT, 0, 10));
    show("security", keyctl(KEYCTL_GET_SECURITY, key, NULL, 0));
    show("security bad pointer", keyctl(KEYCTL_GET_SECURITY, key, bad, 1));
    show("move with unknown flags", keyctl(KEYCTL_MOVE, 0, 0, 0, 2));
    show("move nothing", keyctl(KEYCTL_MOVE, 0, SESSION, SESSION, 0));
    show("move within one", keyctl(KEYCTL_MOVE, key, SESSION, SESSION, 0));
    show("move within a key", keyctl(KEYCTL_MOVE, key, key, key, 0));
    show("move from a key", keyctl(KEYCTL_MOVE, key, key, SESSION, 0));
    show("restrict a key", keyctl(KEYCTL_RESTRICT_KEYRING, key, NULL, NULL));
    show("restrict by type only", keyctl(KEYCTL_RESTRICT_KEYRING, SESSION, "user", NULL));
    show("restrict by text only", keyctl(KEYCTL_RESTRICT_KEYRING, SESSION, NULL, "x"));
    show("restrict by user", keyctl(KEYCTL_RESTRICT_KEYRING, SESSION, "user", "x"));
    show("restrict by unknown", keyctl(KEYCTL_RESTRICT_KEYRING, SESSION, "nothing", "x"));
    show("persistent in a key", keyctl(KEYCTL_GET_PERSISTENT, -1, key));
    show("persistent in nothing", keyctl(KEYCTL_GET_PERSISTENT, -1, 0));
    unsigned char flags[6] = {9, 9, 9, 9, 9, 9};
    show("capabilities", keyctl(KEYCTL_CAPABILITIES, flags, 5));
    yes("persistent, invalidate, restrict, move", (flags[0] & 0xe3) == 0xe3);
    say("capabilities: %d %d %d %d %d", flags[1] & 3, flags[2], flags[3], flags[4], flags[5]);
    show("capabilities length", keyctl(KEYCTL_CAPABILITIES, NULL, 0));
    show("capabilities bad pointer", keyctl(KEYCTL_CAPABILITIES, bad, 1));
    // Without any right to the key.
    must(keyctl(KEYCTL_SETPERM, key, 0));
    show("describe without rights", keyctl(KEYCTL_DESCRIBE, key, NULL, 0));
    show("read without rights", keyctl(KEYCTL_READ, key, NULL, 0));
    show("security without rights", keyctl(KEYCTL_GET_SECURITY, key, NULL, 0));
    show("set_timeout without rights", keyctl(KEYCTL_SET_TIMEOUT, key, 10));
    show("revoke without rights", keyctl(KEYCTL_REVOKE, key));
    show("invalidate without rights", keyctl(KEYCTL_INVALIDATE, key));
    show("unlink without rights", keyctl(KEYCTL_UNLINK, key, SESSION));
}

int main(void) {
    after_others("xxxxxxxx");
    new_session();
    adding();
    requesting();
    controlling();
}
