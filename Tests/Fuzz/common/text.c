#define _GNU_SOURCE
#include "text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *error_name(int error) {
    const char *name = strerrorname_np(error);
    return name ? name : "E?";
}

void put(struct text *text, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text->at, text->left, format, list);
    va_end(list);
    if (n < 0) return;
    size_t used = (size_t)n < text->left ? (size_t)n : text->left - 1;
    text->at += used;
    text->left -= used;
}

void put_result(struct text *text, long result) {
    if (result < 0) put(text, "%s", error_name(errno)); else put(text, "%ld", result);
}
