// What the players of sequences print by.
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H
#include <stddef.h>

/// A buffer that is filled from its front; what does not fit is cut off.
struct text { char *at; size_t left; };
void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/// A call's result, or the name of its error.
void put_result(struct text *text, long result);
const char *error_name(int error);
#endif
