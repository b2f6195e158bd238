// Numbers of mounts, peer groups, devices and namespaces are given again when what had them is gone. A name is therefore
// kept for as long as each step shows the number, and forgotten at the first that does not.
#include "mounts.h"

enum { NAMES = 2000 };

static struct { char raw[40]; int index; bool seen; } names[NAMES];
static int count, next_index[128];

static int find(const char *raw, size_t length) {
    for (int i = 0; i < count; i++)
        if (strlen(names[i].raw) == length && !memcmp(names[i].raw, raw, length)) return i;
    return -1;
}

/// The end of "{kind:number}", or NULL.
static const char *end_of_number(const char *at) {
    if (at[0] != '{' || !at[1] || at[2] != ':') return NULL;
    const char *end = strchr(at, '}');
    return end && end - at < 38 ? end : NULL;
}

void mark_seen(const char *text) {
    for (const char *at = text; (at = strchr(at, '{')); at++) {
        const char *end = end_of_number(at);
        int i = end ? find(at, (size_t)(end - at)) : -1;
        if (i >= 0) names[i].seen = true;
    }
}

void forget_unseen(void) {
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (names[i].seen) {
            names[kept] = names[i];
            names[kept++].seen = false;
        }
    count = kept;
}

void put_named(struct text *out, const char *text) {
    for (const char *at = text; *at; at++) {
        const char *end = end_of_number(at);
        if (!end) { put(out, "%c", *at); continue; }
        size_t length = (size_t)(end - at);
        int i = find(at, length);
        if (i < 0 && count < NAMES) {
            i = count++;
            memcpy(names[i].raw, at, length);
            names[i].raw[length] = 0;
            names[i].index = next_index[at[1] & 127]++;
            names[i].seen = false;
        }
        put(out, "%c%d", at[1], i < 0 ? 9999 : names[i].index);
        at = end;
    }
}
