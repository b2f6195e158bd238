#include "arguments.h"
#include <stdlib.h>
#include <string.h>

void read_keep(const char *text, bool *keep, int steps) {
    memset(keep, text ? 0 : 1, steps);
    while (text && *text) {
        char *end;
        long from = strtol(text, &end, 10), to = from;
        if (end == text) break;
        if (*end == '-') to = strtol(end + 1, &end, 10);
        for (long i = from; i <= to && i < steps; i++) if (i >= 0) keep[i] = true;
        text = *end == ',' ? end + 1 : end;
    }
}

bool is_listed(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && (!at[length] || at[length] == ',')) return true;
    return false;
}
