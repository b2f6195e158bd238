// The three system calls on keys, for fixtures. Each fixture joins a session keyring of its own first.
#pragma once
#include "fixture.h"
#include <linux/keyctl.h>

#ifndef KEYCTL_MOVE
#define KEYCTL_MOVE 30
#define KEYCTL_MOVE_EXCL 1
#endif
#ifndef KEYCTL_CAPABILITIES
#define KEYCTL_CAPABILITIES 31
#endif

enum { THREAD = -1, PROCESS = -2, SESSION = -3, USER = -4, USER_SESSION = -5, GROUP = -6 };

#define keyctl(operation, ...) keyctl_call((operation), ##__VA_ARGS__, 0L, 0L, 0L, 0L)
#define keyctl_call(operation, a, b, c, d, ...) \
    syscall(SYS_keyctl, (operation), (long)(a), (long)(b), (long)(c), (long)(d))

static inline long add_key(const char *type, const char *description, const char *payload, int keyring) {
    return syscall(SYS_add_key, type, description, payload, payload ? strlen(payload) : 0, keyring);
}
static inline long new_keyring(const char *name, int keyring) { return must(add_key("keyring", name, NULL, keyring)); }
static inline long new_key(const char *name, int keyring) { return must(add_key("user", name, "secret", keyring)); }
static inline long new_session(void) { return must(keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL)); }
static inline long search_key(int keyring, const char *type, const char *name) {
    return keyctl(KEYCTL_SEARCH, keyring, type, name, 0);
}
static inline long keyring_id(int id) { return keyctl(KEYCTL_GET_KEYRING_ID, id, 0); }

/// Keys that nothing refers to any more go a little later on Linux.
static inline void settle(void) { usleep(400 * 1000); }

/// Prints what KEYCTL_DESCRIBE tells.
static inline void show_key(const char *label, int key) {
    char text[512];
    long length = keyctl(KEYCTL_DESCRIBE, key, text, sizeof text);
    if (length == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: %s", label, text);
}
/// Prints a keyring's links by their descriptions, in the order in which they are read.
static inline void show_links(const char *label, int keyring) {
    int32_t keys[64];
    char line[1024] = "", text[128];
    long length = keyctl(KEYCTL_READ, keyring, keys, sizeof keys);
    if (length == -1) { say("%s: -1 %s", label, errno_text(errno)); return; }
    for (long i = 0; i < length / 4; i++) {
        bool told = keyctl(KEYCTL_DESCRIBE, keys[i], text, sizeof text) != -1;
        sprintf(line + strlen(line), " %s", told ? strrchr(text, ';') + 1 : errno_text(errno));
    }
    say("%s:%s", label, *line ? line : " empty");
}
/// Prints a user key's payload.
static inline void show_payload(const char *label, int key) {
    char text[64] = "";
    long length = keyctl(KEYCTL_READ, key, text, sizeof text - 1);
    if (length == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: %ld %s", label, length, text);
}
/// Which of the six rights the caller finds that it has over a user key: v r w s l a. It must link nothing of that name.
static inline const char *rights(int key) {
    static char text[8];
    char buffer[64];
    strcpy(text, "------");
    if (keyctl(KEYCTL_DESCRIBE, key, buffer, sizeof buffer) != -1) text[0] = 'v';
    if (keyctl(KEYCTL_READ, key, buffer, sizeof buffer) != -1) text[1] = 'r';
    if (keyctl(KEYCTL_UPDATE, key, "changed", 7) != -1) text[2] = 'w';
    if (keyctl(KEYCTL_GET_KEYRING_ID, key, 0) != -1) text[3] = 's';
    if (keyctl(KEYCTL_SET_TIMEOUT, key, 0) != -1) text[5] = 'a';
    if (keyctl(KEYCTL_LINK, key, SESSION) != -1) { text[4] = 'l'; keyctl(KEYCTL_UNLINK, key, SESSION); }
    return text;
}
/// How many lines of /proc/keys have `text` in them.
static inline int proc_keys_with(const char *text) {
    int count = 0;
    for (char *at = get("/proc/keys"); (at = strstr(at, text)); at += strlen(text)) count++;
    return count;
}
/// Waits until what an earlier run may have left, keys with `text` in their line of /proc/keys, is gone.
static inline void after_others(const char *text) {
    for (int i = 0; i < 50 && proc_keys_with(text); i++) usleep(100 * 1000);
}
