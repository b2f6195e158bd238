// What the players of sequences read of their arguments.
#ifndef COMMON_ARGUMENTS_H
#define COMMON_ARGUMENTS_H
#include <stdbool.h>

/// Which of the steps to keep: those in a list like "0,3,7-12", or all without one.
void read_keep(const char *text, bool *keep, int steps);
/// Whether the name is one of the words in a list with commas.
bool is_listed(const char *list, const char *name);
#endif
